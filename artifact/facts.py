"""The memory of one customer: what follows from what happened, and from nothing else.

A pure function of the events in stamp order. It never holds a reading of our clock, a message, or anything that
depends on how events were batched: its digest is what an ordered and a shuffled run must agree on.
"""

from enum import StrEnum
from typing import Any

import msgspec

from artifact.channel import Channel
from artifact.event import Subject
from artifact.instant import Instant


class CustomerKind(StrEnum):
    """How well the brand knows whom it talks to."""

    ANONYMOUS = "ANONYMOUS"
    LEAD = "LEAD"
    CUSTOMER = "CUSTOMER"
    FORMER = "FORMER"


class AliasKind(StrEnum):
    """Other names under which a customer is known."""

    PHONE = "PHONE"
    EMAIL = "EMAIL"
    POLICY = "POLICY"
    DEVICE = "DEVICE"
    COOKIE = "COOKIE"
    EXTERNAL = "EXTERNAL"


class ConsentState(StrEnum):
    """What a customer said about being written to."""

    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    UNKNOWN = "UNKNOWN"


class CommitmentState(StrEnum):
    """How a promise of the brand fared. KEPT_LATE_KNOWN is computed on reading: kept, but known after it was due."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    KEPT_LATE_KNOWN = "KEPT_LATE_KNOWN"
    CANCELLED = "CANCELLED"


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A value and the instant from which its source says it holds. None is a value cleared."""

    value: Any
    at: Instant


class Alias(msgspec.Struct, frozen=True, gc=False):
    kind: AliasKind
    value: str


class Situation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something going on, keyed by (kind, reference); `reference` is empty where a customer has one at most.

    `state` is `open` until a rulebook names another, `closed` at the end. `data` holds remembered event fields as
    plain JSON. `expires_at` is a deadline of the memory: at it the situation closes by itself.
    """

    kind: str
    reference: str
    state: str
    open: bool
    opened_at: Instant
    changed_at: Instant
    closed_at: Instant | None = None
    expires_at: Instant | None = None
    data: dict[str, Any] = {}


class Stage(msgspec.Struct, frozen=True, gc=False):
    """Something that follows if a promise is still pending at an instant: the `number`-th that its author wrote."""

    number: int
    at: Instant


class Commitment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A promise with a deadline, keyed by (name, reference). Judged at `due` + grace; `judged_at` says when.

    `stages` are those yet to come, `staged` says that one has come: all instants are computed once, when it is made.
    """

    name: str
    reference: str
    promised_at: Instant
    due: Instant
    state: CommitmentState = CommitmentState.OPEN
    judged_at: Instant | None = None
    about: Subject | None = None
    data: dict[str, Any] = {}
    stages: tuple[Stage, ...] = ()
    staged: bool = False


class Watch(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A silence that is being listened to, keyed by (kind, reference): at `due` its situation opens.

    Each event of the kind that would break the silence sets it anew. `data` are its fields that the situation keeps.
    """

    kind: str
    reference: str
    due: Instant
    data: dict[str, Any] = {}


class Consent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What she said for a category, on one channel or (None) on all."""

    category: str
    state: ConsentState
    since: Instant
    source: str
    channel: Channel | None = None
    proof: str | None = None


class Preferences(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How she wants to be talked to. `language` is a BCP 47 tag, `zone` an IANA name."""

    language: str | None = None
    zone: str | None = None
    favourite_channels: tuple[Channel, ...] = ()
    paused_until: Instant | None = None
    at: Instant | None = None


class Interaction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """She came to us."""

    id: str
    channel: Channel
    started_at: Instant
    ended_at: Instant | None = None
    agent: str | None = None


class Happened(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One of a list that rules count over: when it happened, and what of it they read, as plain JSON."""

    at: Instant
    data: dict[str, Any] = {}


class Points(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What an event added to a score (below zero: subtracted), asked for by `rule` for a reason in some languages.

    `value` is the score that came of it. Where room ran out, the oldest of one score are one: their points together,
    with the instant and the value of the last, and no rule.
    """

    score: str
    amount: int | float
    at: Instant
    rule: str = ""
    because: dict[str, str] = {}
    value: int | float | None = None


class Kept(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """The events of one type that rules count, oldest first.

    `dropped_at` is the newest one that had to leave for want of room, or None.
    """

    rows: tuple[Happened, ...] = ()
    dropped_at: Instant | None = None


class Stamp(msgspec.Struct, frozen=True, gc=False, order=True):
    """A place in the order of the memory: events come before deadlines at one instant (`deadline` 0, then 1)."""

    at: Instant
    deadline: int = 0


class Seat(msgspec.Struct, frozen=True, gc=False):
    """An event at the newest instant of the memory, by what could place another one before it."""

    source: str
    about: Subject | None
    seq: int | None


class Facts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """All that is remembered of one customer. Tuples keep the order in which things first came up.

    `events` are those that the rulebook in force counts, by type. `high_water` is the newest stamp folded, `seats` the events at that very instant.
    """

    kind: CustomerKind = CustomerKind.CUSTOMER
    aliases: tuple[Alias, ...] = ()
    attributes: dict[str, Fact] = {}
    situations: tuple[Situation, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    consents: tuple[Consent, ...] = ()
    preferences: Preferences = Preferences()
    interactions: tuple[Interaction, ...] = ()
    points: tuple[Points, ...] = ()
    watches: tuple[Watch, ...] = ()
    events: dict[str, Kept] = {}
    deceased_at: Instant | None = None
    high_water: Stamp | None = None
    seats: tuple[Seat, ...] = ()


EMPTY_FACTS = Facts()
