"""The types of the language: what a fact, a field or an expression can be.

Nothing here knows how a value is stored; dsl.values reads and writes them.
"""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """The kinds, by the words in which diagnostics name them."""

    ONE_OF = "one of"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"
    YES_NO = "yes or no"
    DATE = "date"
    INSTANT = "date and time"
    DURATION = "duration"
    CHANNEL = "channel"
    LIST = "list"


class Type(msgspec.Struct, frozen=True, cache_hash=True):
    """A kind, with the values of a `one of`, the bounds of a number (whole ones) or what a list is a list of."""

    kind: Kind
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    item: "Type | None" = None

    def __str__(self) -> str:
        if self.kind is Kind.ONE_OF:
            return f"one of ({', '.join(self.values)})"
        if self.item is not None:
            return f"list of {self.item}"
        if self.low is not None:
            return f"{self.kind} from {self.low} to {self.high}"
        return str(self.kind)


def list_of(item: Type) -> Type:
    """The type of several values of one type, in an order."""
    return Type(Kind.LIST, item=item)


WHOLE = Type(Kind.WHOLE)
NUMBER = Type(Kind.NUMBER)
MONEY = Type(Kind.MONEY)
TEXT = Type(Kind.TEXT)
YES_NO = Type(Kind.YES_NO)
DATE = Type(Kind.DATE)
INSTANT = Type(Kind.INSTANT)
DURATION = Type(Kind.DURATION)
CHANNEL = Type(Kind.CHANNEL)

NUMERIC = frozenset({Kind.WHOLE, Kind.NUMBER})
TIMES = frozenset({Kind.DATE, Kind.INSTANT})
ORDERED = NUMERIC | TIMES | {Kind.MONEY, Kind.DURATION}


def family(kind: Kind) -> Kind:
    """Kinds that may be compared with each other: whole numbers are numbers."""
    return Kind.NUMBER if kind is Kind.WHOLE else kind
