"""The quick way through a query gives what graphql-core gives: the same data, the same errors at the same places."""

from typing import Any

import msgspec
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from graphql.execution import Executor as Run
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from resolvers.answers import Answer, Asked
from resolvers.documents import Prepared
from resolvers.executor import Executor
from resolvers.fault import Refused
from resolvers.root import build_schema
from resolvers.surface import Surface
from tests.resolvers.world import World

ROOTS = build_schema()
LARGE = Surface(aliases=100, rows=100_000)
QUICK = Executor(ROOTS.schema, ROOTS.run_class, LARGE)


class Plain(Executor):
    """By graphql-core alone."""

    def prepare(self, query: str) -> Prepared:
        return msgspec.structs.replace(super().prepare(query), plans=None, operations={})


PLAIN = Plain(ROOTS.schema, type("Plain", (ROOTS.run_class,), {"execute_fields": Run.execute_fields}), LARGE)
CUSTOMER = "c-planned"


@pytest.fixture(scope="module")
def lived(world: World) -> World:
    """A customer with a bit of everything."""
    for number in range(3):
        world.tell(world.event(CUSTOMER, "claim.opened", claim_id=f"S-{number}", kind="water"))
        message = world.request(CUSTOMER, data={"claim_id": f"S-{number}"})
        if number:
            world.hand_over(CUSTOMER, message)
    world.tell(
        world.event(CUSTOMER, "customer.updated", name="Ana", nested={"list": [1, 2.5, None]}),
        world.event(CUSTOMER, "customer.alias_added", kind="EMAIL", value="ana@example.org"),
        world.event(CUSTOMER, "consent.given", category="marketing", channel="SMS"),
    )
    world.request(CUSTOMER, "offer")
    return world


def ran(world: World, executor: Executor, asked: Asked) -> Answer:
    prepared = executor.prepare(asked.query)
    context = world.service.context("ana")
    return world.run(executor.run(prepared, asked, context))


def argument(name: str, type_: Any) -> st.SearchStrategy[str]:
    match name, type_:
        case "first", _:
            return st.sampled_from(["1", "2", "100", "0", "101"])
        case "after", _:
            return st.just('"no cursor"')
        case "language", _:
            return st.sampled_from(['"en"', '"es"', "null"])
        case _, GraphQLEnumType():
            return st.sampled_from(sorted(type_.values))
        case _:
            return st.sampled_from(["true", "false"] if type_.name == "Boolean" else ['"claim"'])


@st.composite
def arguments(draw: st.DrawFn, field: GraphQLField) -> str:
    parts = []
    for name, one in field.args.items():
        type_ = get_named_type(one.type)
        if is_leaf_type(type_) and (is_required_argument(one) or draw(st.integers(0, 3)) == 0):
            parts.append(f"{name}: {draw(argument(name, type_))}")
    return f"({', '.join(parts)})" if parts else ""


@st.composite
def selection(draw: st.DrawFn, type_: GraphQLObjectType, depth: int) -> str:
    names = draw(st.lists(st.sampled_from(sorted(type_.fields)), min_size=1, max_size=6, unique=True))
    parts = [draw(st.sampled_from(["", "__typename", "kind: __typename"]))]
    for name in names:
        field = type_.fields[name]
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(f"{draw(st.sampled_from(['', 'x_' + name + ': ']))}{name}{draw(arguments(field))}")
        elif depth and isinstance(inner, GraphQLObjectType):
            below = draw(selection(inner, depth - 1))
            parts.append(f"{name}{draw(arguments(field))} {below}")
    if not any(parts):
        parts = ["__typename"]
    whole = " ".join(parts)
    shape = draw(
        st.sampled_from(["{%s}", "{ ... on TYPE {%s} }", "{ ... @include(if: true) {%s} }", "{ ...{%s} }"])
    )
    return shape.replace("TYPE", type_.name).replace("%s", whole)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_query_is_answered_alike(lived: World, data: st.DataObject) -> None:
    customer = ROOTS.schema.type_map["Customer"]
    assert isinstance(customer, GraphQLObjectType)
    query = f'{{ customer(id: "{CUSTOMER}", knownAt: $at) {data.draw(selection(customer, 4))} }}'
    asked = Asked(f"query ($at: DateTime) {query}", {"at": lived.at(60)})
    try:
        QUICK.prepare(asked.query)
    except Refused:
        assume(False)
    expected = ran(lived, PLAIN, asked)
    assert ran(lived, QUICK, asked) == expected
    assert ran(lived, QUICK, asked) == expected


WHOLE = """
query ($id: ID!, $first: Int!) {
  customer(id: $id) {
    id facts situations { kind label openedAt data }
    messages(first: $first) { nodes { ...one } pageInfo { hasNextPage } }
  }
}
fragment one on Message { id state requestedAt explanation about { kind } deliveries { channel body } }
"""


def test_a_read_of_a_customer_goes_by_one_plan(lived: World) -> None:
    answer = ran(lived, QUICK, Asked(WHOLE, {"id": CUSTOMER, "first": 3}))
    assert len(answer.data["customer"]["messages"]["nodes"]) == 3
    prepared = QUICK.prepare(WHOLE)
    assert prepared.operations[None].one is not None
    assert prepared.plans is not None
    assert prepared.plans.known == {}, "graphql-core was asked"


def test_arguments_are_those_of_each_call(lived: World) -> None:
    for first in (1, 3, 2):
        answer = ran(lived, QUICK, Asked(WHOLE, {"id": CUSTOMER, "first": first}))
        assert len(answer.data["customer"]["messages"]["nodes"]) == first
    answer = ran(lived, QUICK, Asked(WHOLE, {"id": CUSTOMER, "first": 0}))
    assert answer.errors is not None
    assert answer.errors[0]["path"] == ["customer", "messages"]


def test_directives_decide_in_each_call(lived: World) -> None:
    query = "query ($id: ID!, $with: Boolean!) { customer(id: $id) { id facts @include(if: $with) } }"
    for wanted in (True, False, True):
        answer = ran(lived, QUICK, Asked(query, {"id": CUSTOMER, "with": wanted}))
        assert ("facts" in answer.data["customer"]) is wanted
