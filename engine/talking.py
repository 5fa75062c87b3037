"""What is being said, while one log entry is folded: a working copy of the talk, and the records it yields."""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from msgspec.msgpack import Encoder
from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.customer import Contact, Gathering, LateMark, Requested, StaffTask, Talk, rolled
from artifact.decision import KeptRecord
from artifact.instant import DAY, Instant
from artifact.limits import Limits
from artifact.message import LIVE_STATES, Delivery, Message, MessageState
from dsl.rulebook import Rulebook
from engine.history import reach_of
from engine.scene import Scene
from engine.settled import Left, marks_of

_records = Encoder(order="deterministic")

CONTACT_DAYS = 400
"""Contacts older than the longest window a cap may have are forgotten."""

_CONTACTS_LAST = CONTACT_DAYS * DAY

REQUEST_DAYS = 31
"""Requests are remembered so long, or as long as the widest window in which the rules of the day count them."""


class Talking(msgspec.Struct, gc=False):
    """Live messages by id, closed ones, contacts, tasks; `n` and `now` of the entry that is being folded. `before` are the
    live messages as they were.

    What few entries touch is copied when it is first asked for, and the live messages when one of them first changes: until
    then others hold on to the same. `left` is what the last deciding in this entry left.
    """

    customer_id: str
    n: int
    now: Instant
    limits: Limits
    talk: Talk
    before: dict[str, Message]
    messages: dict[str, Message]
    contacts: tuple[Contact, ...]
    gatherings: dict[str, Gathering]
    lates: tuple[LateMark, ...]
    records: list[KeptRecord] = []
    changed: dict[str, Message] = {}
    left: Left | None = None
    _is_shared: bool = True
    _tail: dict[str, Message] | None = None
    _closes: bool = False
    _tasks: dict[str, StaffTask] | None = None

    @property
    def tail(self) -> dict[str, Message]:
        """The newest closed messages by id."""
        if self._tail is None:
            self._tail = {m.id: m for m in self.talk.tail}
        return self._tail

    @property
    def tasks(self) -> dict[str, StaffTask]:
        """Tasks and alerts by id."""
        if self._tasks is None:
            self._tasks = {t.id: t for t in self.talk.tasks}
        return self._tasks

    def shared(self) -> dict[str, Message]:
        """The live messages as they are now, for whoever holds on to them; nobody changes these."""
        self._is_shared = True
        return self.messages

    def keep(self, message: Message) -> None:
        """Keep the newest state of a message, among the live or the closed."""
        if self._is_shared:
            self.messages, self._is_shared = self.messages.copy(), False
        if message.state in LIVE_STATES:
            known = self.messages.get(message.id) or self._reopened(message.id)
            self.messages[message.id] = message
        else:
            known = self.messages.pop(message.id, None) or self.tail.get(message.id)
            self.tail[message.id] = message
            self._closes = True
        if known is not message and known != message:
            self.changed[message.id] = message

    def _reopened(self, id: str) -> Message | None:
        known = self.tail.pop(id, None)
        self._closes = self._closes or known is not None
        return known

    def find(self, id: str) -> Message | None:
        """A message that is live or among the newest closed ones."""
        return self.messages.get(id) or self.tail.get(id)

    def spoken(self, message: Message) -> tuple[Delivery, ...]:
        """Its deliveries, those of the bundle that it goes or went with among them."""
        bundle = self.find(message.bundle) if message.bundle is not None else None
        return message.deliveries if bundle is None else (*message.deliveries, *bundle.deliveries)

    def record(self, record: KeptRecord) -> None:
        """Keep a record; of several for one message in one entry the last tells the outcome."""
        for place, one in enumerate(self.records):
            if one.message == record.message:
                del self.records[place]
                break
        self.records.append(record)

    def alert(self, code: str, message: Message, scene: Scene) -> None:
        """Let a person know, once for each message and code."""
        self.task(
            StaffTask(
                id=derived_id("t", self.customer_id, message.id, code, scene.revision if ":" in code else ""),
                kind=code.partition(":")[0],
                raised_at=self.now,
                reason=code.partition(":")[2] or message.reason or code,
                is_alert=True,
                about=message.request.about,
                message=message.id,
            )
        )

    def task(self, task: StaffTask) -> None:
        """Add a task unless it is known; past the limit the oldest closed, then the oldest alert, makes room.

        One that was cancelled is open again: what asked for it was taken back, and has come back.
        """
        known = self.tasks.get(task.id)
        if known is not None:
            if known.state == "CANCELLED":
                self.tasks[task.id] = replace(known, state="OPEN")
            return
        if len(self.tasks) >= self.limits.tasks:
            gone = min(
                self.tasks.values(), key=lambda t: (t.state == "OPEN", not t.is_alert, t.raised_at, t.id)
            )
            del self.tasks[gone.id]
        self.tasks[task.id] = task

    def close_task(self, id: str, state: str) -> None:
        """Mark a task DONE or CANCELLED."""
        if id in self.tasks and self.tasks[id].state == "OPEN":
            self.tasks[id] = replace(self.tasks[id], state=state)

    def finished(self, scene: Scene, broken: tuple[str, ...]) -> Talk:
        """The new talk, within its limits; the same where this entry left it alone and nothing of it is too old."""
        talk, revision = self.talk, scene.revision
        if self._untouched() and revision == talk.revision and broken == talk.broken:
            return talk
        digest = talk.records_hash
        for record in self.records:
            digest = rolled(digest, _records.encode(record))
        closed, gone = self._closed() if self._closes else (talk.tail, ())
        lates, fold_floor = self.lates, talk.fold_floor
        if len(lates) > self.limits.late_marks:
            lates, fold_floor = self._late_marks()
        return Talk(
            messages=tuple(self.messages.values()),
            tail=closed,
            requests=self._requests(gone, scene.book) if gone or talk.requests else (),
            contacts=self._recent_contacts(),
            tasks=talk.tasks if self._tasks is None else tuple(self._tasks.values()),
            gatherings=tuple(self.gatherings.values()) if self.gatherings else (),
            lates=lates,
            fold_floor=fold_floor,
            broken=broken,
            revision=revision,
            records_hash=digest,
            marks=talk.marks if self.left is None else marks_of(self.messages, self.left),
        )

    def _late_marks(self) -> tuple[tuple[LateMark, ...], int]:
        """Those that are kept of too many, and the entry below which they do not tell any more what was late."""
        most = self.limits.late_marks
        return self.lates[-most:], max(self.talk.fold_floor, *(mark.n for mark in self.lates[:-most]))

    def _untouched(self) -> bool:
        """Whether nothing was decided, changed or added, and nothing is to be forgotten."""
        return (
            self.left is None
            and not self.changed
            and not self.records
            and not self._closes
            and self._tasks is None
            and self.lates is self.talk.lates
            and not self.talk.requests
            and self._recent_contacts() is self.talk.contacts
        )

    def _closed(self) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
        """Closed messages, oldest first: the newest ones, and those before them, which are let go."""
        closed = tuple(sorted(self.tail.values(), key=_closing))
        over = max(len(closed) - self.limits.closed_messages, 0)
        return closed[over:], closed[:over]

    def _recent_contacts(self) -> tuple[Contact, ...]:
        """Contacts that a cap may count, oldest first."""
        oldest, known = self.now - _CONTACTS_LAST, self.talk.contacts
        if self.contacts is known and (not known or known[0].at > oldest):
            return known
        return _recent(self.contacts, oldest)[-self.limits.contacts :]

    def _requests(self, gone: tuple[Message, ...], book: Rulebook | None) -> tuple[Requested, ...]:
        """The requests of messages that are let go, as far back as rules count; past the limit the oldest leave."""
        reach = max(REQUEST_DAYS * DAY, reach_of(book.listens.spans) if book is not None else 0)
        asked = (requested(message) for message in gone if is_request(message))
        kept = [one for one in (*self.talk.requests, *asked) if one.at > self.now - reach]
        return tuple(sorted(kept, key=lambda one: (one.at, one.id)))[-self.limits.requests :]


def _recent(contacts: Sequence[Contact], oldest: Instant) -> tuple[Contact, ...]:
    return tuple(sorted([contact for contact in contacts if contact.at > oldest], key=_in_time))


def _closing(message: Message) -> Instant:
    return message.closed_at or 0


_in_time = attrgetter("at", "delivery")


def is_request(message: Message) -> bool:
    """Whether it asked for something new: neither joined to another message nor a bundle of several."""
    return message.state is not MessageState.JOINED and message.group is None


def requested(message: Message) -> Requested:
    """What rules may count of a message."""
    request = message.request
    return Requested(message.id, message.received_at, request.topic, message.category, request.lower_urgency)


def begin(
    customer_id: str, talk: Talk, n: int, now: Instant, limits: Limits, known: dict[str, Message]
) -> Talking:
    """A working copy of `talk` for entry `n`; `known` are its open messages by id."""
    return Talking(
        customer_id=customer_id,
        n=n,
        now=now,
        limits=limits,
        talk=talk,
        before=known,
        messages=known,
        contacts=talk.contacts,
        gatherings={g.id: g for g in talk.gatherings} if talk.gatherings else {},
        lates=talk.lates,
    )
