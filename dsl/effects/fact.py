"""`set customer.satisfaction to event.score`: a fact of the customer."""

from typing import Any

import msgspec


class SetFact(msgspec.Struct, frozen=True):
    """`name` is the attribute as stored (`satisfaction`, or `preferences.marketing`); None clears it."""

    name: str
    value: Any
