"""One customer's artifact: an envelope around a body, and the body is facts and talk.

The body is a function of the log alone (I3: re-enacting the log gives it byte for byte), so nothing that depends
on batching, on a store or on a process may enter it. What does depend on them stands in the envelope.
"""

from hashlib import blake2b

import msgspec

from artifact.channel import Channel, Urgency
from artifact.event import Subject
from artifact.facts import EMPTY_FACTS, Facts
from artifact.instant import Instant
from artifact.message import Message

SCHEMA = 1
"""Number of this layout. A document of a newer one is read-only; older ones are brought up at read."""


class Contact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One contact made: a delivery whose intent is committed and that did not fail. Places are none.

    `delivery` is empty for what a source sent by itself. A bundle is one contact in each category that it contains:
    `also` are category and topic of what else it said.
    """

    at: Instant
    channel: Channel
    category: str
    topic: str
    delivery: str = ""
    also: tuple[tuple[str, str], ...] = ()


class Gathering(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A group that has not left: its bundle's id, the first item's instant, and the one at which it closes.

    `said` names the window that the rulebook gave it; under another one a new gathering begins.
    """

    id: str
    group: str
    key: str
    since: Instant
    until: Instant
    said: str


class Requested(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """A message that was asked for, once it is no longer among the live or the newest closed ones."""

    id: str
    at: Instant
    topic: str
    category: str
    lower_urgency: Urgency | None = None


class StaffTask(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """For a person of the brand: to do, or (alert) to know.

    `promise` names the commitment because of which it is asked while that is pending.
    """

    id: str
    kind: str
    raised_at: Instant
    reason: str
    team: str | None = None
    is_alert: bool = False
    due: Instant | None = None
    state: str = "OPEN"
    about: Subject | None = None
    message: str | None = None
    origin: str | None = None
    promise: str | None = None


class LateMark(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """That entry `n` folded an event at `at` below the high water: older snapshots above `at` cannot be folded on."""

    n: int
    at: Instant


class Talk(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is being said: a pure function of the log in arrival order.

    `messages` are live; `tail` the newest closed ones, oldest first, `requests` those before them, as far back as
    rules count. `records_hash` rolls over all decision records. `gatherings` are the anchors of groups. `broken` names
    commitments (name/reference) that were known broken once, for KEPT_LATE_KNOWN. `marks` has a number for each of the
    `messages`, made of what the rules said of it: while they say that, nothing else is new, and its `next_at` has not
    come, it would be decided as it stands. 0: it is decided with every entry.
    """

    messages: tuple[Message, ...] = ()
    tail: tuple[Message, ...] = ()
    requests: tuple[Requested, ...] = ()
    contacts: tuple[Contact, ...] = ()
    tasks: tuple[StaffTask, ...] = ()
    gatherings: tuple[Gathering, ...] = ()
    broken: tuple[str, ...] = ()
    lates: tuple[LateMark, ...] = ()
    fold_floor: int = 0
    revision: str = ""
    records_hash: bytes = b""
    marks: tuple[int, ...] = ()


class Body(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What re-enacting must reproduce byte for byte."""

    facts: Facts = EMPTY_FACTS
    talk: Talk = Talk()


class Artifact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Envelope and body. `version` is the number of log entries; `due` the next instant something must run.

    `now` is the instant of the last entry, `epoch` the publication under which it was last decided, `changed` how
    many messages changed when she was brought to that publication.
    """

    customer_id: str
    version: int = 0
    now: Instant = 0
    due: Instant | None = None
    epoch: int = 0
    schema: int = SCHEMA
    body: Body = Body()
    changed: int = 0


class Snapshot(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The body after entry `n`, kept so that the log need not be run from its beginning."""

    n: int
    now: Instant
    body: Body


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_bodies = msgspec.msgpack.Decoder(Body)


def encode_body(body: Body) -> bytes:
    """The bytes that I3 compares."""
    return _encoder.encode(body)


def decode_body(data: bytes) -> Body:
    """The inverse of encode_body. Raises msgspec.ValidationError for other bytes."""
    return _bodies.decode(data)


def memory_bytes(facts: Facts) -> bytes:
    """The bytes of the memory alone, which an ordered and a shuffled run must agree on."""
    return _encoder.encode(facts)


def rolled(previous: bytes, data: bytes) -> bytes:
    """The rolling hash after one more piece of data."""
    return blake2b(previous + data, digest_size=16).digest()
