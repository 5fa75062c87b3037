"""A customer and a message for whom a finding is so, as plain JSON: one value for each thing that matters."""

from typing import Any

from dsl.advice.cases import Asked, Box, Standing
from dsl.advice.domain import Domain, Stretch, sample
from dsl.lexicon import Tongue
from dsl.typed import Read
from dsl.types import Kind
from dsl.values import to_json

UNNAMED = "any other"
"""Stands for a value that no rule names."""


def example_of(box: Box, currency: str) -> dict[str, Any]:
    """By the author's names. What has no name (a count, a window of time) is left out."""
    found: dict[str, Any] = {}
    for variable, domain in box.items():
        if isinstance(variable, Asked):
            found[f"message.{variable.field}"] = _value(domain)
        elif isinstance(variable, Standing):
            found[variable.kind] = _standing(domain)
        elif isinstance(variable, Read):
            found[variable.shown] = _typed(variable, domain, currency)
    return dict(sorted(found.items()))


def _standing(domain: Domain) -> Any:
    """Open where it may be: what else a state could be called nobody has said."""
    value = sample(domain)
    return "open" if value is None else value


def _value(domain: Domain) -> Any:
    value = sample(domain)
    return UNNAMED if value is None else value


def _typed(read: Read, domain: Domain, currency: str) -> Any:
    value = sample(domain)
    if value is None:
        return None if domain.unknown else UNNAMED
    if read.type.kind is Kind.CHANNEL:
        return str(value).lower()
    return to_json(value, read.type, currency) if isinstance(domain, Stretch) else value


def in_words(example: dict[str, Any], tongue: Tongue) -> str:
    """The example as one line, in the author's language."""
    is_, unknown = tongue.first["_IS"], tongue.first["_IS_UNKNOWN"]
    return ", ".join(
        f"{name} {unknown}" if value is None else f"{name} {is_} {value}" for name, value in example.items()
    )
