"""One message while it is being planned: what the gates read, and what they find."""

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter

import msgspec

from artifact.channel import Channel
from artifact.decision import GateOutcome, KeptGate
from artifact.instant import Instant
from artifact.message import (
    PLANNED,
    Anchor,
    Delivery,
    DeliveryState,
    GateName,
    Hold,
    HoldKind,
    Message,
    MessageState,
)
from artifact.span import Span, add_span
from artifact.states import LEFT_STATES, REACHED_STATES
from dsl.rulebook import Topic
from engine.holds import Limit
from engine.judging import Merged
from engine.moment import Moment
from engine.traces import gate

MUST_BE_SAID = frozenset({"contract", "pre_contract", "legal", "vital_interest"})
"""Bases under which a message that cannot be said in time is worth an alert."""

PRESSING = frozenset({"consent", "existing_customer"})
"""Bases under which she may ask for a pause."""


class Stop(Exception):  # ends the gates early; no error of anyone's
    """The message goes no further: its state and the stable code of the reason."""

    def __init__(self, gate: GateName, state: MessageState, reason: str, rule: str | None = None) -> None:
        super().__init__(reason)
        self.gate, self.state, self.reason, self.rule = gate, state, reason, rule


class Draft(msgspec.Struct, gc=False):
    """One message while it is being planned.

    `gone` is what has left, or was taken back: no plan can change it; `fates` are the states of that. `expires` is the
    end that the back-end or the topic gives, `end` the instant from which it must not be said any more. `said` are the
    gates of which there is more to say than that it `passed` them, which it did up to that one. `anchors` are those of
    its holds, `limits` rules whose time is up; from `free_at` (None: not known) it may go, at `first` it goes. `reserved`
    are the contacts planned here. `instead` are the channels that a full cap says to take. `restless`: the same plan
    might come out otherwise a moment later. `groups` are those into which a full cap may put it, `into` the cap that did
    and the group.
    """

    message: Message
    merged: Merged
    moment: Moment
    anchors: tuple[Anchor, ...]
    free_at: Instant | None
    gone: tuple[Delivery, ...]
    fates: frozenset[DeliveryState]
    expires: Instant | None
    end: Instant
    said: dict[GateName, KeptGate] = {}
    passed: GateName | None = None
    wakes: list[Instant] = []
    alerts: list[str] = []
    holds: list[Hold] = []
    limits: list[Limit] = []
    planned: list[Delivery] = []
    instead: tuple[Channel, ...] = ()
    reason: str = ""
    rule: str | None = None
    state: MessageState = MessageState.WAITING
    first: Instant | None = None
    waits: bool = False
    reserved: list[tuple[Instant, Channel]] = []
    restless: bool = False
    groups: frozenset[str] = frozenset()
    into: tuple[str, str] | None = None

    @property
    def has_left(self) -> bool:
        return not self.fates.isdisjoint(LEFT_STATES)

    @property
    def has_reached(self) -> bool:
        return not self.fates.isdisjoint(REACHED_STATES)

    def hold(self, kind: HoldKind, since: Instant, until: Instant) -> None:
        """It waits until then."""
        self.holds.append(Hold(kind, since, until))
        self.wakes.append(until)
        if self.free_at is not None:
            self.free_at = max(self.free_at, until)

    def say(
        self, name: GateName, outcome: GateOutcome, reason: str = "", until: Instant | None = None
    ) -> None:
        self.said[name] = gate(name, outcome, reason, until)

    def gates(self) -> tuple[KeptGate, ...]:
        """Every gate that it has come to, in their order."""
        rows = self._all() if self.passed is _LAST else _UP_TO[self.passed]
        return _with_said(rows, self.said.values()) if self.said else rows

    def _all(self) -> tuple[KeptGate, ...]:
        """All of them, where it has passed the last. Where the wall clock that was read is not hers, that is said."""
        clock = "" if self.moment.facts.preferences.zone is not None else "zone_of_rulebook"
        when = KeptGate(_WHEN, _HELD if self.waits else _ON, clock, self.first)
        return *_BEFORE_WHEN, when, KeptGate(_DEADLINE, _ON, "", self.expires), _RENDERED


def draft_of(message: Message, merged: Merged, moment: Moment) -> Draft:
    """A message before its planning."""
    topic, zone = merged.ruling.topic, moment.zone
    gone: list[Delivery] = []
    for delivery in message.deliveries:
        if delivery.state is not PLANNED:
            gone.append(delivery)
    expires = expiry(message, topic, zone)
    return Draft(
        message,
        merged,
        moment,
        message.anchors,
        moment.now,
        tuple(gone),
        frozenset(map(_fate, gone)) if gone else _NONE_GONE,
        expires,
        expires if expires is not None else later(message.received_at, topic.lives_for, zone),
    )


_NONE_GONE: frozenset[DeliveryState] = frozenset()


def _with_said(rows: tuple[KeptGate, ...], said: Iterable[KeptGate]) -> tuple[KeptGate, ...]:
    """With what there is to say in its place; of the gate at which it stopped, after those that it passed."""
    told, passed = [*rows], len(rows)
    for one in said:
        if one.gate < passed:
            told[one.gate] = one
        else:
            told.append(one)
    return tuple(told)


_fate = attrgetter("state")
_IN_ORDER = tuple(GateName)
_WHEN, _DEADLINE = _IN_ORDER.index(GateName.WHEN), _IN_ORDER.index(GateName.DEADLINE)
_ON, _HELD = (gate(GateName.WHEN, outcome).outcome for outcome in (GateOutcome.PASSED, GateOutcome.HELD))
BEFORE: dict[GateName, GateName | None] = dict(zip(_IN_ORDER, (None, *_IN_ORDER), strict=False))
"""The gate that a message has passed when it comes to this one."""

_PASSED = tuple(
    gate(name, GateOutcome.PASSED, "no_group" if name is GateName.GROUP else "") for name in _IN_ORDER
)
_UP_TO: dict[GateName | None, tuple[KeptGate, ...]] = {
    None: (),
    **{name: _PASSED[: n + 1] for n, name in enumerate(_IN_ORDER)},
}
"""What there is to say of the gates up to one, where there is nothing more to say than that they were passed."""
_LAST = GateName.RENDERING
_BEFORE_WHEN, _RENDERED = _PASSED[:_WHEN], _PASSED[-1]


def expiry(message: Message, topic: Topic, zone: str) -> Instant | None:
    """The instant given by the back-end, else by the topic, after which it must not be said."""
    if message.request.expires_at is not None:
        return message.request.expires_at
    return later(message.request.at, topic.expires_after, zone) if topic.expires_after is not None else None


@lru_cache(maxsize=65_536)
def later(instant: Instant, span: Span, zone: str) -> Instant:
    """As add_span. A message is planned many times, and what counts from one instant is always the same."""
    return add_span(instant, span, zone)
