"""How the columns of a table are looked at: facts of the customer, situations kind by kind, everything else; then time.

The loops here are the inner loops of all deciding: each reads its source in the quickest way there is, and notes what
dsl.reading would note. Refuses to ask a column on time where nothing is left that asks for it, because each one asked
limits how long the answer stands.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from artifact.facts import Situation
from artifact.instant import Instant
from artifact.span import Span
from dsl.clock import NEVER, begun, moved, moved_day
from dsl.columns import Column, Zone, raw_zone
from dsl.lists import measured, noted
from dsl.many import chosen_of
from dsl.plain import Edge, Lapse, Source
from dsl.reading import BUILT_IN, Env, Getter, commitment_is, getter, raw_getter, reference_name, reference_of
from dsl.typed import Aggregate, CommitmentIs, Read, Scope, SituationIs, SituationKnown
from dsl.types import Kind
from dsl.values import Value

Ruled: TypeAlias = tuple[int, ...]
Standing: TypeAlias = tuple[bool, bool, str | None]
"""What can be asked of a kind of situation: whether any that fits is open; whether the one meant is; its state."""


class FactLook(NamedTuple):
    """One field: of the customer, or of the situation meant."""

    name: str
    shown: str
    zone: Zone
    false: Ruled
    unknown: int


class Found(NamedTuple):
    """What a look at some columns found, and what that rules out."""

    zones: tuple[int, ...]
    false: int
    unknown: int


class KindLook(NamedTuple):
    """All questions about one kind of situation.

    The zones `absent` are found where there is none, with what they rule out. `standings` are the answers to `asks`
    (whether it is open, and the like) for what was met so far. `naming`: it is told which one is meant where nobody
    said.
    """

    kind: str
    absent: tuple[int, ...]
    false: int
    unknown: int
    missing: dict[str, None]
    standings: dict[Standing, Found]
    fields: tuple[FactLook, ...]
    asks: tuple[Column, ...]
    naming: bool


class OtherLook(NamedTuple):
    load: Getter
    zone: Zone
    false: Ruled
    unknown: int


class LapseLook(NamedTuple):
    """Where now is beside a moment. `due[n]` are the rules for which step n changes something."""

    load: Getter
    reach: Callable[[Edge, Value, str], Instant]
    steps: tuple[Edge, ...]
    due: tuple[int, ...]
    false: Ruled
    asking: int


class Looks(NamedTuple):
    """The columns of a table in the order in which they are looked at, and how."""

    columns: tuple[Column, ...]
    facts: tuple[FactLook, ...]
    kinds: tuple[KindLook, ...]
    others: tuple[OtherLook, ...]
    lapses: tuple[LapseLook, ...]
    counts: tuple[OtherLook, ...]


def looks_at(columns: list[Column], currency: str) -> Looks:
    """How these columns are looked at."""
    facts: list[Column] = []
    kinds: dict[str, list[Column]] = {}
    others: list[Column] = []
    lapses: list[Column] = []
    counts: list[Column] = []
    for column in columns:
        match column.source:
            case Read(Scope.ATTRIBUTE):
                facts.append(column)
            case SituationIs(kind) | SituationKnown(kind):
                kinds.setdefault(kind, []).append(column)
            case Read(Scope.SITUATION, kind, field) if field not in BUILT_IN:
                kinds.setdefault(kind, []).append(column)
            case Lapse():
                lapses.append(column)
            case Aggregate():
                counts.append(column)
            case _:
                others.append(column)
    for found in kinds.values():
        found.sort(key=lambda one: isinstance(one.source, Read))
    return Looks(
        (*facts, *(column for found in kinds.values() for column in found), *others, *lapses, *counts),
        tuple(_field(column, currency) for column in facts),
        tuple(_kind(kind, found, currency) for kind, found in kinds.items()),
        tuple(_other(column, currency) for column in others),
        tuple(_lapse(column, currency) for column in lapses),
        tuple(_other(column, currency) for column in counts),
    )


def _field(column: Column, currency: str) -> FactLook:
    match column.source:
        case Read() as read:
            zone = raw_zone(column, read.type, currency)
            return FactLook(read.field, read.shown, zone, column.false, column.unknown)
        case other:
            raise AssertionError(other)


def _kind(kind: str, columns: list[Column], currency: str) -> KindLook:
    asks = tuple(column for column in columns if not isinstance(column.source, Read))
    fields = tuple(_field(column, currency) for column in columns[len(asks) :])
    naming = any(isinstance(c.source, SituationIs) and c.source.state not in ("open", "closed") for c in asks)
    absent = _found(columns, [*(column.zone(False) for column in asks), *(0 for _ in fields)])
    missing = {field.shown: None for field in fields}
    return KindLook(kind, *absent, missing, {}, fields, asks, naming or bool(fields))


def _found(columns: Sequence[Column], zones: list[int]) -> Found:
    false = unknown = 0
    for column, zone in zip(columns, zones, strict=True):
        false |= column.false[zone]
        unknown |= 0 if zone else column.unknown
    return Found(tuple(zones), false, unknown)


def _other(column: Column, currency: str) -> OtherLook:
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
    return OtherLook(load, zone, column.false, column.unknown)


def _counted(number: Aggregate, currency: str, env: Env) -> Value:
    found, those = chosen_of(number.items, None, env)
    return noted(number, measured(number, those, currency, env), found, currency, env)


def _lapse(column: Column, currency: str) -> LapseLook:
    match column.source:
        case Lapse(moment, unit):
            span = None if unit is None else Span(1, unit)
            reach = partial(_day_reached if moment.type.kind is Kind.DATE else _reached, span)
            load = getter(moment, currency)
            return LapseLook(load, reach, column.places, column.due, column.false, column.unknown)
        case other:
            raise AssertionError(other)


def _reached(span: Span | None, edge: Edge, moment: Instant, zone: str) -> Instant:
    """The instant of a step from an instant."""
    amount, past = edge
    return moment + past if span is None or not amount else moved(moment, span, zone, amount)


def _day_reached(span: Span | None, edge: Edge, day: int, zone: str) -> Instant:
    """The instant of a step from a date."""
    amount, past = edge
    return begun(day, zone, past) if span is None or not amount else moved_day(day, span, zone, amount)


def look(looks: Looks, env: Env, trace: list[int]) -> tuple[int, int]:
    """The rules that are ruled out, and those of which something is unknown, time aside; adds the zones to the trace."""
    false = unknown = 0
    attributes, reads, note = env.facts.attributes, env.reads, trace.append
    for name, shown, zone_of, ruled_out, unsure in looks.facts:
        fact = attributes.get(name)
        raw = reads[shown] = None if fact is None else fact.value
        zone = zone_of(raw)
        note(zone)
        false |= ruled_out[zone]
        if not zone:
            unknown |= unsure
    if looks.kinds:
        ruled, unsures = _look_at_kinds(looks.kinds, env, trace)
        false, unknown = false | ruled, unknown | unsures
    for load, zone_of, ruled_out, unsure in looks.others:
        zone = zone_of(load(env))
        note(zone)
        false |= ruled_out[zone]
        if not zone:
            unknown |= unsure
    return false, unknown


def _look_at_kinds(kinds: tuple[KindLook, ...], env: Env, trace: list[int]) -> tuple[int, int]:
    false = unknown = 0
    by_kind, reads, note, subject, keys = env.by_kind(), env.reads, trace.append, env.subject, env.keys
    about, key = (None, None) if subject is None else (subject.kind, keys.get(subject.kind))
    for look in kinds:
        kind, absent, ruled, unsure, missing, standings, fields, _, _ = look
        remembered = by_kind.get(kind)
        if remembered is None:
            trace += absent
            false |= ruled
            if missing:
                unknown |= unsure
                reads.update(missing)
            continue
        if len(remembered) == 1 and kind != about and (key is None or keys.get(kind) != key):
            one = remembered[0]
            reads[kind] = {one.reference: one.state}
            standing: Standing = one.open, one.open, one.state
            data = one.data
        else:
            standing, data = _meant(env, look, remembered)
        zones, ruled, _ = standings.get(standing) or _answered(look, standing)
        trace += zones
        false |= ruled
        for name, shown, zone_of, ruled_out, unsure in fields:
            raw = reads[shown] = data.get(name)
            zone = zone_of(raw)
            note(zone)
            false |= ruled_out[zone]
            if not zone:
                unknown |= unsure
    return false, unknown


def _answered(look: KindLook, standing: Standing) -> Found:
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


def _meant(env: Env, look: KindLook, remembered: list[Situation]) -> tuple[Standing, dict[str, Any]]:
    """How the situation meant stands, and its fields; the same as dsl.reading says question by question."""
    kind = look.kind
    if kind not in env.reads:
        env.reads[kind] = {one.reference: one.state for one in remembered}
    reference = reference_of(env, kind)
    fitting = remembered if reference is None else [one for one in remembered if one.reference == reference]
    if not fitting:
        return (False, False, None), {}
    running = [one for one in fitting if one.open]
    one = fitting[0]
    if reference is None and len(fitting) > 1:
        one = running[0] if len(running) == 1 else max(fitting, key=lambda each: each.changed_at)
        if look.naming:
            env.reads[reference_name(kind)] = one.reference
    return (bool(running), one.open, one.state), one.data


def look_at_time(looks: Looks, env: Env, left: int, trace: list[int]) -> tuple[int, int]:
    """The same of conditions on time, for the rules that are left; notes when the answer for any of them changes."""
    false = unknown = 0
    now, calendar = env.now, env.zone
    for load, reach, steps, due, ruled_out, asking in looks.lapses:
        asked = asking & left
        moment = load(env) if asked else None
        if moment is None:
            trace.append(0)
            if asked:
                false |= ruled_out[0]
                unknown |= asking
            continue
        at = bisect_right(steps, now, key=lambda step: reach(step, moment, calendar))
        zone = 2 * at or 1
        trace.append(zone)
        false |= ruled_out[zone]
        for step in range(at, len(steps)):
            if due[step] & asked:
                flip = reach(steps[step], moment, calendar)
                if flip < NEVER:
                    env.until(flip)
                break
    for count, zone_of, ruled_out, asking in looks.counts:
        asked = asking & left
        zone = zone_of(count(env)) if asked else 0
        trace.append(zone)
        if asked:
            false |= ruled_out[zone]
            unknown |= 0 if zone else asking
    return false, unknown
