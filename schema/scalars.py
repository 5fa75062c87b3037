"""The scalars of the contract, and the names by which Python code means them.

An instant is an integer inside and ISO 8601 text with an offset outside. On the way in a scalar only refuses what is
no text at all: where an instant stands in an item of a batch, text that can't be read is that item's error and not
the whole request's, so reading it is left to whoever knows the path.
"""

import math
from typing import NewType, cast

import strawberry
from graphql import GraphQLError, print_ast
from graphql.language import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)
from strawberry.types.scalar import ScalarDefinition

from artifact.instant import Instant, format_instant, parse_instant

DateTime = NewType("DateTime", object)
"""Going out: an Instant. Coming in: text that `instant_given` reads."""

JSON = NewType("JSON", object)
"""Plain JSON, both ways."""

Cursor = NewType("Cursor", str)
"""A place in one listing; opaque to clients (schema.cursor)."""


def instant_given(value: DateTime | None, *path: str) -> Instant | None:
    """The instant of an argument. Raises InputError, naming `path`, for text that is none."""
    return None if value is None else parse_instant(cast(str, value), path)


def moment(instant: Instant | None) -> DateTime | None:
    """An instant that may be missing, as the contract's scalar."""
    return None if instant is None else DateTime(instant)


def _written(value: object) -> str:
    return format_instant(cast(Instant, value))


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise GraphQLError("An instant is written as text with an offset, like 2026-11-21T09:30:00+01:00.")
    return value


def _same(value: object) -> object:
    return value


def _literal(node: ValueNode, variables: dict[str, object] | None = None) -> object:
    """JSON written in the document itself. Numbers stay exact; what JSON cannot say (NaN) is refused."""
    match node:
        case NullValueNode():
            return None
        case StringValueNode() | BooleanValueNode():
            return node.value
        case IntValueNode():
            return int(node.value) if len(node.value) <= 40 else math.inf
        case FloatValueNode():
            return float(node.value)
        case ListValueNode():
            return [_literal(item, variables) for item in node.values]
        case ObjectValueNode():
            return {field.name.value: _literal(field.value, variables) for field in node.fields}
        case VariableNode():
            return (variables or {}).get(node.name.value)
        case EnumValueNode():
            raise GraphQLError(f"`{print_ast(node)}` is not JSON; text stands in quotes.", node)
        case _:
            raise GraphQLError("This is not JSON.", node)


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="An instant, ISO 8601 with an offset: `2026-11-21T09:30:00+01:00`. Answers are in UTC.",
        serialize=_written,
        parse_value=_text,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Plain JSON. Numbers are finite and smaller than 2^63.",
        serialize=_same,
        parse_value=_same,
        parse_literal=_literal,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in one listing or stream. Opaque; good only where it came from.",
        serialize=_same,
        parse_value=_text,
    ),
}
