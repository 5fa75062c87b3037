"""How the columns of a table are looked at, made ready: what is of the customer, what is of the message, then time.

Each source is read in the quickest way there is, and gives the zone that dsl.reading's value would fall into. What was
read is noted only when somebody asks what a verdict rests on: for that each look has a note. The loops are in dsl.seen.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple, TypeAlias

from artifact.instant import DAY, HOUR, MINUTE, Instant
from artifact.span import Span, Unit
from dsl.clock import begun, moved, moved_day
from dsl.columns import Column, Zone, raw_zone
from dsl.lists import measured, noted
from dsl.many import chosen_of
from dsl.plain import Edge, Lapse, Source
from dsl.reading import (
    BUILT_IN,
    Env,
    Getter,
    commitment_is,
    getter,
    raw_getter,
    situation_known,
    the_situation,
)
from dsl.typed import Aggregate, CommitmentIs, Read, Scope, SituationIs, SituationKnown
from dsl.types import Kind
from dsl.values import Value

Ruled: TypeAlias = tuple[int, ...]
Standing: TypeAlias = tuple[bool, bool, str | None]
"""What can be asked of a kind of situation: whether any that fits is open; whether the one meant is; its state."""

Note: TypeAlias = Callable[[Env], object]
"""Reads something for no other reason than that the evaluation notes it."""

_OF_MESSAGE = frozenset({Scope.MESSAGE, Scope.MESSAGE_DATA, Scope.EVENT})


class FactLook(NamedTuple):
    """One field: of the customer, or of the situation meant. `at` is the number of its column."""

    at: int
    name: str
    zone: Zone
    false: Ruled
    unknown: int


class Found(NamedTuple):
    """What a look at some columns found, and what that rules out."""

    zones: tuple[int, ...]
    false: int
    unknown: int


class KindLook(NamedTuple):
    """All questions about one kind of situation: their columns are `first` and those after it, of which the ones that
    are not of a field are `asked`.

    `absent` is found where there is none. `standings` are the answers to `asks` (whether it is open, and the like) for
    what was met so far.
    """

    first: int
    asked: slice
    kind: str
    absent: Found
    standings: dict[Standing, Found]
    fields: tuple[FactLook, ...]
    asks: tuple[Column, ...]


class OtherLook(NamedTuple):
    at: int
    load: Getter
    zone: Zone
    false: Ruled
    unknown: int


class LapseLook(NamedTuple):
    """Where now is beside a moment. `due[n]` are the rules for which step n changes something.

    Reckoned from what `start` gives for the moment, no calendar reaches step n before `soonest[n]` or after `latest[n]`.
    """

    at: int
    load: Getter
    start: Callable[[Value], Instant]
    soonest: tuple[Instant, ...]
    latest: tuple[Instant, ...]
    reach: Callable[[Edge, Value, str], Instant]
    steps: tuple[Edge, ...]
    due: tuple[int, ...]
    false: Ruled
    asking: int


class Looks(NamedTuple):
    """The columns that some rules name, in the order in which they are looked at, and how.

    `order` are their numbers, of which the first `shared` are of the customer; `wanted` are these as a set.
    """

    order: tuple[int, ...]
    shared: int
    wanted: int
    facts: tuple[FactLook, ...]
    kinds: tuple[KindLook, ...]
    others: tuple[OtherLook, ...]
    message: tuple[OtherLook, ...]
    lapses: tuple[LapseLook, ...]
    counts: tuple[OtherLook, ...]
    notes: tuple[Note, ...]


_FACT, _KIND, _OTHER, _MESSAGE, _LAPSE, _COUNT = range(6)
"""The ways in which a source is looked at, in the order in which that is done."""


def _way_of(source: Source) -> int:
    match source:
        case Read(Scope.ATTRIBUTE):
            return _FACT
        case SituationIs() | SituationKnown():
            return _KIND
        case Read(Scope.SITUATION, _, field) if field not in BUILT_IN:
            return _KIND
        case Read(scope) if scope in _OF_MESSAGE:
            return _MESSAGE
        case Lapse():
            return _LAPSE
        case Aggregate():
            return _COUNT
        case _:
            return _OTHER


def _kind_of(source: Source) -> str:
    match source:
        case SituationIs(kind) | SituationKnown(kind) | Read(Scope.SITUATION, kind):
            return kind
        case other:
            raise AssertionError(other)


def in_order(sources: Iterable[Source]) -> list[Source]:
    """The order of columns: way by way, those about one kind of situation side by side, what is asked of it first."""
    ways: list[list[Source]] = [[] for _ in range(6)]
    kinds: dict[str, list[Source]] = {}
    for source in sources:
        way = _way_of(source)
        (kinds.setdefault(_kind_of(source), []) if way == _KIND else ways[way]).append(source)
    for found in kinds.values():
        ways[_KIND] += sorted(found, key=lambda one: isinstance(one, Read))
    return [source for way in ways for source in way]


def looks_at(columns: Sequence[Column], currency: str) -> Looks:
    """How all columns of a table are looked at; they are in order."""
    ways: list[list[int]] = [[] for _ in range(6)]
    kinds: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        way = _way_of(column.source)
        ways[way].append(at)
        if way == _KIND:
            kinds.setdefault(_kind_of(column.source), []).append(at)
    shared = len(columns) - sum(map(len, ways[_MESSAGE:]))
    return Looks(
        tuple(range(len(columns))),
        shared,
        (1 << shared) - 1,
        tuple(_field(at, columns[at], currency) for at in ways[_FACT]),
        tuple(
            _kind(kind, found[0], [columns[at] for at in found], currency) for kind, found in kinds.items()
        ),
        tuple(_other(at, columns[at], currency) for at in ways[_OTHER]),
        tuple(_other(at, columns[at], currency) for at in ways[_MESSAGE]),
        tuple(_lapse(at, columns[at], currency) for at in ways[_LAPSE]),
        tuple(_other(at, columns[at], currency) for at in ways[_COUNT]),
        (),
    )


def needed(looks: Looks, needs: int, columns: Sequence[Column]) -> Looks:
    """Those at the columns of this set. A kind of situation is looked at whole where one of its columns is needed."""
    order = [at for at in looks.order if needs >> at & 1]
    shared = [at for at in order if at < looks.shared]
    return Looks(
        tuple(order),
        len(shared),
        needs & looks.wanted,
        tuple(one for one in looks.facts if needs >> one.at & 1),
        tuple(one for one in looks.kinds if needs >> one.first & (1 << len(one.absent.zones)) - 1),
        tuple(one for one in looks.others if needs >> one.at & 1),
        tuple(one for one in looks.message if needs >> one.at & 1),
        tuple(one for one in looks.lapses if needs >> one.at & 1),
        tuple(one for one in looks.counts if needs >> one.at & 1),
        _notes([columns[at].source for at in shared]),
    )


def _field(at: int, column: Column, currency: str) -> FactLook:
    """A look at a field."""
    match column.source:
        case Read() as read:
            zone = raw_zone(column, read.type, currency)
            return FactLook(at, read.field, zone, column.false, column.unknown)
        case other:
            raise AssertionError(other)


def _kind(kind: str, first: int, columns: Sequence[Column], currency: str) -> KindLook:
    """A look at all there is to ask of one kind."""
    asks = tuple(column for column in columns if not isinstance(column.source, Read))
    fields = tuple(
        _field(first + n, column, currency)
        for n, column in enumerate(columns)
        if isinstance(column.source, Read)
    )
    absent = _found(columns, [*(column.zone(False) for column in asks), *(0 for _ in fields)])
    return KindLook(first, slice(first, first + len(asks)), kind, absent, {}, fields, asks)


def _found(columns: Sequence[Column], zones: list[int]) -> Found:
    false = unknown = 0
    for column, zone in zip(columns, zones, strict=True):
        false |= column.false[zone]
        unknown |= 0 if zone else column.unknown
    return Found(tuple(zones), false, unknown)


def answered(look: KindLook, standing: Standing) -> Found:
    """What there is to say of a kind that stands so. States that no rulebook ends with are few, so few are kept."""
    found = _found(look.asks, [column.zone(_holds(column.source, standing)) for column in look.asks])
    if len(look.standings) < STANDINGS:
        look.standings[standing] = found
    return found


STANDINGS = 64
"""For how many standings of a kind the answers are kept."""


def _holds(source: Source, standing: Standing) -> bool:
    running, open_, state = standing
    match source:
        case SituationIs(_, "open"):
            return running
        case SituationIs(_, "closed"):
            return state is not None and not running
        case SituationIs(_, wanted):
            return open_ and state == wanted
        case _:
            return state is not None


def _other(at: int, column: Column, currency: str) -> OtherLook:
    """A look at anything else that has one value."""
    match column.source:
        case Read(Scope.MESSAGE_DATA) as read:
            load, zone = raw_getter(read), raw_zone(column, read.type, currency)
        case Read() as read:
            load, zone = getter(read, currency), column.zone
        case CommitmentIs(name, state):
            load, zone = partial(commitment_is, name=name, state=state), column.zone
        case Aggregate() as number:
            load, zone = partial(_counted, number, currency), column.zone
        case other:
            raise AssertionError(other)
    return OtherLook(at, load, zone, column.false, column.unknown)


def _counted(number: Aggregate, currency: str, env: Env) -> Value:
    found, those = chosen_of(number.items, None, env)
    return noted(number, measured(number, those, currency, env), found, currency, env)


def _lapse(at: int, column: Column, currency: str) -> LapseLook:
    match column.source:
        case Lapse(moment, unit):
            dated = moment.type.kind is Kind.DATE
            return LapseLook(
                at,
                getter(moment, currency),
                _midnight if dated else _itself,
                *_reaches(unit, column.places),
                partial(_day_reached if dated else _reached, None if unit is None else Span(1, unit)),
                column.places,
                column.due,
                column.false,
                column.unknown,
            )
        case other:
            raise AssertionError(other)


_LENGTHS = {
    None: (0, 0),
    Unit.MINUTE: (MINUTE, MINUTE),
    Unit.HOUR: (HOUR, HOUR),
    Unit.DAY: (DAY, DAY),
    Unit.WEEK: (7 * DAY, 7 * DAY),
    Unit.MONTH: (28 * DAY, 31 * DAY),
    Unit.YEAR: (365 * DAY, 366 * DAY),
}
_SHIFT = 3 * DAY
"""More than clocks are ever ahead, behind, or moved: a zone may skip a day."""


def _reaches(unit: Unit | None, steps: Iterable[Edge]) -> tuple[tuple[Instant, ...], tuple[Instant, ...]]:
    """When each step is reached at the soonest, and at the latest."""
    short, long = _LENGTHS[unit]
    spans = [sorted((amount * short, amount * long)) for amount, _ in steps]
    return tuple(low - _SHIFT for low, _ in spans), tuple(high + _SHIFT for _, high in spans)


def _itself(moment: Instant) -> Instant:
    return moment


def _midnight(day: int) -> Instant:
    return (day - _EPOCH_DAY) * DAY


_EPOCH_DAY = date(1970, 1, 1).toordinal()


def _reached(span: Span | None, edge: Edge, moment: Instant, zone: str) -> Instant:
    """The instant of a step from an instant."""
    amount, past = edge
    return moment + past if span is None or not amount else moved(moment, span, zone, amount)


def _day_reached(span: Span | None, edge: Edge, day: int, zone: str) -> Instant:
    """The instant of a step from a date."""
    amount, past = edge
    return begun(day, zone, past) if span is None or not amount else moved_day(day, span, zone, amount)


def _notes(sources: Sequence[Source]) -> tuple[Note, ...]:
    """What notes all that is read of the customer where these are looked at; each kind is looked through once."""
    kinds: dict[str, list[Source]] = {}
    notes: dict[object, Note] = {}
    for source in sources:
        match source:
            case _ if _way_of(source) == _KIND:
                kinds.setdefault(_kind_of(source), []).append(source)
            case CommitmentIs(name, state):
                notes.setdefault(name, partial(commitment_is, name=name, state=state))
            case Read() as read:
                notes[read] = raw_getter(read)
            case other:
                raise AssertionError(other)
    return (*notes.values(), *(_note(kind, found) for kind, found in kinds.items()))


def _note(kind: str, sources: Sequence[Source]) -> Note:
    fields = [(one.shown, one.field) for one in sources if isinstance(one, Read)]
    chooses = any(isinstance(one, SituationIs) and one.state not in ("open", "closed") for one in sources)
    if not fields and not chooses:
        return partial(situation_known, kind=kind)

    def note(env: Env) -> None:
        one = the_situation(env, kind)
        data = {} if one is None else one.data
        env.reads |= {shown: data.get(field) for shown, field in fields}

    return note
