"""How the columns of a table are looked at, made ready: what is of the customer, what is of the message, then time.

Each source is read in the quickest way there is, and gives the zone that dsl.reading's value would fall into. What was
read is noted only when somebody asks what a verdict rests on (dsl.noting). The loops are in dsl.seen.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import TypeAlias

import msgspec

from dsl.columns import Column, Ruled, Zone, raw_zone
from dsl.lapses import LapseLook, lapse_look
from dsl.lists import how_many, in_window, listed, noted
from dsl.noting import NO_NOTES, Field, KindNote, Note, Notes
from dsl.plain import Lapse, Source
from dsl.reading import (
    BUILT_IN,
    Env,
    Getter,
    Keys,
    commitment_is,
    getter,
    raw_getter,
)
from dsl.typed import OF_MESSAGE, Aggregate, CommitmentIs, Read, Scope, SituationIs, SituationKnown
from dsl.values import Value

Standing: TypeAlias = tuple[bool, bool, str | None]
"""What can be asked of a kind of situation: whether any that fits is open; whether the one meant is; its state."""


class FactLook(msgspec.Struct, frozen=True):
    """One field: of the customer, or of the situation meant. `at` is the number of its column."""

    at: int
    name: str
    zone: Zone
    false: Ruled
    unknown: int


class Found(msgspec.Struct, frozen=True):
    """What a look at some columns found, and what that rules out."""

    zones: tuple[int, ...]
    false: int
    unknown: int


class KindLook(msgspec.Struct, frozen=True):
    """All questions about one kind of situation. Their `columns`, as a set, are the `first` and those after it, of which
    the ones that are not of a field are `asked`.

    `absent` is found where there is none. `standings` are the answers to `asks` (whether it is open, and the like) for
    what was met so far.
    """

    first: int
    asked: slice
    columns: int
    absent: Found
    standings: dict[Standing, Found]
    fields: tuple[FactLook, ...]
    asks: tuple[Column, ...]


class OtherLook(msgspec.Struct, frozen=True):
    """`of` is the kind of situation, or the commitment, that it speaks of."""

    at: int
    load: Getter
    zone: Zone
    false: Ruled
    unknown: int
    of: str | None


class Shared(msgspec.Struct, frozen=True):
    """Looks at the customer, in a table of so many `columns` of the kind; those at the `wanted` ones, as a set."""

    columns: int
    wanted: int
    facts: tuple[FactLook, ...]
    kinds: dict[str, KindLook]
    others: tuple[OtherLook, ...]


UNSEEN = -1
"""In place of the zone of a column at which nobody has looked."""


class Without(msgspec.Struct, frozen=True):
    """What there is to know of kinds of situations of which there are none: the zones of their `columns` (a set), the rules
    that this rules out, and those that it leaves open."""

    zones: list[int]
    columns: int
    false: int
    unknown: int


class Split(msgspec.Struct, frozen=True):
    """Looks at the customer for messages about a kind of situation: those that are the same for all such messages, and
    those that depend on which one it is. These are at the kinds `meant`."""

    any: Shared
    own: Shared
    meant: frozenset[str]


class Looks(msgspec.Struct, frozen=True):
    """The columns that some rules name, in the order in which they are looked at, and how.

    `order` are their numbers, first those of the customer, whose zones are `picked` out of those of all columns. `about`
    has them by the kind of situation that a message is about.
    """

    order: tuple[int, ...]
    picked: Callable[[Sequence[int]], Sequence[int]]
    shared: Shared
    about: dict[str | None, Split]
    message: tuple[OtherLook, ...]
    lapses: tuple[LapseLook, ...]
    counts: tuple[OtherLook, ...]
    notes: Notes


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
        case Read(scope) if scope in OF_MESSAGE:
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
    count = sum(map(len, ways[:_MESSAGE]))
    shared = Shared(
        count,
        (1 << count) - 1,
        tuple(_field(at, columns[at], currency) for at in ways[_FACT]),
        {kind: _kind(found[0], [columns[at] for at in found], currency) for kind, found in kinds.items()},
        tuple(_other(at, columns[at], currency) for at in ways[_OTHER]),
    )
    return Looks(
        tuple(range(len(columns))),
        _picking(range(count)),
        shared,
        {},
        tuple(_other(at, columns[at], currency) for at in ways[_MESSAGE]),
        tuple(lapse_look(at, columns[at], currency) for at in ways[_LAPSE]),
        tuple(_other(at, columns[at], currency) for at in ways[_COUNT]),
        NO_NOTES,
    )


def needed(looks: Looks, needs: int, columns: Sequence[Column]) -> Looks:
    """Those at the columns of this set. A kind of situation is looked at whole where one of its columns is needed."""
    order = [at for at in looks.order if needs >> at & 1]
    of_customer = [at for at in order if at < looks.shared.columns]
    return Looks(
        tuple(order),
        _picking(of_customer),
        _wanted(looks.shared, needs & looks.shared.wanted),
        {},
        tuple(one for one in looks.message if needs >> one.at & 1),
        tuple(one for one in looks.lapses if needs >> one.at & 1),
        tuple(one for one in looks.counts if needs >> one.at & 1),
        _notes([columns[at].source for at in of_customer]),
    )


def _picking(places: Sequence[int]) -> Callable[[Sequence[int]], Sequence[int]]:
    """What takes out what stands at these places."""
    return itemgetter(*places) if len(places) > 1 else lambda zones: [zones[at] for at in places]


def _wanted(shared: Shared, needs: int) -> Shared:
    return Shared(
        shared.columns,
        needs,
        tuple(one for one in shared.facts if needs >> one.at & 1),
        {kind: one for kind, one in shared.kinds.items() if needs & one.columns},
        tuple(one for one in shared.others if needs >> one.at & 1),
    )


def split(looks: Looks, kind: str | None, keys: Keys) -> Split:
    """Looks at the customer for messages about one of this kind; kept.

    Which situation is meant depends on the message for that kind, and for those keyed by the same field.
    """
    key = keys.get(kind) if kind is not None else None
    meant = frozenset(one for one in keys if one == kind or (key is not None and keys[one] == key))
    shared, own = looks.shared, 0
    for other, look in shared.kinds.items():
        own |= look.columns if other in meant else 0
    for one in shared.others:
        own |= 1 << one.at if one.of in meant else 0
    own &= shared.wanted
    found = Split(_wanted(shared, shared.wanted & ~own), _wanted(shared, own), meant)
    looks.about[kind] = found
    return found


def without(shared: Shared, present: Container[str]) -> Without:
    """What there is to know of the other kinds of situations than these."""
    zones = [UNSEEN] * shared.columns
    columns = false = unknown = 0
    for kind, look in shared.kinds.items():
        if kind not in present:
            zones[look.first : look.first + len(look.absent.zones)] = look.absent.zones
            columns |= look.columns
            false, unknown = false | look.absent.false, unknown | look.absent.unknown
    return Without(zones, columns, false, unknown)


def _field(at: int, column: Column, currency: str) -> FactLook:
    """A look at a field."""
    match column.source:
        case Read() as read:
            zone = raw_zone(column, read.type, currency)
            return FactLook(at, read.field, zone, column.false, column.unknown)
        case other:
            raise AssertionError(other)


def _kind(first: int, columns: Sequence[Column], currency: str) -> KindLook:
    """A look at all there is to ask of one kind."""
    asks = tuple(column for column in columns if not isinstance(column.source, Read))
    fields = tuple(
        _field(first + n, column, currency)
        for n, column in enumerate(columns)
        if isinstance(column.source, Read)
    )
    absent = _found(columns, [*(column.zone(False) for column in asks), *(0 for _ in fields)])
    own = (1 << len(columns)) - 1 << first
    return KindLook(first, slice(first, first + len(asks)), own, absent, {}, fields, asks)


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
    return OtherLook(at, load, zone, column.false, column.unknown, _owner(column.source))


def _owner(source: Source) -> str | None:
    match source:
        case CommitmentIs(name) | Read(Scope.COMMITMENT | Scope.SITUATION, name):
            return name
        case _:
            return None


def _counted(number: Aggregate, currency: str, env: Env) -> Value:
    """How many there are: all that stand in a list, or in its window."""
    found = listed(number.items, env)
    count = None if found is None else how_many(number.items, in_window(number.items, found.rows, env))
    return noted(number, count, found, currency, env)


def _notes(sources: Sequence[Source]) -> Notes:
    """How all that is read of the customer where these are looked at is noted."""
    fields: list[Field] = []
    kinds: dict[str, list[Source]] = {}
    others: dict[object, Note] = {}
    for source in sources:
        match source:
            case _ if _way_of(source) == _KIND:
                kinds.setdefault(_kind_of(source), []).append(source)
            case Read(Scope.ATTRIBUTE) as read:
                fields.append((read.shown, read.field))
            case CommitmentIs(name, state):
                others.setdefault(name, partial(commitment_is, name=name, state=state))
            case Read() as read:
                others[read] = raw_getter(read)
            case other:
                raise AssertionError(other)
    noted = {kind: _note(found) for kind, found in kinds.items()}
    named = (*fields, *(field for one in noted.values() for field in one.fields))
    unknown = dict.fromkeys(shown for shown, _ in named)
    return Notes(tuple(fields), noted, tuple(others.values()), unknown)


def _note(sources: Sequence[Source]) -> KindNote:
    fields = tuple((one.shown, one.field) for one in sources if isinstance(one, Read))
    stands = any(isinstance(one, SituationIs) and one.state not in ("open", "closed") for one in sources)
    return KindNote(stands or bool(fields), fields)
