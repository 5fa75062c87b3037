"""One customer on virtual time, stepped by the pure kernel alone; her whole log is her past.

Refuses to hide anything: what the kernel raises is raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from artifact.channel import Channel
from artifact.customer import Artifact, Body, encode_body
from artifact.decision import Entry, EventStatus, Intent, Record
from artifact.event import Event, Subject, event_content
from artifact.facts import Facts
from artifact.instant import MINUTE, SECOND, Instant, parse_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from artifact.message import Delivery, Message, MessageState
from engine.admitting import message_id
from engine.builtin import CORRECTION
from engine.judging import Memo
from engine.past import Past, correction_key
from engine.reenact import reenact, same_record, scene_of
from engine.scene import Scene
from engine.step import NeedsPast, Stepped, step_event, step_intent, step_rulebook, step_timer
from engine.traces import whole
from engine.waking import wake_of
from tests.engine.handmade import Handmade, handmade

CUSTOMER = "c-7"
MONDAY = parse_instant("2026-11-16T10:00:00+01:00")
"""An ordinary Monday morning in Madrid."""


def at(text: str) -> Instant:
    return parse_instant(text)


def event(type: str, moment: Instant = MONDAY, id: str = "", **more: Any) -> Event:
    """An event of the source `claims`; `claim="S-1"` says what it is about."""
    about = Subject("claim", more.pop("claim")) if "claim" in more else more.pop("about", None)
    return Event(
        customer_id=CUSTOMER,
        source=more.pop("source", "claims"),
        id=id or f"{type}@{moment}",
        type=type,
        at=moment,
        received_at=more.pop("received_at", moment),
        about=about,
        seq=more.pop("seq", None),
        data=more.pop("data", more),
    )


def request(topic: str, moment: Instant = MONDAY, id: str = "", **data: Any) -> Event:
    """A request of the source `crm` as the event that carries it; keyword arguments are fields of the request."""
    envelope = {name: data.pop(name) for name in ("source", "seq", "about") if name in data}
    return event(
        *("message.requested", moment, id or f"{topic}@{moment}"),
        **{"source": "crm", **envelope},
        data={"topic": topic, **data},
    )


@dataclass
class Customer:
    """Her artifact, her log, and a clock."""

    book: Handmade | None = field(default_factory=handmade)
    limits: Limits = DEFAULT_LIMITS
    now: Instant = MONDAY
    artifact: Artifact = field(default_factory=lambda: Artifact(CUSTOMER))
    log: list[Entry] = field(default_factory=list)
    books: dict[str, Handmade | None] = field(default_factory=dict)
    memo: Memo | None = None

    @property
    def scene(self) -> Scene:
        revision = self.book.revision if self.book is not None else ""
        self.books[revision] = self.book
        return Scene(self.book, revision, self.limits, "test")

    @property
    def body(self) -> Body:
        return self.artifact.body

    @property
    def facts(self) -> Facts:
        return self.artifact.body.facts

    @property
    def bytes(self) -> bytes:
        return encode_body(self.artifact.body)

    def past(self, change: Event) -> Past:
        """All of her log. `change` is what asks for it."""
        corrected = {}
        for one in [*(e.event for e in self.log), change]:
            if one is not None and one.type == CORRECTION:
                key = correction_key(one)
                found = next((e.event for e in self.log if e.event is not None and e.event.key == key), None)
                if found is not None:
                    corrected[key] = found
        return Past(None, tuple(self.log), {"": None, **self.books}, corrected)

    def keep(self, stepped: Stepped) -> Entry:
        assert stepped.entry.n == self.artifact.version + 1 == stepped.artifact.version
        self.artifact = stepped.artifact
        self.log.append(stepped.entry)
        return stepped.entry

    def tell(self, told: Event) -> Entry:
        """Fold one event at the clock's instant, after the timers that are due."""
        self.now = max(self.now, told.received_at)
        self.pass_time()
        return self.fold(told)

    def fold(self, told: Event) -> Entry:
        scene = self.scene
        try:
            return self.keep(step_event(self.artifact, told, self.now, scene, None, self.memo))
        except NeedsPast:
            past = self.past(told)
            return self.keep(step_event(self.artifact, told, self.now, scene, past, self.memo))

    def ask(self, topic: str, id: str = "", **fields: Any) -> Message:
        """Ask for a message now; the message as it then is."""
        asked = request(topic, fields.pop("moment", self.now), id, **fields)
        self.tell(asked)
        return self.find(message_id(CUSTOMER, asked.source, asked.id))

    def pass_time(self, until: Instant | None = None) -> None:
        """Let the clock run, timers firing at their instants."""
        end = self.now if until is None else until
        while (due := wake_of(self.body, self.scene)) is not None and due <= end:
            self.now = max(self.now, due)
            self.keep(step_timer(self.artifact, due, self.now, self.scene, self.memo))
        self.now = end

    def publish(self, book: Handmade | None) -> None:
        self.book = book
        self.keep(step_rulebook(self.artifact, self.now, self.scene))

    def intend(self, *deliveries: str) -> tuple[str, ...]:
        intent = Intent(deliveries or self.ready(), "w", self.now + 60 * SECOND)
        stepped = step_intent(self.artifact, intent, self.now, self.scene, self.memo)
        if stepped is None:
            return ()
        entry = self.keep(stepped)
        return entry.intent.deliveries if entry.intent is not None else ()

    def ready(self) -> tuple[str, ...]:
        return tuple(
            d.id
            for m in self.body.talk.messages
            for d in m.deliveries
            if d.state == "PLANNED" and d.planned_at is not None and d.planned_at <= self.now
        )

    def outcome(self, type: str, delivery: str, moment: Instant | None = None, **data: Any) -> Entry:
        told = event(
            f"delivery.{type}",
            self.now if moment is None else moment,
            f"{type}/{delivery}/{len(self.log)}",
            source="provider",
            received_at=self.now,
            data={"delivery": delivery, **data},
        )
        return self.tell(told)

    def hand_over(self) -> tuple[str, ...]:
        """Intent and hand-over of whatever is ready."""
        taken = self.intend()
        for delivery in taken:
            self.outcome("handed_over", delivery)
        return taken

    def find(self, id: str) -> Message:
        return next(m for m in (*self.body.talk.messages, *self.body.talk.tail) if m.id == id)

    def messages(self, topic: str | None = None) -> list[Message]:
        every = (*self.body.talk.tail, *self.body.talk.messages)
        return [m for m in every if topic is None or m.request.topic == topic]

    def delivery(self, message: Message, channel: Channel) -> Delivery:
        return next(d for d in self.find(message.id).deliveries if d.channel is channel)

    def state(self, message: Message) -> tuple[MessageState, str]:
        found = self.find(message.id)
        return found.state, found.reason

    def records(self, message: Message) -> list[Record]:
        return [whole(r, e, self.book) for e in self.log for r in e.out if r.message == message.id]

    def reenacted(self) -> Artifact:
        """Her log run again from nothing; every entry must say the same (I3)."""
        artifact, done = Artifact(CUSTOMER), list[Entry]()
        for entry in self.log:
            twin = Customer(self.books.get(entry.revision), self.limits, log=done, books=self.books)
            past = twin.past(entry.event) if entry.event is not None else None
            stepped = reenact(artifact, entry, scene_of(entry, twin.scene), past)
            assert same_record(stepped.entry, entry), f"entry {entry.n} decides otherwise"
            artifact = stepped.artifact
            done.append(entry)
        return artifact


def told_in(order: Iterable[Event], now: Instant, book: Handmade | None = None) -> Customer:
    """A customer who heard these events in this order, all received at `now`, and then let due timers fire."""
    customer = Customer(book or handmade(), now=now)
    for one in order:
        customer.fold(replace(one, received_at=now))
    customer.pass_time()
    return customer


def duplicates(log: Iterable[Entry]) -> bool:
    """Whether two entries carry the same event."""
    seen = [(e.event.key, event_content(e.event)) for e in log if e.event is not None]
    return len(seen) != len(set(seen))


HOURS = 60 * MINUTE
ACCEPTED, LATE = EventStatus.ACCEPTED, EventStatus.LATE
