"""The stage on which scenarios are played: one store, one kernel, one clock that only the play moves.

Hand-overs go the way they go in service: an intent is committed, a provider is asked, its outcome comes back as an
event. The curtain falls on every play with the log re-enacted and compared.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from artifact.channel import Channel
from artifact.customer import Artifact, StaffTask
from artifact.decision import EventStatus, Record
from artifact.errors import ErrorCode
from artifact.event import Event
from artifact.instant import Instant, datetime_of, format_instant, parse_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from artifact.message import Delivery, DeliveryState, Message
from artifact.span import zone_of
from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook
from dsl.rulebook import Rulebook
from engine.admitting import message_id
from engine.books import Books
from engine.explaining import sentence
from engine.intake import DISPATCH_SOURCE, event_from, request_event_from
from engine.intents import is_due
from engine.pipeline.kernel import Job, Kernel
from engine.pipeline.verify import verify
from engine.traces import whole
from engine.view import words
from store.memory import MemoryStore
from store.port import Store

HERE = Path(__file__).parent
ANA = "ana"
ATTEMPTS = 3
"""How often a provider that hangs is asked before a person must find out."""

T = TypeVar("T")


def settled(work: Awaitable[T]) -> T:
    """The result of a coroutine in which nothing suspends, as none does over a store in memory."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("something suspended, which over a store in memory nothing may")


def instant(text: str) -> Instant:
    """The instant of a text with offset."""
    return parse_instant(text)


@lru_cache(maxsize=64)
def compiled(text: str) -> CompiledRulebook:
    """The rulebook of a text that must be free of errors."""
    checked = compile_rulebook(text)
    if checked.rulebook is None:
        raise AssertionError("\n".join(str(d) for d in checked.diagnostics))
    return checked.rulebook


def rules_of(name: str) -> str:
    """The text of a scenario's rulebook."""
    return (HERE / f"{name}.rules").read_text("utf-8")


@dataclass(frozen=True)
class Sent:
    """What a provider was asked to hand over, at which instant of ours, and under which words."""

    customer: str
    topic: str
    channel: Channel
    at: Instant
    delivery: str
    text: str


Answer = Callable[[Sent], str | None]
"""What a provider does with a hand-over: the type of the outcome event, None where it hangs."""


def accepts(sent: Sent) -> str | None:
    return "delivery.handed_over"


@dataclass(frozen=True)
class Line:
    """One line of what was played, so that it can be played again: a job of ours, or a text that was published."""

    now: Instant
    customer: str = ANA
    event: Event | None = None
    deliveries: tuple[str, ...] = ()
    text: str | None = None

    def job(self) -> Job:
        return Job(self.customer, self.event, self.deliveries, "stage")


@dataclass
class Published:
    """Texts by revision, kept for ever, as a store keeps them."""

    compiler: Callable[[str], Rulebook] = compiled
    texts: dict[str, str] = field(default_factory=dict)

    async def text_of(self, revision: str) -> str | None:
        return self.texts.get(revision)

    async def compile(self, text: str) -> Rulebook:
        return self.compiler(text)


class Stage:
    """One play. Instants are texts with offset; an event without an instant of its own happens now.

    `kept_hot` is the number of customers whose artifact stays decoded between two jobs.
    """

    def __init__(
        self,
        text: str | None,
        start: str | Instant,
        limits: Limits = DEFAULT_LIMITS,
        *,
        compiler: Callable[[str], Rulebook] = compiled,
        kept_hot: int = 1_000,
        around: Callable[[Store], Store] = lambda store: store,
    ) -> None:
        self.now: Instant = start if isinstance(start, int) else instant(start)
        self.limits = limits
        self.store: Store = around(MemoryStore(lambda: self.now))
        self.published = Published(compiler)
        self.books = Books(self.published.text_of, self.published.compile)
        self.kernel = Kernel(self.store, self.books, limits, "stage", kept_hot)
        self.script: list[Line] = []
        self.sent: list[Sent] = []
        self.provider: Answer = accepts
        self._count = 0
        if text is not None:
            self.publish(text)

    # ---- time -------------------------------------------------------------------------------------------

    def at(self, text: str | Instant) -> "Stage":
        """Let time pass up to an instant: what is due before it has happened, what is due at it has not."""
        until = text if isinstance(text, int) else instant(text)
        self._pass(until - 1)
        self.now = until
        return self

    def pass_until(self, text: str | Instant) -> "Stage":
        """Let time pass through an instant: what is due at it has happened as well."""
        until = text if isinstance(text, int) else instant(text)
        self._pass(until)
        self.now = until
        return self

    def _pass(self, until: Instant) -> None:
        if until < self.now - 1:
            raise AssertionError(f"a play never goes back: {until} is before {self.now}")
        while found := settled(self.store.due(until, 1)):
            self.now = max(self.now, found[0].due)
            self.work(found[0].customer_id)

    # ---- the service's own work -------------------------------------------------------------------------

    def work(self, customer: str = ANA) -> None:
        """What dispatch does for a customer who is due: timers, what hangs, what may be handed over."""
        self.run(Job(customer))
        for message in self.artifact(customer).body.talk.messages:
            for delivery in message.deliveries:
                if delivery.state is DeliveryState.SENDING and (delivery.valid_until or 0) <= self.now:
                    hopeless = delivery.attempts >= ATTEMPTS
                    self._outcome(customer, delivery, "delivery.in_doubt" if hopeless else "delivery.retry")
        ready = [
            d.id
            for m in self.artifact(customer).body.talk.messages
            for d in m.deliveries
            if is_due(d, self.now)
        ]
        if ready:
            self.hand_over(customer, ready)

    def intend(self, deliveries: list[str], customer: str = ANA) -> tuple[str, ...]:
        """Commit the intent alone, as a process does that dies before it asks the provider."""
        return self.run(Job(customer, deliveries=tuple(deliveries), worker="stage")).taken

    def hand_over(self, customer: str, deliveries: list[str]) -> None:
        """Commit the intent, ask the provider, report the outcome."""
        for id in self.intend(deliveries, customer):
            message, delivery = self._delivery(customer, id)
            body = self.artifact(customer).body
            said = words(self.books.live, body, message, delivery.channel, None, self.now)
            sent = Sent(
                customer, message.request.topic, delivery.channel, self.now, id, said.body if said else ""
            )
            self.sent.append(sent)
            outcome = self.provider(sent)
            if outcome is not None:
                self._outcome(customer, delivery, outcome)

    def _delivery(self, customer: str, id: str) -> tuple[Message, Delivery]:
        talk = self.artifact(customer).body.talk
        return next((m, d) for m in (*talk.messages, *talk.tail) for d in m.deliveries if d.id == id)

    def _outcome(self, customer: str, delivery: Delivery, type: str) -> None:
        source = DISPATCH_SOURCE if type != "delivery.failed" else "provider"
        given = {
            "id": f"{delivery.id}/{delivery.attempts}/{type}",
            "customerId": customer,
            "type": type,
            "at": format_instant(self.now),
            "source": source,
            "data": {"delivery": delivery.id},
        }
        event = event_from(given, self.limits, self.now, internal=True)
        self.answered(self.run(Job(customer, event)))

    # ---- what others say --------------------------------------------------------------------------------

    def event(
        self,
        type: str,
        *,
        source: str = "policies",
        id: str | None = None,
        at: str | None = None,
        about: tuple[str, str] | None = None,
        seq: int | None = None,
        customer: str = ANA,
        actor: str | None = None,
        data: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Job:
        """An event reaches us now. `at` is its source's instant. The job says what it was answered with."""
        given = {
            "id": id or self._fresh("e"),
            "customerId": customer,
            "type": type,
            "at": at or format_instant(self.now),
            "source": source,
            "seq": seq,
            "about": {"kind": about[0], "reference": about[1]} if about else None,
            "data": {**(data or {}), **more},
        }
        return self.run(Job(customer, event_from(given, self.limits, self.now, actor)))

    def correct(self, source: str, id: str, *, by: str = "audit", reason: str = "a mistake") -> Job:
        """Somebody says that an event should never have been reported."""
        data = {"source": source, "id": id, "reason": reason}
        return self.event("event.corrected", source=by, data=data)

    def ask(self, topic: str, *, source: str = "policies", customer: str = ANA, **given: Any) -> str:
        """A back-end asks for a message and must be answered ACCEPTED; the message's id."""
        return self.answered(self.asking(topic, source=source, customer=customer, **given))

    def asking(self, topic: str, *, source: str = "policies", customer: str = ANA, **given: Any) -> Job:
        """A back-end asks for a message; the job says what it was answered with."""
        given.setdefault("id", self._fresh("r"))
        given.setdefault("at", format_instant(self.now))
        about = given.pop("about", None)
        if about is not None:
            given["about"] = {"kind": about[0], "reference": about[1]}
        event = request_event_from(
            {"source": source, "customerId": customer, "topic": topic, **given}, self.limits, self.now
        )
        return self.run(Job(customer, event))

    def answered(self, job: Job, status: EventStatus = EventStatus.ACCEPTED) -> str:
        """The id of the message that a job's event asks for, once its answer is as it should be."""
        assert (job.status, job.error) == (status, None), job.error
        event = job.event
        assert event is not None
        return message_id(job.customer_id, event.source, event.id)

    def refused(self, job: Job) -> ErrorCode:
        """Why a job's event was refused."""
        assert job.error is not None, job.status
        return job.error.code

    def run(self, job: Job) -> Job:
        """One job through the kernel, alone in its group."""
        self.script.append(Line(self.now, job.customer_id, job.event, job.deliveries))
        settled(self.kernel.process([job]))
        if job.fault is not None:
            raise job.fault
        return job

    def publish(self, text: str, *, sweep: bool = True) -> Rulebook:
        """Put a rulebook in force, and let customers follow."""
        self.script.append(Line(self.now, text=text))
        book = self.published.compiler(text)
        self.published.texts[book.revision] = text
        self.books.put_in_force(book, self.books.epoch + 1)
        if sweep:
            for customer in settled(self.store.customers(None, 1_000)).items:
                self.run(Job(customer))
        return book

    def _fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    # ---- what can be seen -------------------------------------------------------------------------------

    def artifact(self, customer: str = ANA) -> Artifact:
        return settled(self.store.artifact(customer)) or Artifact(customer)

    def message(self, id: str) -> Message:
        """A message, however long it has been closed."""
        row = settled(self.store.message(id))
        assert row is not None, id
        return row.message

    def only(self, topic: str, customer: str = ANA) -> Message:
        """The one message of this topic."""
        talk = self.artifact(customer).body.talk
        [found] = [m for m in (*talk.messages, *talk.tail) if m.request.topic == topic]
        return found

    def records(self, id: str, customer: str = ANA) -> list[Record]:
        """All decisions about a message, oldest first."""
        log = settled(self.store.history(customer, 0, 100_000))
        return [
            whole(kept, entry, settled(self.books.get(entry.revision)))
            for entry in log
            for kept in entry.out
            if kept.message == id
        ]

    def record(self, id: str, customer: str = ANA) -> Record:
        """The newest decision about a message."""
        return self.records(id, customer)[-1]

    def left(
        self, channel: Channel | None = None, topic: str | None = None, customer: str = ANA
    ) -> list[str]:
        """When something was handed over, on the customer's wall: `28 Mar 08:00`."""
        return [
            self.wall(s.at, customer)
            for s in self.sent
            if s.customer == customer and channel in (None, s.channel) and topic in (None, s.topic)
        ]

    def wall(self, at: Instant | None, customer: str = ANA) -> str:
        """What the customer's clock reads at an instant."""
        zone = self.artifact(customer).body.facts.preferences.zone
        zone = zone or (self.books.live.zone if self.books.live else "UTC")
        return "never" if at is None else _wall(datetime_of(at).astimezone(zone_of(zone)))

    def next(self, id: str) -> str:
        """The next eligible instant that the newest record of a message names, on the customer's wall."""
        return self.wall(self.record(id).next_at)

    def sentence(self, id: str, language: str = "en", customer: str = ANA) -> str:
        """What an agent reads aloud about a message."""
        body = self.artifact(customer).body
        return sentence(self.books.live, body, self.message(id), language, self.now)

    def tasks(self, customer: str = ANA) -> list[StaffTask]:
        """Open tasks and alerts."""
        return [t for t in self.artifact(customer).body.talk.tasks if t.state == "OPEN"]

    def task_kinds(self, customer: str = ANA) -> list[str]:
        return [t.kind for t in self.tasks(customer)]

    # ---- the end ----------------------------------------------------------------------------------------

    def curtain(self) -> None:
        """Every log, run again, gives the artifact that is kept, byte for byte, and no invariant is broken."""
        cold = Books(self.published.text_of, self.published.compile)
        findings = settled(verify(self.store, cold, self.limits))
        assert findings.breaches == ()


def _wall(local: datetime) -> str:
    return local.strftime("%d %b %H:%M" + (":%S" if local.second else ""))


@contextmanager
def play(name: str, start: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Stage]:
    """A scenario under its own rulebook, from an instant on; the curtain falls at its end."""
    stage = Stage(rules_of(name), start, limits)
    yield stage
    stage.curtain()
