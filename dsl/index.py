"""Rules found by what their plain conditions say: one look at each named thing rules out every rule that it rules out.

Deciding costs what the vocabulary costs, not what the number of rules does. The trace of a look is the zones that were
found, from which the row of every rule that was not run is made again when somebody reads it. Refuses to run anything:
what a look leaves is run by dsl.judge.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import TypeAlias, TypeVar

from artifact.decision import RuleRow
from dsl.columns import Column
from dsl.looking import look, look_at_time, looks_at
from dsl.plain import Atom, Candidate, Lapse, Source
from dsl.reading import Env
from dsl.typed import Aggregate, Read

ROOM = 2_048
"""Rules in one table: what a table takes grows with their square, divided by eight."""

T = TypeVar("T")


Left: TypeAlias = tuple[int, int]
"""What a look left: rules that all its conditions admit, and rules of which one is unknown and none says no."""


class Table:
    """Some rules, in the order of their rank. The first has the highest bit."""

    def __init__(self, rules: Sequence[Candidate], currency: str) -> None:
        self._rules = rules
        self.bits = [1 << (len(rules) - 1 - n) for n in range(len(rules))]
        uses: dict[Source, list[tuple[int, Atom]]] = {}
        for bit, one in zip(self.bits, rules, strict=True):
            for _, _, atom in (*one.parts.plain, *one.parts.timed):
                uses.setdefault(atom.source, []).append((bit, atom))
        self._looks = looks_at([Column(source, found) for source, found in uses.items()], currency)
        self._all = (1 << len(rules)) - 1

    def look(self, env: Env, trace: list[int]) -> Left:
        """Look at every column but those on time; adds the zones to the trace."""
        false, unknown = look(self._looks, env, trace)
        left = self._all & ~false
        return left & ~unknown, left & unknown

    def look_at_time(self, env: Env, left: Left, trace: list[int]) -> Left:
        """What is left of these when columns on time are looked at too."""
        if not (self._looks.lapses or self._looks.counts):
            return left
        sure, unsure = left
        false, unknown = look_at_time(self._looks, env, sure | unsure, trace)
        sure, unsure = sure & ~false, unsure & ~false
        return sure & ~unknown, unsure | sure & unknown

    def mask(self, applies: Callable[[Candidate], bool]) -> int:
        """The rules for which this holds."""
        return sum(bit for one, bit in zip(self._rules, self.bits, strict=True) if applies(one))

    def rows(self, zones: Iterator[int]) -> Iterator[RuleRow]:
        """The rows of all rules that this look, told by its zones, ruled out or could not tell."""
        found = {column.source: (column, next(zones)) for column in self._looks.columns}
        for one in self._rules:
            row = _row(one, found)
            if row is not None:
                yield row


def _row(one: Candidate, found: dict[Source, tuple[Column, int]]) -> RuleRow | None:
    """Conditions on time were asked only where the others left the rule to be run."""
    missing = None
    for asked in (one.parts.plain, one.parts.timed):
        for number, _, atom in asked:
            column, zone = found[atom.source]
            answer = column.says(atom, zone)
            if answer is False:
                return RuleRow(one.rule.name, "NOT_MET", number)
            if answer is None and missing is None:
                missing = _shown(atom.source)
        if missing is not None and not one.rule.apply_unknown:
            return RuleRow(one.rule.name, "UNKNOWN", missing)
    return None


def _shown(source: Source) -> str | None:
    """How what may be unknown is called."""
    read = source.moment if isinstance(source, Lapse) else source
    return read.shown if isinstance(read, Read | Aggregate) else None


def chosen(items: Sequence[T], mask: int) -> Iterator[T]:
    """Those of the items whose bits are set, in their order."""
    return compress(items, f"{mask:0{len(items)}b}".encode().translate(_DIGITS))


_DIGITS = bytes(1 if code == ord("1") else 0 for code in range(256))
