"""What every store promises. Three implementations meet it: memory, embedded, mongo; one contract suite tests all.

A store keeps one artifact per customer and the log it follows from. It commits one customer at a time by
compare-and-set on the version: artifact, log entries, message rows, snapshot and `due` together or not at all.
Acknowledged means durable: what `commit` answered COMMITTED survives a kill and a power cut (memory excepted).
After an unknown outcome a store re-reads; it never assumes (I1, I2).

It refuses to decide anything: it reads no rule, no state of a message, and keeps the body as opaque data.

Methods may be called from two event loops at once: the engine's (`load`, `commit`, `now`, and what folding needs)
and the service's (everything that only reads). No method needs a lock of the caller's.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

import msgspec

from artifact.customer import Artifact, Snapshot
from artifact.decision import Entry, EventStatus
from artifact.event import EventKey
from artifact.instant import Instant
from artifact.message import Message, MessageState


class Want(msgspec.Struct, frozen=True):
    """A customer to load, and events of hers of which it must be known whether they are in the log.

    `have` is a version that the caller holds already: a store may then answer that it is still the newest.
    """

    customer_id: str
    events: tuple[EventKey, ...] = ()
    have: int | None = None


class Known(msgspec.Struct, frozen=True):
    """An event that is in the log: at which entry, with which content, and how it was answered."""

    n: int
    content: bytes
    status: EventStatus


class Loaded(msgspec.Struct, frozen=True):
    """`artifact` None: nothing is known of this customer yet, or (`unchanged`) the caller has the newest."""

    artifact: Artifact | None
    known: Mapping[EventKey, Known] = {}
    unchanged: bool = False


class MessageRow(msgspec.Struct, frozen=True):
    """The newest state of one message, for look-ups by id and across customers. `n` is the entry that made it."""

    id: str
    customer_id: str
    n: int
    message: Message


class Commit(msgspec.Struct, frozen=True):
    """One customer's step. `artifact.version` = `expected_version` + number of entries.

    `expected_version` 0 creates the customer. `messages` are the rows that changed, `snapshot` the body after the
    last entry where one is due. `body` is the artifact's in bytes, from whoever has written it already.
    """

    customer_id: str
    expected_version: int
    artifact: Artifact
    entries: tuple[Entry, ...]
    messages: tuple[MessageRow, ...] = ()
    snapshot: Snapshot | None = None
    body: bytes | None = None


class CommitResult(StrEnum):
    COMMITTED = "COMMITTED"
    CONFLICT = "CONFLICT"


class Change(msgspec.Struct, frozen=True):
    """That a customer went from one version to another. `gap` True: changes may be missing before this one.

    `due` is the instant at which she is due next; None: never, or when she was due before.
    """

    customer_id: str
    from_version: int
    version: int
    gap: bool = False
    due: Instant | None = None


Concerns = Callable[[Change], bool]
"""Whether a commit concerns somebody. Gaps concern everybody: nobody is asked."""


def anything(change: Change) -> bool:
    """What a reader says whom every commit concerns."""
    return True


class Due(msgspec.Struct, frozen=True):
    customer_id: str
    due: Instant


class RulebookRow(msgspec.Struct, frozen=True):
    """A saved text, with errors or without. `number` counts up from 1 in the order of saving."""

    id: str
    number: int
    text: str
    author: str
    saved_at: Instant
    revision: str | None = None


class Publication(msgspec.Struct, frozen=True):
    """That a rulebook is in force from `effective_at` on. `epoch` counts up from 1; `call` names who asked, once."""

    epoch: int
    rulebook_id: str
    revision: str
    effective_at: Instant
    actor: str
    call: str = ""


class Followed(msgspec.Struct, frozen=True):
    """How far a publication has got: `customers` of `total` decided under it or a later one.

    `changed` counts the messages that it changed, of the customers who stand under it now.
    """

    customers: int
    changed: int
    total: int


class MessageFilter(msgspec.Struct, frozen=True):
    """All given conditions must hold. `since` and `before` bound the instant at which the message was received."""

    customer_id: str | None = None
    topic: str | None = None
    category: str | None = None
    states: tuple[MessageState, ...] | None = None
    rule: str | None = None
    reason: str | None = None
    since: Instant | None = None
    before: Instant | None = None


T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`after` continues the same listing; None: this was the last page."""

    items: tuple[T, ...]
    after: str | None = None


class Totals(msgspec.Struct, frozen=True):
    customers: int
    entries: int
    messages: int


class Store(Protocol):
    """The port. Raises InputError STORE_UNAVAILABLE where it can't answer; what it answers is true."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write to it: a publication must then be given time to reach them."""

    @property
    def restless(self) -> bool:
        """Whether it leaves tasks of its own on the loop that calls it, which must then turn between two calls."""

    def now(self) -> Instant:
        """The store's clock. Never a reading of the caller's."""

    async def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """The newest committed artifacts, in the order asked, and which of the events are in the log."""

    async def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """Commit each customer by itself, one durable group; answers in the order given.

        A CONFLICT leaves nothing of that customer's commit behind and does not touch the others.
        """

    async def artifact(self, customer_id: str) -> Artifact | None:
        """The newest committed artifact."""

    async def history(self, customer_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Log entries with n > `after`, ascending, none missing; empty at the end."""

    async def snapshots(self, customer_id: str) -> list[int]:
        """The entries `n` after which a snapshot is kept, ascending."""

    async def snapshot(self, customer_id: str, n: int) -> Snapshot | None:
        """The snapshot after entry `n`."""

    async def events(self, customer_id: str, source: str, id: str) -> Entry | None:
        """The entry that folded this event."""

    async def customers(self, after: str | None = None, limit: int = 100) -> Page[str]:
        """All customer ids in ascending order of their UTF-8 bytes."""

    async def due(self, until: Instant, limit: int) -> list[Due]:
        """Customers whose `due` is at or before `until`, earliest first."""

    async def behind(self, epoch: int, limit: int) -> list[str]:
        """Customers whose artifact was last decided under an older publication."""

    async def followed(self, epoch: int) -> Followed:
        """How many customers have followed a publication, and what it changed for those who stand under it now."""

    async def message(self, id: str) -> MessageRow | None:
        """The newest state of one message, open or closed, however long ago."""

    async def messages(self, where: MessageFilter, first: int, after: str | None = None) -> Page[MessageRow]:
        """Newest received first (ties by id). `after` is opaque; raises InputError CURSOR_INVALID for another's."""

    async def save_rulebook(
        self, text: str, author: str, id: str, revision: str | None, newest: int | None = None
    ) -> RulebookRow:
        """Keep a text. The same `id` again returns the first row, whatever the text.

        Raises InputError EDIT_CONFLICT where `newest` is given and is not the number of the newest text.
        """

    async def rulebook(self, id: str) -> RulebookRow | None:
        """One saved text."""

    async def rulebooks(self, first: int, after: int | None = None) -> list[RulebookRow]:
        """Newest first; `after` is the number of the last one seen."""

    async def publish(
        self,
        rulebook_id: str,
        revision: str,
        effective_at: Instant,
        actor: str,
        expected_epoch: int,
        call: str = "",
    ) -> Publication | None:
        """Append a publication; None where `expected_epoch` is no longer the newest (0: none yet)."""

    async def publications(self) -> list[Publication]:
        """All, by epoch ascending. Kept for ever: the log cites revisions."""

    def watch(self, concerns: Concerns = anything) -> AsyncIterator[Change]:
        """Every commit after this call, per customer in order of version; a gap is said, never hidden.

        A reader that falls behind gets one Change with `gap` for what it missed. `concerns` leaves out, and wakes
        nobody for, what does not concern the reader. It is asked once for each commit, when that is durable and by
        whoever tells of it, on any thread: it may only look.
        """

    async def totals(self) -> Totals:
        """Counts, for operators."""

    async def close(self) -> None:
        """Release files and connections. A closed store raises STORE_UNAVAILABLE."""
