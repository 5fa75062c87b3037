"""Rules found by what their plain conditions say: one look at each named thing rules out every rule that it rules out.

Deciding costs what the vocabulary costs, not what the number of rules does. The trace of a look is the zones that were
found, from which the row of every rule that was not run is made again when somebody reads it. Refuses to run anything:
what a look leaves is run by dsl.judge.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import NamedTuple, TypeVar

from artifact.decision import RuleRow
from dsl.columns import Column, key_of, mask_of
from dsl.looking import Looks, Without, in_order, looks_at, needed, without
from dsl.plain import Among, Atom, Beside, Candidate, Lapse, Source
from dsl.typed import Aggregate, Read
from dsl.values import Value

ROOM = 16 * 2**20
"""Bytes that the masks of one table may take: they grow with its rules times the values that these compare with."""

MIXTURES = 1_024
"""For how many mixtures of kinds of situations it is kept what the others rule out."""

T = TypeVar("T")


class Uses(NamedTuple):
    """What some rules ask of one source: their tests, each with the place of its rule, and the values that these name."""

    tests: list[tuple[int, Atom]]
    values: set[Value]


class Draft:
    """A table that is being filled."""

    def __init__(self) -> None:
        self.rules: list[Candidate] = []
        self.uses: dict[Source, Uses] = {}
        self._values = 0

    @property
    def full(self) -> bool:
        """Whether its masks would take more room than they may: no value divides more than two zones from others."""
        return 2 * self._values * len(self.rules) > 8 * ROOM

    def add(self, one: Candidate) -> None:
        """Enter a rule at the next place."""
        place = len(self.rules)
        self.rules.append(one)
        for _, _, atom in (*one.parts.plain, *one.parts.timed):
            uses = self.uses.get(atom.source)
            if uses is None:
                uses = self.uses[atom.source] = Uses([], set())
            uses.tests.append((place, atom))
            before = len(uses.values)
            if isinstance(atom, Beside):
                uses.values.add(key_of(atom.value))
            elif isinstance(atom, Among):
                uses.values.update(atom.values)
            self._values += len(uses.values) - before


class Table:
    """Some rules, each at its place."""

    def __init__(self, number: int, draft: Draft, currency: str) -> None:
        self.number, self.rules = number, draft.rules
        self._columns = [Column(one, draft.uses[one].tests) for one in in_order(draft.uses)]
        self._all = looks_at(self._columns, currency)
        self._needs = [0] * len(self.rules)
        for at, column in enumerate(self._columns):
            for place, _ in draft.uses[column.source].tests:
                self._needs[place] |= 1 << at
        self._looks: dict[int, Looks] = {}
        self._without: dict[frozenset[str], Without] = {}
        self.applying = self.mask(lambda one: one.rule.apply_unknown)

    def mask(self, applies: Callable[[Candidate], bool]) -> int:
        """The rules for which this holds."""
        return mask_of([place for place, one in enumerate(self.rules) if applies(one)])

    def looks(self, places: Iterable[int]) -> Looks:
        """How to look at all that the rules at these places name."""
        needs = 0
        for place in places:
            needs |= self._needs[place]
        found = self._looks.get(needs)
        if found is None:
            found = self._looks[needs] = needed(self._all, needs, self._columns)
        return found

    def without(self, present: frozenset[str]) -> Without:
        """What there is to know of the kinds of situations of which there are none."""
        found = self._without.get(present)
        if found is None:
            if len(self._without) >= MIXTURES:
                self._without.clear()
            found = self._without[present] = without(self._all.shared, present)
        return found

    def rows(self, mask: int, looks: Looks, zones: Iterator[int]) -> Iterator[RuleRow]:
        """The rows of all of these rules that this look, told by its zones, ruled out or could not tell."""
        columns = [self._columns[at] for at in looks.order]
        found = {column.source: (column, next(zones)) for column in columns}
        for place, one in enumerate(self.rules):
            row = _row(one, found) if mask >> place & 1 else None
            if row is not None:
                yield row


def _row(one: Candidate, found: dict[Source, tuple[Column, int]]) -> RuleRow | None:
    """Conditions on time were asked only where the others left the rule to be run."""
    missing = None
    plain, timed, _ = one.parts
    for asked in (plain, timed):
        for number, _, atom in asked:
            column, zone = found[atom.source]
            answer = column.says(atom, zone)
            if answer is False:
                unasked = one.parts.unasked(number, timed=asked is timed)
                return RuleRow(one.rule.name, "NOT_MET", number, unasked)
            if answer is None and missing is None:
                missing = _shown(atom.source)
        if missing is not None and not one.rule.apply_unknown:
            return RuleRow(one.rule.name, "UNKNOWN", missing)
    return None


def _shown(source: Source) -> str | None:
    """How what may be unknown is called."""
    read = source.moment if isinstance(source, Lapse) else source
    return read.shown if isinstance(read, Read | Aggregate) else None


def chosen(items: Sequence[T], mask: int) -> Iterable[T]:
    """Those of the items whose bits are set, in their order: the first has the highest. Few are picked one by one."""
    if 12 * (mask.bit_count() - 4) > len(items):
        return compress(items, bin(1 << len(items) | mask)[3:].encode().translate(_DIGITS))
    found, last = [], len(items) - 1
    while mask:
        highest = mask.bit_length() - 1
        found.append(items[last - highest])
        mask ^= 1 << highest
    return found


_DIGITS = bytes(1 if code == ord("1") else 0 for code in range(256))
