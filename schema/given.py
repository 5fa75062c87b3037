"""Inputs that reach their resolver as the plain mapping the client gave.

For items of a batch: one validation serves this door and every other (engine.intake), an item in error is that
item's error and not the call's, and Strawberry's conversion, three times the cost of all else, is not paid for each
value. The input's class only says what the contract shows.
"""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.scalar import ScalarDefinition

T = TypeVar("T")

_GIVEN: set[object] = set()


_AS_GIVEN = ScalarDefinition("AsGiven", None, None, None, None, None)
"""What Strawberry takes such an input for when it converts arguments: a value that needs no converting."""


def as_given(cls: type[T]) -> type[T]:
    """Have values of this input type handed on as mappings with the contract's names; read them with `given`."""
    _GIVEN.add(cls)
    return cls


def hand_on(built: strawberry.Schema) -> None:
    """Have a schema, once it is built, convert nothing that is `as_given`."""
    registry = cast(dict[object, object], built.schema_converter.scalar_registry)
    registry.update(dict.fromkeys(_GIVEN, _AS_GIVEN))


def given(inputs: Sequence[object]) -> list[dict[str, Any]]:
    """What the client gave for a list of inputs whose type is `as_given`."""
    return cast(list[dict[str, Any]], list(inputs))
