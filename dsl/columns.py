"""One named thing as a column of the index: its values fall into zones, and each zone knows the rules it rules out.

The zones of a value that is compared by size are the steps between the numbers that rules compare it with; of any
other, the values that rules name, and one for all that they do not name. Zone 0 is *unknown*. A set of rules is a whole
number with a bit for each, at the rule's place, so that one look rules out any number of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

from dsl.arithmetic import RELATIONS
from dsl.currency import DECIMALS
from dsl.plain import LADDERED, Among, Atom, Beside, Known, Lapse, Source
from dsl.typed import Aggregate, Read, Relation
from dsl.types import Kind, Type
from dsl.values import LARGEST, Reader, Value, reader

Zone = Callable[[Value], int]
Ruled = tuple[int, ...]
"""The rules that each zone rules out."""


class Ladder:
    """The steps between numbers. Whole numbers compare ten times as fast as fractions do, so all are made whole first.

    `bounds` has two for each step: where it is reached, and where it is passed by a whole number.
    """

    __slots__ = ("bounds", "scale", "steps")

    def __init__(self, steps: Sequence[Value]) -> None:
        self.scale = lcm(*(step.denominator for step in steps))
        self.steps = [int(step * self.scale) for step in steps]
        self.bounds = [bound for step in self.steps for bound in (step, step + 1)]

    def zone(self, value: Value) -> int:
        """Uneven between two steps, even on one."""
        if value is None:
            return 0
        if type(value) is int:
            return bisect_right(self.bounds, value * self.scale) + 1
        scaled, over = divmod(value.numerator * self.scale, value.denominator)
        at = bisect_right(self.steps, scaled)
        on = at > 0 and self.steps[at - 1] == scaled and not over
        return 2 * at if on else 2 * at + 1


_UP_FROM = {Relation.EQ: 1, Relation.LT: 0, Relation.LE: 1}
_DOWN_FROM = {Relation.EQ: -1, Relation.GT: 0, Relation.GE: -1}
"""From which zone on, beside that of the number compared with, a test says no: of all above, or of all below."""


class Column:
    """`false[zone]` are the rules that this zone rules out; `unknown` those that cannot tell where it is zone 0.

    `due[n]` are the rules that compare with place n; only of a lapse are they asked for.
    """

    __slots__ = ("due", "false", "ladder", "of", "places", "source", "unknown", "zone")

    def __init__(self, source: Source, uses: list[tuple[int, Atom]]) -> None:
        """`uses` are the places of rules, each with one of its atoms on this source."""
        self.source = source
        numbered = isinstance(source, Read | Aggregate) and source.type.kind in LADDERED
        laddered = numbered or isinstance(source, Lapse)
        atoms = [atom for _, atom in uses]
        self.places = _steps(atoms) if laddered else _values(atoms)
        self.of = {key_of(value): 2 * n + 2 if laddered else n + 1 for n, value in enumerate(self.places)}
        last = 2 * len(self.places) + 1 if laddered else len(self.places) + 1
        self.ladder = Ladder(self.places) if numbered else None
        self.zone: Zone = named(self.of, last) if self.ladder is None else self.ladder.zone
        self.unknown = mask_of([place for place, atom in uses if not isinstance(atom, Known)])
        self.false = self._ruled_out(uses, last)
        self.due = self._due(uses) if isinstance(source, Lapse) else ()

    def says(self, atom: Atom, zone: int) -> bool | None:
        """What a plain test answers for a value of this zone."""
        match atom:
            case Known(_, denied):
                return (zone != 0) is not denied
            case _ if zone == 0:
                return None
            case Beside(_, relation, value):
                return RELATIONS[relation](zone, self.of[key_of(value)])
            case Among(_, values, denied):
                found = zone <= len(self.places) and self.places[zone - 1] in values
                return found is not denied

    def _due(self, uses: list[tuple[int, Atom]]) -> tuple[int, ...]:
        due = dict.fromkeys(self.places, 0)
        for place, atom in uses:
            if isinstance(atom, Beside):
                due[atom.value] |= 1 << place
        return tuple(due.values())

    def _ruled_out(self, uses: list[tuple[int, Atom]], last: int) -> tuple[int, ...]:
        """For each zone its rules; in time and space that grow with the zones and the tests, not with both."""
        false = [0] * (last + 1)
        upward, downward = [0] * (last + 2), [0] * (last + 2)
        accepting: dict[int, frozenset[Value]] = {}
        for place, atom in uses:
            bit = 1 << place
            match atom:
                case Beside(_, relation, value):
                    self._beside(relation, self.of[key_of(value)], bit, false, upward, downward)
                case Among(_, values, False):
                    accepting[bit] = accepting[bit] & values if bit in accepting else values
                case Among(_, values):
                    for value in values:
                        false[self.of[value]] |= bit
                case Known(_, False):
                    false[0] |= bit
                case Known():
                    upward[1] |= bit
        _spread(false, upward, downward)
        self._accept(accepting, false)
        return tuple(false)

    @staticmethod
    def _beside(
        relation: Relation, at: int, bit: int, false: list[int], upward: list[int], downward: list[int]
    ) -> None:
        """Above and below the step at which the test changes its answer."""
        if relation in _UP_FROM:
            upward[at + _UP_FROM[relation]] |= bit
        if relation in _DOWN_FROM:
            downward[at + _DOWN_FROM[relation]] |= bit
        if relation is Relation.NE:
            false[at] |= bit

    def _accept(self, accepting: dict[int, frozenset[Value]], false: list[int]) -> None:
        """Rules that name the values they take are ruled out by all others."""
        wanted = _union(accepting)
        if not wanted:
            return
        taking = [0] * len(false)
        for bit, values in accepting.items():
            for value in values:
                taking[self.of[value]] |= bit
        for zone in range(1, len(false)):
            false[zone] |= wanted & ~taking[zone]


def _spread(false: list[int], upward: list[int], downward: list[int]) -> None:
    """Zones that no test tells apart share one mask: of steps that rules only pass upward, that is every other one."""
    zones = range(1, len(false))
    above, below = _running(upward, zones), _running(downward, reversed(zones))
    shared = 0
    for zone in zones:
        if zone == 1 or above[zone] is not above[zone - 1] or below[zone] is not below[zone - 1]:
            shared = above[zone] | below[zone]
        false[zone] = false[zone] | shared if false[zone] else shared


def _running(changes: list[int], zones: Iterable[int]) -> list[int]:
    """What has been met by each zone; the very same where nothing is added."""
    found, mask = [0] * len(changes), 0
    for zone in zones:
        if changes[zone]:
            mask |= changes[zone]
        found[zone] = mask
    return found


def _union(bits: Iterable[int]) -> int:
    mask = 0
    for bit in bits:
        mask |= bit
    return mask


def mask_of(places: Sequence[int]) -> int:
    """The set of these places."""
    bits = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def key_of(value: Value) -> Value:
    """Equal for equal values: to hash a fraction takes longer than all else that is done with it."""
    if type(value) is not Fraction:
        return value
    above, below = value.as_integer_ratio()
    return above if below == 1 else (above, below)


def _steps(atoms: Iterable[Atom]) -> tuple[Value, ...]:
    found = {key_of(atom.value): atom.value for atom in atoms if isinstance(atom, Beside)}
    return tuple(sorted(found.values()))


def _values(atoms: Iterable[Atom]) -> tuple[Value, ...]:
    """In the order in which rules first name them: that of a set would not be the same in every process."""
    named = (value for atom in atoms if isinstance(atom, Among) for value in sorted(atom.values))
    return tuple(dict.fromkeys(named))


def raw_zone(column: Column, of: Type, currency: str) -> Zone:
    """The zone of a value as plain JSON, as if it were read first and placed then."""
    read, zone = reader(of, currency), column.zone
    if of.kind is Kind.ONE_OF:
        return _listed({value: zone(value) for value in of.values}, 0, str)
    if of.kind is Kind.TEXT:
        return _listed(column.of, zone(_UNNAMED), str)
    if of.kind is Kind.YES_NO:
        return _listed({value: zone(value) for value in (True, False)}, 0, bool)
    if column.ladder is None:
        return lambda raw: zone(read(raw))
    if of.kind in (Kind.WHOLE, Kind.NUMBER):
        low, high = (-LARGEST, LARGEST) if of.low is None or of.high is None else (of.low, of.high)
        return _whole(column.ladder, 1, max(low, -LARGEST), min(high, LARGEST), read)
    if of.kind is Kind.MONEY:
        return _whole(column.ladder, 10 ** DECIMALS.get(currency, 2), -LARGEST, LARGEST, read)
    return lambda raw: zone(read(raw))


_UNNAMED = object()


def _listed(zones: dict[Value, int], other: int, of: type) -> Zone:
    get = zones.get
    return lambda raw: get(raw, other) if type(raw) is of else 0


def _whole(ladder: Ladder, units: int, low: int, high: int, read: Reader) -> Zone:
    """Whole numbers, which most are, need no reader; of fractions those met lately are remembered."""
    bounds, scale = ladder.bounds, ladder.scale * units
    fraction = lru_cache(maxsize=1024)(lambda raw: ladder.zone(read(raw)))

    def placed(raw: Value) -> int:
        if type(raw) is int:
            return bisect_right(bounds, raw * scale) + 1 if low <= raw <= high else 0
        return fraction(raw) if type(raw) is float else ladder.zone(read(raw))

    return placed


def named(of: dict[Value, int], other: int) -> Zone:
    """The zone of a value that rules name, or of all others."""

    def zone(value: Value) -> int:
        return 0 if value is None else of.get(value, other)

    return zone
