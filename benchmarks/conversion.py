"""A hundred events from what JSON gives to what the engine takes: variables against the contract, inputs, events.

In this process and without HTTP: what `service` measures of the same hundred has the request and the answer in it.
"""

from collections.abc import Callable
from typing import Any

from graphql import OperationDefinitionNode, parse
from graphql.execution.values import get_argument_values
from strawberry.types.arguments import convert_arguments

from artifact.instant import format_instant
from artifact.limits import DEFAULT_LIMITS
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_each
from benchmarks.world import START
from engine.intake import event_from
from resolvers.root import build_schema
from resolvers.variables import Variables
from schema.given import given as mappings_of

_INGEST = "mutation I($inputs: [EventInput!]!) { ingestEvents(inputs: $inputs) { results { status } } }"
_BATCH = 100


def measure(scale: Scale) -> list[Line]:
    """One batch, again and again."""
    given = {"inputs": [_event(n) for n in range(_BATCH)]}
    each = cpu_each(_converting(given), max(1, scale.calls // 10), scale.rounds)
    return [Line("input conversion, 100 events", each * 1e3, "ms CPU", 1.5, 0.5, note="no HTTP, no answer")]


def _event(number: int) -> dict[str, object]:
    return {
        "source": "core",
        "id": f"event {number}",
        "customerId": f"c{number}",
        "type": "transaction.credit",
        "at": format_instant(START),
        "data": {"accountId": "1", "amount": 20, "balance": 9_000},
    }


def _converting(given: dict[str, Any]) -> Callable[[], object]:
    """What makes events of these variables."""
    roots = build_schema()
    schema, run = roots.schema, roots.run_class
    operation = parse(_INGEST).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert schema.mutation_type is not None
    variables = Variables.of(schema, operation.variable_definitions or (), hide_suggestions=True)
    field = schema.mutation_type.fields["ingestEvents"]
    made = field.extensions["strawberry-definition"]
    node = operation.selection_set.selections[0]

    def convert() -> object:
        values = variables.read(given)
        assert not isinstance(values, list)
        arguments = get_argument_values(field, node, values, None, True)  # type: ignore[arg-type]
        inputs = convert_arguments(arguments, made.arguments, run.scalars, run.config)["inputs"]
        return [
            event_from(mapping, DEFAULT_LIMITS, START, "benchmark", ("inputs", str(index)))
            for index, mapping in enumerate(mappings_of(inputs))
        ]

    return convert
