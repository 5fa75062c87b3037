"""What a rule may read of one customer, one event or one message, and which situation is meant where one is named.

The interpreter and the compiled form read through here, so that both record the same values.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from artifact.event import Event, Subject
from artifact.facts import Commitment, CommitmentState, Facts, Happened, Situation
from artifact.instant import MINUTE, Instant, format_instant
from dsl.typed import Dated, Literal, Moment, Parameter, Read, Scope
from dsl.values import Value, day_start, reader, to_json, wall_instant
from dsl.verdict import SILENCE, Asked, Spoken

VISIT = 30 * MINUTE
"""How long an interaction counts as running when nobody says that it ended."""

Keys = Mapping[str, str | None]


class Env(msgspec.Struct, gc=False, eq=False):
    """One evaluation: what is read, what was read, and when the answer may change. Used once, by one thread."""

    facts: Facts
    zone: str
    now: Instant
    keys: Keys
    event: Event | None = None
    asked: Asked | None = None
    subject: Subject | None = None
    said: Spoken = SILENCE
    flip: Instant | None = None
    reads: dict[str, Any] = {}
    values: dict[int, Value] = {}
    item: Situation | Happened | None = None
    pinned: Situation | None = None
    kinds: dict[str, list[Situation]] | None = None
    folded: bool = False

    def pinned_to(self, situation: Situation) -> "Env":
        """The same evaluation, speaking of this situation wherever its kind is named."""
        return Env(
            self.facts,
            self.zone,
            self.now,
            self.keys,
            event=self.event,
            asked=self.asked,
            subject=self.subject,
            said=self.said,
            pinned=situation,
            kinds=self.kinds,
        )

    def adopt(self, pinned: "Env") -> None:
        """Note what a pinned evaluation read, unless this one read it too, and when it changes."""
        for shown, value in pinned.reads.items():
            self.reads.setdefault(shown, value)
        if pinned.flip is not None:
            self.until(pinned.flip)

    def situations(self, kind: str) -> list[Situation]:
        """All that are remembered of that kind, in the order in which they came up."""
        found = self.by_kind().get(kind)
        if found is None:
            return _NONE
        if kind not in self.reads:
            self.reads[kind] = states_of(found)
        return found

    def by_kind(self) -> dict[str, list[Situation]]:
        """All situations, by their kind."""
        kinds = self.kinds
        if kinds is None:
            kinds = self.kinds = situations_by_kind(self.facts)
        return kinds

    def until(self, flip: Instant) -> None:
        """Note that a condition changes at this instant."""
        if self.flip is None or flip < self.flip:
            self.flip = flip


_NONE: list[Situation] = []


def situations_by_kind(facts: Facts) -> dict[str, list[Situation]]:
    """All situations, those of a kind in the order in which they came up."""
    found: dict[str, list[Situation]] = {}
    for situation in facts.situations:
        kind = situation.kind
        if kind in found:
            found[kind].append(situation)
        else:
            found[kind] = [situation]
    return found


def states_of(situations: list[Situation]) -> dict[str, str]:
    """How situations of one kind are noted."""
    if len(situations) == 1:
        [one] = situations
        return {one.reference: one.state}
    return {one.reference: one.state for one in situations}


def reference_of(env: Env, kind: str) -> str | None:
    """The reference of the situation that the message or event is about, if it says so.

    It does by naming one of that kind, or one that is keyed by the same field, or (an event) by that field.
    """
    if env.pinned is not None and env.pinned.kind == kind:
        return env.pinned.reference
    subject, key = env.subject, env.keys.get(kind)
    if subject is not None:
        if subject.kind == kind:
            return subject.reference
        if key is not None and env.keys.get(subject.kind) == key:
            return subject.reference
    if env.event is not None and key is not None:
        return key_text(env.event.data.get(key))
    return None


def key_text(value: Any) -> str | None:
    """A business key as text: systems send numbers too."""
    if type(value) is int:
        return str(value) if abs(value) < 10**30 else None
    return value if type(value) is str and value else None


def the_situation(env: Env, kind: str) -> Situation | None:
    """The one meant: the one this is about; else the only open one; else the one changed last."""
    found = env.situations(kind)
    reference = reference_of(env, kind)
    if reference is not None:
        return next((one for one in found if one.reference == reference), None)
    if not found:
        return None
    running = [one for one in found if one.open]
    chosen = running[0] if len(running) == 1 else max(found, key=lambda one: one.changed_at)
    if len(found) > 1:  # of one there is no choice to tell of
        env.reads[reference_name(kind)] = chosen.reference
    return chosen


def reference_name(kind: str) -> str:
    """How a verdict tells which situation was meant."""
    return f"{kind}.reference"


def situation_is(env: Env, kind: str, state: str) -> bool:
    """`open`: the one meant is, or, where none is meant, some is. `closed`: known, and not open."""
    if state not in ("open", "closed"):
        one = the_situation(env, kind)
        return one is not None and one.open and one.state == state
    found = env.situations(kind)
    reference = reference_of(env, kind)
    if reference is not None:
        found = [one for one in found if one.reference == reference]
    running = any(one.open for one in found)
    return running if state == "open" else bool(found) and not running


def situation_known(env: Env, kind: str) -> bool:
    """Whether there is or was one."""
    reference = reference_of(env, kind)
    return any(reference is None or one.reference == reference for one in env.situations(kind))


COMMITMENT_STATES = {
    "pending": (CommitmentState.OPEN,),
    "kept": (CommitmentState.KEPT, CommitmentState.KEPT_LATE_KNOWN),
    "broken": (CommitmentState.BROKEN,),
    "dropped": (CommitmentState.CANCELLED,),
}


def _commitments(env: Env, name: str) -> list[Commitment]:
    reference = reference_of(env, name)
    found = [one for one in env.facts.commitments if one.name == name]
    env.reads[name] = {one.reference: one.state.lower() for one in found}
    return [one for one in found if reference is None or one.reference == reference]


def commitment_is(env: Env, name: str, state: str) -> bool:
    """Whether the one meant, or where none is meant any, is in that state."""
    return any(one.state in COMMITMENT_STATES[state] for one in _commitments(env, name))


def visiting(env: Env, channel: str | None) -> bool:
    """Whether an interaction is running, and until when that is known to stay so."""
    running = False
    for one in env.facts.interactions:
        if one.ended_at is not None or (channel is not None and one.channel != channel):
            continue
        if env.now < one.started_at:
            env.until(one.started_at)
        elif env.now < one.started_at + VISIT:
            env.until(one.started_at + VISIT)
            running = True
    env.reads["visiting" if channel is None else f"visiting {channel.lower()}"] = running
    return running


Getter = Callable[[Env], Value]


@lru_cache(maxsize=4096)
def getter(read: Read, currency: str) -> Getter:
    """What reads one named thing: its value, or None where it is unknown. Notes what it read."""
    raw = raw_getter(read)
    if read.scope in _TYPED or (read.scope in (Scope.SITUATION, Scope.ITEM) and read.field in BUILT_IN):
        return raw
    convert = reader(read.type, currency)
    return lambda env: convert(raw(env))


def raw_getter(read: Read) -> Getter:
    """What reads it as it is kept, mostly plain JSON."""
    return _RAW[read.scope](read)


@lru_cache(maxsize=4096)
def in_force(parameter: Parameter, currency: str) -> Getter:
    """What reads a parameter: the value in force at the instant of deciding. Notes when another one begins."""

    def get(env: Env) -> Value:
        found: Dated | None = None
        for row in parameter.rows:
            begins = None if row.first is None else day_start(row.first, env.zone)
            if begins is not None and env.now < begins:
                env.until(begins)
                break
            found = row
        value = None if found is None else _constant(found.value, env)
        env.reads[parameter.shown] = to_json(value, parameter.type, currency)
        return value

    return get


def _constant(value: Literal | Moment, env: Env) -> Value:
    return value.value if isinstance(value, Literal) else wall_instant(value.day, value.minutes, env.zone)


_TYPED = (Scope.CUSTOMER, Scope.COMMITMENT, Scope.EVENT_AT, Scope.MESSAGE, Scope.ROW_AT, Scope.SAID)
BUILT_IN = ("state", "opened", "closed", "reference")
"""Fields that every situation has."""


def _attribute(read: Read) -> Getter:
    name, shown = read.field, read.shown

    def get(env: Env) -> Any:
        fact = env.facts.attributes.get(name)
        value = env.reads[shown] = None if fact is None else fact.value
        return value

    return get


def _customer(read: Read) -> Getter:
    field, shown = read.field, read.shown

    def get(env: Env) -> Any:
        preferences = env.facts.preferences
        value = preferences.language if field == "language" else preferences.zone
        if field == "kind":
            value = env.facts.kind.lower()
        env.reads[shown] = value
        return value

    return get


def _situation(read: Read) -> Getter:
    kind, field, shown = read.owner, read.field, read.shown

    def get(env: Env) -> Any:
        one = the_situation(env, kind)
        value = None if one is None else situation_field(one, field)
        env.reads[shown] = (
            format_instant(value) if field in ("opened", "closed") and value is not None else value
        )
        return value

    return get


def situation_field(one: Situation, field: str) -> Any:
    """A field of a situation: built in, or remembered."""
    if field == "state":
        return one.state
    if field == "opened":
        return one.opened_at
    if field == "closed":
        return one.closed_at if not one.open else None
    return one.reference if field == "reference" else one.data.get(field)


def _item(read: Read) -> Getter:
    field = read.field
    return lambda env: situation_field(env.item, field) if isinstance(env.item, Situation) else None


def _row(read: Read) -> Getter:
    field = read.field
    return lambda env: env.item.data.get(field) if isinstance(env.item, Happened) else None


def _row_at(read: Read) -> Getter:
    return lambda env: env.item.at if isinstance(env.item, Happened) else None


def _commitment(read: Read) -> Getter:
    name, field, shown = read.owner, read.field, read.shown

    def get(env: Env) -> Any:
        found = _commitments(env, name)
        pending = [one for one in found if one.state is CommitmentState.OPEN]
        one = max(pending or found, key=lambda each: each.promised_at, default=None)
        if one is None:
            env.reads[shown] = None
            return None
        value = {"due": one.due, "made": one.promised_at}.get(field, one.reference)
        env.reads[shown] = format_instant(value) if isinstance(value, int) else value
        return value

    return get


def _event(read: Read) -> Getter:
    field = read.field
    return lambda env: None if env.event is None else env.event.data.get(field)


def _event_at(read: Read) -> Getter:
    return lambda env: None if env.event is None else env.event.at


def _message(read: Read) -> Getter:
    field, shown = read.field, read.shown

    def get(env: Env) -> Any:
        if env.asked is None:
            return None
        value = getattr(env.asked, field)
        if field == "urgency":
            value = value.lower()
        env.reads[shown] = _shown_instant(value) if field == "at" else value
        return value

    return get


_shown_instant = lru_cache(maxsize=4096)(format_instant)


def _message_data(read: Read) -> Getter:
    field, shown = read.field, read.shown

    def get(env: Env) -> Any:
        value = None if env.asked is None else env.asked.data.get(field)
        env.reads[shown] = value
        return value

    return get


_RAW: dict[Scope, Callable[[Read], Getter]] = {
    Scope.ATTRIBUTE: _attribute,
    Scope.CUSTOMER: _customer,
    Scope.SITUATION: _situation,
    Scope.ITEM: _item,
    Scope.ROW: _row,
    Scope.ROW_AT: _row_at,
    Scope.SAID: _row,
    Scope.COMMITMENT: _commitment,
    Scope.EVENT: _event,
    Scope.EVENT_AT: _event_at,
    Scope.MESSAGE: _message,
    Scope.MESSAGE_DATA: _message_data,
}
