"""Numbers in place of names, for records that must be small: of message rules by their place in the text, of what rules
may read by its name.

The same rules fire together again and again, and values are read by the same names: what these come to in numbers is
kept. Refuses to number what the rulebook does not name: that keeps its name.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter, sub
from typing import Any

import msgspec

from dsl.verdict import Fired

ROOM = 32_768
"""Rules that a packed number can tell apart; one past that keeps its name. A rulebook has at most 20,000."""

_MOST = 1_024
"""For how many mixtures of rules, and of names, it is kept what they come to."""


class Order(msgspec.Struct, frozen=True, gc=False):
    """How what was read by some names is told: a `row` of their numbers with a place for a value after each, in order
    of name, and what takes the `values` in that order."""

    row: list[Any]
    values: Callable[[dict[str, Any]], Sequence[Any]]


class Numbering:
    """The numbers that a rulebook gives to `rules` and `facts`; `rule_names` and `fact_names` are the way back."""

    def __init__(self, rules: Iterable[str] = (), facts: Iterable[str] = ()) -> None:
        self.rule_names, self.fact_names = tuple(rules), tuple(facts)
        self.rules = {name: number for number, name in enumerate(self.rule_names[:ROOM])}
        self.facts = {name: number for number, name in enumerate(self.fact_names)}
        self._fired: dict[int, tuple[tuple[Fired, ...], tuple[int, ...] | None]] = {}
        self._orders: dict[tuple[str, ...], Order] = {}

    def fired(self, fired: tuple[Fired, ...]) -> tuple[int, ...] | None:
        """Rules that fired, as steps between their numbers; None where more is to be told of one of them.

        They are told apart by identity, for a rulebook gives the same rules in the same tuple (dsl.judge): what is kept
        holds on to that tuple, so no other one can be taken for it.
        """
        found = self._fired.get(id(fired))
        if found is None:
            found = _room(self._fired)[id(fired)] = fired, self._steps(fired)
        return found[1]

    def _steps(self, fired: tuple[Fired, ...]) -> tuple[int, ...] | None:
        numbers = [self.rules.get(one.rule, ROOM) for one in fired if not one.by_unknown]
        return steps(numbers) if len(numbers) == len(fired) and ROOM not in numbers else None

    def told(self, reads: dict[str, Any]) -> tuple[Any, ...]:
        """What was read: numbers and values in turn, in order of name."""
        names = tuple(reads)
        order = self._orders.get(names)
        if order is None:
            order = _room(self._orders)[names] = self._order(sorted(names))
        row = order.row.copy()
        row[1::2] = order.values(reads)
        return tuple(row)

    def _order(self, names: list[str]) -> Order:
        row: list[Any] = [None] * (2 * len(names))
        row[::2] = map(self.facts.get, names, names)
        return Order(row, itemgetter(*names) if len(names) > 1 else lambda reads: [*reads.values()])


def _room(kept: dict[Any, Any]) -> dict[Any, Any]:
    """The same, with room for one more."""
    if len(kept) >= _MOST:
        kept.clear()
    return kept


NO_NUMBERS = Numbering()
"""Where there is no rulebook: everything keeps its name."""


def steps(numbers: Iterable[int]) -> tuple[int, ...]:
    """From 0 to the first in their order, and from each to the next: most are small, and take a byte."""
    ordered = sorted(numbers)
    return tuple(map(sub, ordered, (0, *ordered)))
