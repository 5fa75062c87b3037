"""The record of one deciding, as it is read and as the log keeps it, and the entry of the log it is part of.

Numbers and names only: words are made on reading, from the rulebook of that revision. A record is written only
where state, instant, plan or reasons of a message changed.
"""

from enum import StrEnum
from typing import Any

import msgspec

from artifact.channel import Channel
from artifact.event import Event
from artifact.instant import Instant
from artifact.message import DeliveryState, GateName, HoldKind, MessageState


class GateOutcome(StrEnum):
    PASSED = "PASSED"
    HELD = "HELD"
    BLOCKED = "BLOCKED"
    SKIPPED = "SKIPPED"


class GateRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One gate of one deciding. `reason` is a stable short code, `until` the instant a hold ends."""

    gate: GateName
    outcome: GateOutcome
    reason: str = ""
    until: Instant | None = None


class HoldRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    kind: HoldKind
    since: Instant
    until: Instant | None = None
    rule: str | None = None


class PlanRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    channel: Channel
    state: DeliveryState
    planned_at: Instant | None = None
    because: str | None = None


class RuleRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What became of one candidate rule: `result` is FIRED, NOT_MET, UNKNOWN, SILENCED or ERROR.

    `detail` is the number of the condition that failed, the fact that was missing, the rule that silenced it, or the
    error. Before the one that failed the author may have written others that nobody asked any more: the `unasked`.
    """

    rule: str
    result: str
    detail: str | int | None = None
    unasked: tuple[int, ...] = ()


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One decision about one message, at log entry `n` of its customer.

    `rules` has a row for every candidate once the record is read again (engine.traces). Until then those are left out
    that follow from `looked`: what the index of the rulebook found, in its own numbers.
    `bundle` is the message that it goes with; `items` what a bundle holds. `untold`: those rows cannot be had any more.
    """

    message: str
    n: int
    now: Instant
    state: MessageState
    reason: str
    revision: str
    cause: str
    next_at: Instant | None = None
    gates: tuple[GateRow, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    holds: tuple[HoldRow, ...] = ()
    plan: tuple[PlanRow, ...] = ()
    reads: dict[str, Any] = {}
    bundle: str | None = None
    items: tuple[str, ...] = ()
    looked: tuple[int, ...] = ()
    untold: bool = False


Name = int | str
"""Of a rule or a fact: its number in the table of the rulebook of that revision, or itself where it is in none."""


class KeptGate(msgspec.Struct, frozen=True, gc=False, array_like=True):
    gate: int
    outcome: int
    reason: str = ""
    until: Instant | None = None


class KeptRule(msgspec.Struct, frozen=True, gc=False, array_like=True):
    rule: Name
    result: int
    detail: Name | None = None


class KeptHold(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`since` counts from the instant of the entry."""

    kind: int
    since: int
    until: Instant | None = None
    rule: Name | None = None


class KeptPlan(msgspec.Struct, frozen=True, gc=False, array_like=True):
    channel: int
    state: int
    planned_at: Instant | None = None
    because: str | None = None


class KeptVerdict(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """That part of a kept record which the rules say: the same in each record for as long as their verdict stands.

    `counted` are the rules that fired or were not met, packed together; `reads` names and values in turn; `looked` is what
    the index of the rulebook found.
    """

    rules: tuple[KeptRule, ...] = ()
    counted: tuple[int, ...] = ()
    reads: tuple[Any, ...] = ()
    looked: tuple[int, ...] = ()


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_verdicts = msgspec.msgpack.Decoder(KeptVerdict)


def encoded_verdict(kept: KeptVerdict) -> msgspec.Raw:
    """Written once for all records that tell of it."""
    return msgspec.Raw(_encode(kept))


def decoded_verdict(told: msgspec.Raw) -> KeptVerdict:
    """The inverse of encoded_verdict."""
    return _verdicts.decode(told)


class KeptRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A record as the log keeps it (engine.traces): what its entry says is left out, and what has a number is one.

    `told` is what the rules say, as bytes (decoded_verdict): most who read a record do not ask for it.
    """

    message: str
    state: MessageState
    reason: str
    cause: str
    next_at: Instant | None = None
    gates: tuple[KeptGate, ...] = ()
    told: msgspec.Raw = encoded_verdict(KeptVerdict())
    holds: tuple[KeptHold, ...] = ()
    plan: tuple[KeptPlan, ...] = ()
    bundle: str | None = None
    items: tuple[str, ...] = ()


class EntryKind(StrEnum):
    """What an entry of the log is. One door: there is no other way in."""

    EVENT = "event"
    TIMER = "timer"
    RULEBOOK = "rulebook"
    INTENT = "intent"
    OUTCOME = "outcome"
    COMMAND = "command"


class EventStatus(StrEnum):
    """What became of an event that was sent to us."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    LATE = "LATE"
    IGNORED = "IGNORED"
    REJECTED = "REJECTED"


ACCEPTED = EventStatus.ACCEPTED
"""By a name of its own, as artifact.message.PLANNED: each event is asked for it."""


class Intent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """That these deliveries are about to be handed over by `worker`, and until when that holds."""

    deliveries: tuple[str, ...]
    worker: str
    valid_until: Instant


class Entry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of a customer's log. `n` is the version it made; `now` the instant it was folded at.

    `timer_at` is the due instant that a timer entry runs; `revision` the rulebook in force ("" without one);
    `environment` names engine, tzdata and holidays. `out` holds the decisions, `status` what the event was
    answered with; `content` the hash that tells a duplicate from a conflict.
    """

    n: int
    kind: EntryKind
    now: Instant
    revision: str
    environment: str
    event: Event | None = None
    content: bytes | None = None
    timer_at: Instant | None = None
    intent: Intent | None = None
    status: EventStatus = EventStatus.ACCEPTED
    out: tuple[KeptRecord, ...] = ()
