"""A message: what a back-end wants to tell a customer, what became of it, and on which channels.

The deliveries hold the truth; the message's state is computed (artifact.states). A request is frozen when it is
accepted: a newer one of the same key is another message.
"""

from enum import StrEnum
from typing import Any

import msgspec

from artifact.channel import Channel, Urgency
from artifact.event import Subject
from artifact.instant import Instant


class DeliveryState(StrEnum):
    PLANNED = "PLANNED"
    SENDING = "SENDING"
    HANDED_OVER = "HANDED_OVER"
    DELIVERED = "DELIVERED"
    SEEN = "SEEN"
    CLICKED = "CLICKED"
    DISMISSED = "DISMISSED"
    TOLD = "TOLD"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"
    IN_DOUBT = "IN_DOUBT"


PLANNED = DeliveryState.PLANNED
"""By a name of its own: each planning asks each delivery for it, and Python 3.11 is slow to read a member off its enum."""


class MessageState(StrEnum):
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    READY = "READY"
    UNDER_WAY = "UNDER_WAY"
    REACHED = "REACHED"
    REACHED_ELSEWHERE = "REACHED_ELSEWHERE"
    JOINED = "JOINED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"
    RETRACTED = "RETRACTED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    EVICTED = "EVICTED"
    ERASED = "ERASED"


class GateName(StrEnum):
    """The gates of deciding, in their order."""

    LIFE = "LIFE"
    RULES = "RULES"
    CHANNELS = "CHANNELS"
    CONSENT = "CONSENT"
    GROUP = "GROUP"
    WHEN = "WHEN"
    DEADLINE = "DEADLINE"
    RENDERING = "RENDERING"


class HoldKind(StrEnum):
    """Why a message waits. FIXED and WHILE come from rules; the others from the gate they name."""

    FIXED = "FIXED"
    WHILE = "WHILE"
    CONFLICT = "CONFLICT"
    NO_RULEBOOK = "NO_RULEBOOK"
    NOT_BEFORE = "NOT_BEFORE"
    GROUP = "GROUP"
    QUIET_HOURS = "QUIET_HOURS"
    BUDGET = "BUDGET"
    PAUSED = "PAUSED"


class Content(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Words that the back-end brings itself, for one channel and language or for any."""

    body: str
    channel: Channel | None = None
    language: str | None = None
    subject: str | None = None
    short: str | None = None


class Request(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What was asked. `rule` and `cause` are set where an event rule asked: its name, and the event's key as text.

    `heard_from` is the system that told the event, where the rule asked because of one that a system told.
    """

    source: str
    id: str
    at: Instant
    topic: str
    about: Subject | None = None
    key: str | None = None
    seq: int | None = None
    expires_at: Instant | None = None
    not_before: Instant | None = None
    channels: tuple[Channel, ...] | None = None
    lower_urgency: Urgency | None = None
    data: dict[str, Any] = {}
    content: tuple[Content, ...] = ()
    rule: str | None = None
    cause: str | None = None
    heard_from: str | None = None


class Anchor(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """When a rule first held this message. It outlives the hold, its condition, and the rulebook.

    `until` is the end of the current fixed period, `periods` how many have begun. `said` names what the rule said
    when it began: a period stands without its condition only while the rule still says that. `ended_by` names the events
    that it waited for and that have come since.
    """

    rule: str
    since: Instant
    until: Instant | None = None
    periods: int = 1
    said: str = ""
    ended_by: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The place of a message in a group: since when, in which bundle, and by which rule or cap.

    It outlives the wait, and a rulebook that knows nothing of it. `said` names what rule and group said when the message
    was put there: the place stands only while they still say that, and while they do there is no other in groups of
    this name.
    """

    group: str
    bundle: str
    since: Instant
    rule: str
    said: str = ""


class Hold(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A reason to wait that applies now. `until` None: until something happens."""

    kind: HoldKind
    since: Instant
    until: Instant | None = None
    rule: str | None = None
    channel: Channel | None = None


class Delivery(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A message on one channel. Its id is the key that the provider sees, whatever the number of attempts.

    `follower_after` is set on a follower: it leaves so many microseconds after the first hand-over, if unseen by then.
    `planned_at` is known only of what is PLANNED, `valid_until` only of what is SENDING.
    """

    id: str
    channel: Channel
    state: DeliveryState = DeliveryState.PLANNED
    planned_at: Instant | None = None
    proof: bool = False
    follower_after: int | None = None
    intent_at: Instant | None = None
    valid_until: Instant | None = None
    attempts: int = 0
    left_at: Instant | None = None
    seen_at: Instant | None = None
    changed_at: Instant | None = None
    text_hash: str | None = None
    because: str | None = None
    agent: str | None = None


def delivery_id(message: str, channel: Channel) -> str:
    """The id of a message's delivery on a channel."""
    return f"{message}-{channel}"


def message_of(delivery: str) -> str:
    """The id of the message of which this is the id of a delivery."""
    return delivery.rpartition("-")[0]


class Message(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A message and its plan.

    `number` is the log entry that brought it. `sources` are further requests that were joined to it.
    `reason` is the short code of why it is in this state; `rule` the rule behind it, where there is one.
    `next_at` is the next instant at which it must be decided anew. `correcting` names the message it corrects,
    `joined_to` the one that speaks for it, `conflict_with` the one it disagrees with. `released` are rules whose
    hold an agent lifted. `places` are its places in groups, and `bundle` the message that it goes or went with; a
    bundle has the name of its `group` and, in `items`, the messages that it says together.
    """

    id: str
    number: int
    received_at: Instant
    request: Request
    state: MessageState = MessageState.WAITING
    reason: str = ""
    rule: str | None = None
    category: str = ""
    urgency: Urgency = Urgency.NORMAL
    sources: tuple[Request, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    holds: tuple[Hold, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    rephrase: str | None = None
    next_at: Instant | None = None
    closed_at: Instant | None = None
    correcting: str | None = None
    conflict_with: str | None = None
    joined_to: str | None = None
    released: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    bundle: str | None = None
    group: str | None = None
    items: tuple[str, ...] = ()

    @property
    def expires_at(self) -> Instant | None:
        """The instant after which it must not be said, as the back-end gave it."""
        return self.request.expires_at


OPEN_STATES = frozenset({MessageState.WAITING, MessageState.BLOCKED, MessageState.READY})
"""Decided anew with each entry."""

LIVE_STATES = OPEN_STATES | {MessageState.UNDER_WAY}
"""Not closed."""
