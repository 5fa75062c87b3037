"""Variables are read alike whether msgspec has looked at them or graphql-core."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from resolvers.root import build_schema
from resolvers.variables import Variables

SCHEMA = build_schema().schema
DOCUMENT = parse(
    "query ($inputs: [EventInput!]!, $id: ID!, $first: Int!, $seq: Int, $open: Boolean, $at: DateTime, $j: JSON)"
    " { viewer { actor } }"
)
OPERATION = DOCUMENT.definitions[0]
assert isinstance(OPERATION, OperationDefinitionNode)
NODES = OPERATION.variable_definitions or ()
VARIABLES = Variables.of(SCHEMA, NODES, hide_suggestions=False)
EVENT = {"source": "s", "id": "1", "customerId": "c", "type": "t", "at": "2026-11-21T08:00:00Z"}
GOOD: dict[str, Any] = {
    "inputs": [
        {**EVENT, "about": {"kind": "k", "reference": "r"}, "seq": 5, "data": {"a": [1, 2.0, None]}},
        EVENT,
    ],
    "id": "c",
    "first": 3,
    "seq": None,
    "open": True,
    "at": "x",
    "j": {"n": 2**70},
}

odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        1.0,
        1.5,
        2**31,
        -(2**31),
        2**70,
        "",
        "a",
        "\ud800",
        [],
        ["a"],
        {},
        {"a": 1},
        [None],
        [[]],
    ]
)
field = st.sampled_from(["source", "id", "about", "seq", "data", "at", "colour"])
wrong_event = st.builds(lambda name, value: {**EVENT, name: value}, field, odd)
short_event = field.map(lambda name: {key: value for key, value in EVENT.items() if key != name})
about = st.dictionaries(st.sampled_from(["kind", "reference", "x"]), odd, max_size=3)
event = st.one_of(
    st.just(EVENT), wrong_event, short_event, odd, about.map(lambda one: {**EVENT, "about": one})
)
changes = st.one_of(
    st.dictionaries(st.sampled_from(sorted(GOOD)), odd, max_size=2),
    st.lists(event, max_size=3).map(lambda inputs: {"inputs": inputs}),
    event.map(lambda one: {"inputs": one}),
)


def answer(values: VariableValues | list[Any]) -> str:
    """Values with their types, or the errors."""
    return (
        repr(values.coerced) if isinstance(values, VariableValues) else repr([one.message for one in values])
    )


def sorted_fields(value: Any) -> Any:
    """The same with fields by name: in which order they were sent says nothing."""
    if isinstance(value, dict):
        return {name: sorted_fields(value[name]) for name in sorted(value)}
    return [sorted_fields(item) for item in value] if isinstance(value, list) else value


def test_good_values_are_not_looked_at_twice() -> None:
    assert VARIABLES._plain(GOOD) == GOOD


@given(changes, st.sets(st.sampled_from(sorted(GOOD)), max_size=1))
def test_any_values_are_read_alike(change: dict[str, Any], missing: set[str]) -> None:
    inputs = {name: value for name, value in {**GOOD, **change}.items() if name not in missing}
    expected = get_variable_values(SCHEMA, NODES, inputs, max_errors=50)
    found = VARIABLES.read(inputs)
    if isinstance(expected, VariableValues) and isinstance(found, VariableValues):
        assert repr(sorted_fields(found.coerced)) == repr(sorted_fields(expected.coerced))
    else:
        assert answer(found) == answer(expected)


@pytest.mark.parametrize(
    "type_", ["MessageFilterInput", "AcknowledgeDeliveriesInput!", "[MessageRequestInput!]!", "Float"]
)
def test_what_is_not_plain_is_left_alone(type_: str) -> None:
    operation = parse(f"query ($x: {type_}) {{ viewer {{ actor }} }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert not Variables.of(SCHEMA, operation.variable_definitions or (), hide_suggestions=False).shapes
