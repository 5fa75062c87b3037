"""The engine as a running service: one thread with an event loop of its own, fed by a bounded queue.

Whoever submits waits for the group its work was committed in; readers never pass through here. What there is no room
for is refused at once (engine.pipeline.inbox).
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import msgspec

from artifact.customer import Artifact
from artifact.decision import Entry, EventStatus, Record
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, EventKey
from artifact.instant import Instant
from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.compile import Checked
from dsl.rulebook import Rulebook
from engine.admitting import message_id
from engine.books import Books
from engine.pipeline.bell import Bell, bell_for
from engine.pipeline.inbox import Inbox, Submission, answer
from engine.pipeline.kernel import Job, Kernel
from engine.pipeline.preview import Place, Preview, Previewer
from engine.pipeline.publishing import Check, Order, Publishing
from engine.pipeline.replay import Replay
from engine.pipeline.rollout import Rollout, Sweep, rollout_of
from engine.pipeline.rulebook_tests import TestResult
from engine.traces import whole
from store.port import Publication, RulebookRow, Store

log = logging.getLogger(__name__)


class Outcome(msgspec.Struct, frozen=True):
    """What became of one submitted event. `message_id` is set for a request for a message."""

    customer_id: str
    key: EventKey
    status: EventStatus
    customer_version: int | None = None
    error: InputError | None = None
    message_id: str | None = None


class Engine:
    """The facade. Coroutines may be awaited from any event loop; the work is done on the engine's own.

    `runner` makes that loop: the wiring knows the quickest one there is.
    """

    def __init__(
        self,
        store: Store,
        check: Check,
        *,
        limits: Limits = DEFAULT_LIMITS,
        environment: str = "",
        runner: Callable[[], asyncio.Runner] = asyncio.Runner,
    ) -> None:
        self._runner = runner
        self.store = store
        self.limits = limits
        self.environment = environment
        self._check = check
        self.books = Books(self._text_of, self._compile)
        self._kernel = Kernel(store, self.books, limits, environment)
        self._replay = Replay(store, self.books, limits)
        self._publishing = Publishing(store, self.books, check, limits)
        self._sweep = Sweep(store, self.books, self._bring)
        self._inbox = Inbox(limits)
        self._thread: threading.Thread | None = None
        self._bell: Bell | None = None
        self._stopping = False

    # -- life ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the publication in force and start the engine's thread."""
        await self.refresh()
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._main, args=(started,), name="memento-engine", daemon=True
        )
        self._thread.start()
        await asyncio.wrap_future(started)

    async def stop(self) -> None:
        """Finish what is queued and end the thread. Later submissions are refused."""
        if self._bell is None or self._thread is None:
            return
        self._stopping = True
        self._bell.ring()
        await asyncio.to_thread(self._thread.join)

    def _main(self, started: Future[None]) -> None:
        try:
            with self._runner() as runner:
                runner.run(self._serve(started))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    async def _serve(self, started: Future[None]) -> None:
        self._bell = bell = bell_for(self.store)
        started.set_result(None)
        while True:
            await bell.wait()
            stopping = self._stopping  # read first: whoever stood in line by then is answered yet
            while group := self._inbox.take():
                await self._process(group)
            if stopping:
                return

    async def _process(self, group: list[Submission]) -> None:
        fault = None
        try:
            await self._kernel.process([job for submission in group for job in submission.jobs])
        except Exception as error:
            if not isinstance(error, InputError):
                log.exception("a group could not be committed")
            fault = error
        answer(group, fault)

    async def _enqueue(self, jobs: list[Job]) -> None:
        if self._bell is None or self._stopping:
            raise InputError(
                ErrorCode.STORE_UNAVAILABLE, "the service is stopping", help="try again elsewhere"
            )
        submission = Submission(jobs)
        if self._inbox.put(submission):
            self._bell.ring()
        await submission.done

    # -- writing ------------------------------------------------------------------------------------------

    def now(self) -> Instant:
        """The store's clock."""
        return self.store.now()

    async def submit(self, events: Sequence[Event]) -> list[Outcome]:
        """Fold events, each answered by itself, in the order given. Acknowledged means durable.

        Raises InputError TOO_BUSY or STORE_UNAVAILABLE; then nothing may be assumed, and the same events may be
        sent again.
        """
        if not events:
            return []
        jobs = [Job(event.customer_id, event) for event in events]
        await self._enqueue(jobs)
        return [_outcome(job, event) for job, event in zip(jobs, events, strict=True)]

    async def wake(self, customer_ids: Sequence[str], *, passing: bool = False) -> list[Artifact]:
        """Run what is due for these customers, and bring them to the rulebook in force.

        Answers with what is committed: whoever could not be brought there is left out. `passing`: they take nobody's
        place at hand.
        """
        jobs = [Job(customer_id, passing=passing) for customer_id in customer_ids]
        await self._enqueue(jobs)
        return [job.artifact for job in jobs if job.artifact is not None and _is_done(job)]

    async def intend(self, customer_id: str, deliveries: Sequence[str], worker: str) -> Job:
        """Commit the intent to hand over; the job's `taken` are the deliveries that may leave now (I6)."""
        job = Job(customer_id, deliveries=tuple(deliveries), worker=worker)
        await self._enqueue([job])
        if job.fault is not None:  # what it says was taken is then not committed (I6)
            raise job.fault
        if job.error is not None:
            raise job.error
        return job

    # -- rulebooks ----------------------------------------------------------------------------------------

    async def check(self, text: str) -> Checked:
        """Check a text without keeping it."""
        return await self._check(text)

    async def test(self, checked: Checked) -> list[TestResult]:
        """Run the tests that a text brings, off the event loop; none where it has errors."""
        return await self._publishing.test(checked)

    async def save_rulebook(
        self, text: str, author: str, id: str, base: str | None = None
    ) -> tuple[RulebookRow, Checked]:
        """Keep a text, with its errors if it has any (Publishing.save)."""
        return await self._publishing.save(text, author, id, base)

    async def publish_rulebook(
        self, rulebook_id: str, actor: str, expected_epoch: int | None = None
    ) -> Publication:
        """Put a saved text in force, at once (Publishing.publish)."""
        return await self.publish(rulebook_id, Order(actor=actor, expected_epoch=expected_epoch))

    async def publish(self, rulebook_id: str, order: Order) -> Publication:
        """Put a saved text in force (Publishing.publish); customers follow as they are touched, or by the sweep."""
        return await self._publishing.publish(rulebook_id, order)

    async def roll_back(self, rulebook_id: str | None, order: Order) -> Publication:
        """Put in force again what was before (Publishing.roll_back)."""
        return await self._publishing.roll_back(rulebook_id, order)

    async def refresh(self) -> None:
        """Confirm the newest publication: without this a process commits no intents under it (I6)."""
        await self._publishing.refresh()

    async def sweep(self) -> int:
        """Decide a few of those anew who were last decided under an older publication; how many there were."""
        return await self._sweep.slice()

    async def rollout(self, publication: Publication) -> Rollout:
        """How far a publication has got."""
        return await rollout_of(self.store, publication)

    async def preview(self, rulebook_id: str, examples: int, after: Place | None = None) -> Preview:
        """What would change if a saved text went live now, a page of customers at a time; nothing is stored.

        Raises InputError RULEBOOK_UNKNOWN or RULEBOOK_INVALID.
        """
        draft = await self._publishing.draft(rulebook_id)
        return await Previewer(self.store, self.books, self.limits, draft).page(examples, after)

    async def _bring(self, customer_ids: Sequence[str]) -> frozenset[str]:
        epoch = self.books.epoch
        brought = await self.wake(customer_ids, passing=True)
        return frozenset(one.customer_id for one in brought if one.epoch >= epoch)

    async def _text_of(self, revision: str) -> str | None:
        for publication in await self.store.publications():
            if publication.revision == revision:
                row = await self.store.rulebook(publication.rulebook_id)
                return row.text if row is not None else None
        return None

    async def _compile(self, text: str) -> Rulebook:
        checked = await self._check(text)
        if checked.rulebook is None:
            raise AssertionError("a published text does not compile any more")
        await asyncio.to_thread(self.books.prepare, checked.rulebook)
        return checked.rulebook

    # -- reading ------------------------------------------------------------------------------------------

    async def artifact(
        self, customer_id: str, as_of: Instant | None = None, known_at: Instant | None = None
    ) -> Artifact | None:
        """The customer now, or as of an instant by when things happened, as we knew it at another."""
        if as_of is not None:
            return await self._replay.as_of(customer_id, as_of, known_at)
        if known_at is not None:
            return await self._replay.as_known_at(customer_id, known_at)
        return await self.store.artifact(customer_id)

    async def at_version(self, customer_id: str, n: int) -> Artifact | None:
        """The customer after log entry `n`; None where that is ahead of what is known."""
        return await self._replay.at_version(customer_id, n)

    async def records(self, customer_id: str, message_id: str) -> list[Record]:
        """All decisions about one message, newest first."""
        row = await self.store.message(message_id)
        if row is None or row.customer_id != customer_id:
            return []
        entries = await self._replay.entries(customer_id, row.message.number - 1, row.n)
        return [r for entry in reversed(entries) for r in await self.decisions(entry, message_id)]

    async def decisions(self, entry: Entry, message_id: str | None = None) -> list[Record]:
        """The records of an entry, about one message or about all, by the rulebook of its revision."""
        about = [kept for kept in entry.out if message_id in (None, kept.message)]
        book = await self.books.get(entry.revision) if about else None
        return [whole(kept, entry, book) for kept in about]


def _is_done(job: Job) -> bool:
    return job.fault is None and job.error is None


def _outcome(job: Job, event: Event) -> Outcome:
    error = job.error
    if job.fault is not None:
        error = InputError(
            ErrorCode.INTERNAL,
            "we failed to fold this event; it is not in the log",
            help="send it again later",
        )
    asks = event.type == "message.requested" and job.status is not EventStatus.REJECTED
    return Outcome(
        customer_id=event.customer_id,
        key=event.key,
        status=job.status,
        customer_version=job.version,
        error=error,
        message_id=message_id(event.customer_id, event.source, event.id) if asks else None,
    )
