"""How the columns of a table are looked at: facts of the customer, situations kind by kind, and everything else.

What is written out here three times is the inner loop of all deciding; each form reads its source in the quickest way
there is, and notes what dsl.reading would note.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from artifact.instant import format_instant
from dsl.columns import Column, Zone, raw_zone
from dsl.meaning import Meant, meant
from dsl.plain import Source
from dsl.reading import Env, commitment_is, getter, reference_name, situation_field
from dsl.typed import CommitmentIs, Read, Scope, SituationIs, SituationKnown
from dsl.values import Value

Ruled: TypeAlias = tuple[int, ...]
Ask: TypeAlias = Callable[[Env, Meant], int]


class FactLook(NamedTuple):
    """One attribute of the customer."""

    name: str
    shown: str
    zone: Zone
    false: Ruled
    unknown: int


class AskLook(NamedTuple):
    """One question about the situation meant; `ask` gives the zone of the answer."""

    ask: Ask
    false: Ruled
    unknown: int


class KindLook(NamedTuple):
    """All questions about one kind of situation. Where there is none, the answers are known beforehand.

    `noting`: it is told which one is meant where nobody said.
    """

    kind: str
    asks: tuple[AskLook, ...]
    noting: bool
    absent: tuple[int, ...]
    false: int
    unknown: int
    missing: tuple[str, ...]


class OtherLook(NamedTuple):
    load: Callable[[Env], Value]
    zone: Zone
    false: Ruled
    unknown: int


class Looks(NamedTuple):
    """The columns of a table in the order in which they are looked at, and how."""

    columns: tuple[Column, ...]
    facts: tuple[FactLook, ...]
    kinds: tuple[KindLook, ...]
    others: tuple[OtherLook, ...]


def looks_at(columns: list[Column], currency: str) -> Looks:
    """How these columns are looked at."""
    facts = [
        (c, c.source) for c in columns if isinstance(c.source, Read) and c.source.scope is Scope.ATTRIBUTE
    ]
    kinds: dict[str, list[Column]] = {}
    for column in columns:
        if (kind := _kind(column.source)) is not None:
            kinds.setdefault(kind, []).append(column)
    of_kinds = [column for found in kinds.values() for column in found]
    first = [column for column, _ in facts]
    others = [c for c in columns if c not in first and c not in of_kinds]
    return Looks(
        (*first, *of_kinds, *others),
        tuple(_fact(column, read, currency) for column, read in facts),
        tuple(_of_kind(kind, found, currency) for kind, found in kinds.items()),
        tuple(OtherLook(_load(c.source, currency), c.zone, c.false, c.unknown) for c in others),
    )


def _kind(source: Source) -> str | None:
    if isinstance(source, Read):
        return source.owner if source.scope is Scope.SITUATION else None
    return None if isinstance(source, CommitmentIs) else source.kind


def _fact(column: Column, read: Read, currency: str) -> FactLook:
    zone = raw_zone(column, read.type, currency)
    return FactLook(read.field, read.shown, zone, column.false, column.unknown)


def _of_kind(kind: str, columns: list[Column], currency: str) -> KindLook:
    asks = tuple(AskLook(_ask(c, currency), c.false, c.unknown) for c in columns)
    absent = tuple(0 if isinstance(c.source, Read) else c.zone(False) for c in columns)
    false = unknown = 0
    for column, zone in zip(columns, absent, strict=True):
        false |= column.false[zone]
        unknown |= 0 if zone else column.unknown
    missing = tuple(c.source.shown for c in columns if isinstance(c.source, Read))
    noting = any(_needs_one(column.source) for column in columns)
    return KindLook(kind, asks, noting, absent, false, unknown, missing)


def _needs_one(source: Source) -> bool:
    if isinstance(source, SituationIs):
        return source.state not in ("open", "closed")
    return isinstance(source, Read)


def _ask(column: Column, currency: str) -> Ask:
    """The zone of one question about a kind of which something is remembered."""
    yes, no = column.zone(True), column.zone(False)
    match column.source:
        case SituationIs(_, "open"):
            return lambda env, found: yes if found.running else no
        case SituationIs(_, "closed"):
            return lambda env, found: no if found.running or found.one is None else yes
        case SituationIs(_, state):
            return lambda env, found: yes if _is_in(found, state) else no
        case SituationKnown():
            return lambda env, found: no if found.one is None else yes
        case Read(field=("opened" | "closed") as field, shown=shown):
            return _asked_instant(field, shown, column.zone)
        case Read(field=("state" | "reference") as field, shown=shown):
            return _asked_field(field, shown, column.zone)
        case Read(field=field, shown=shown, type=of):
            return _asked_data(field, shown, raw_zone(column, of, currency))
        case other:
            raise AssertionError(other)


def _is_in(found: Meant, state: str) -> bool:
    return found.one is not None and found.one.open and found.one.state == state


def _asked_data(field: str, shown: str, zone: Zone) -> Ask:
    def ask(env: Env, found: Meant) -> int:
        raw = env.reads[shown] = None if found.one is None else found.one.data.get(field)
        return zone(raw)

    return ask


def _asked_field(field: str, shown: str, zone: Zone) -> Ask:
    def ask(env: Env, found: Meant) -> int:
        value = env.reads[shown] = None if found.one is None else situation_field(found.one, field)
        return zone(value)

    return ask


def _asked_instant(field: str, shown: str, zone: Zone) -> Ask:
    def ask(env: Env, found: Meant) -> int:
        value = None if found.one is None else situation_field(found.one, field)
        env.reads[shown] = None if value is None else format_instant(value)
        return zone(value)

    return ask


def _load(source: Source, currency: str) -> Callable[[Env], Value]:
    match source:
        case Read():
            return getter(source, currency)
        case CommitmentIs(name, state):
            return lambda env: commitment_is(env, name, state)
        case other:
            raise AssertionError(other)


def look(looks: Looks, env: Env, trace: list[int]) -> tuple[int, int]:
    """The rules that are ruled out, and those of which something is unknown; adds the zones to the trace."""
    false = unknown = 0
    attributes, reads = env.facts.attributes, env.reads
    for name, shown, zone_of, ruled_out, unsure in looks.facts:
        fact = attributes.get(name)
        raw = reads[shown] = None if fact is None else fact.value
        zone = zone_of(raw)
        trace.append(zone)
        false |= ruled_out[zone]
        if not zone:
            unknown |= unsure
    if looks.kinds:
        ruled, unsures = _look_at_kinds(looks.kinds, env, trace)
        false, unknown = false | ruled, unknown | unsures
    for load, zone_of, ruled_out, unsure in looks.others:
        zone = zone_of(load(env))
        trace.append(zone)
        false |= ruled_out[zone]
        if not zone:
            unknown |= unsure
    return false, unknown


def _look_at_kinds(kinds: tuple[KindLook, ...], env: Env, trace: list[int]) -> tuple[int, int]:
    false = unknown = 0
    by_kind, reads, meaning = env.by_kind(), env.reads, env.meaning
    for kind, asks, noting, absent, ruled, unsures, missing in kinds:
        remembered = by_kind.get(kind)
        if remembered is None:
            trace += absent
            false |= ruled
            unknown |= unsures
            for shown in missing:
                reads[shown] = None
            continue
        found = meaning.get(kind) or meant(env, kind)
        if kind not in reads:
            reads[kind] = {one.reference: one.state for one in remembered}
        if noting and found.reference is None and found.one is not None and len(remembered) > 1:
            reads[reference_name(kind)] = found.one.reference
        for ask, ruled_out, unsure in asks:
            zone = ask(env, found)
            trace.append(zone)
            false |= ruled_out[zone]
            if not zone:
                unknown |= unsure
    return false, unknown
