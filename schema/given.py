"""Inputs that reach their resolver as the plain mapping the client gave.

For items of a batch: one validation serves this door and every other (engine.intake), an item in error is that
item's error and not the call's, and Strawberry's conversion, three times the cost of all else, is not paid for each
value. The input's class only says what the contract shows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition

T = TypeVar("T")


def as_given(cls: type[T]) -> type[T]:
    """Have values of this input type handed on as mappings with the contract's names; read them with `given`."""
    definition = cast(StrawberryObjectDefinition, vars(cls)["__strawberry_definition__"])
    definition.from_input = _untouched
    return cls


def _untouched(cls: type, value: Mapping[str, Any], context: InputContext) -> Mapping[str, Any]:
    return value


def given(inputs: Sequence[object]) -> list[dict[str, Any]]:
    """What the client gave for a list of inputs whose type is `as_given`."""
    return cast(list[dict[str, Any]], list(inputs))
