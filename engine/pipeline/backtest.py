"""External events under any rulebook, on virtual time: timers fire and messages leave at their very instants.

Customers are independent, so each is run by herself from her first event to the end. What a customer would have done
about a message is not known and not invented: a hand-over is taken to succeed, and nothing is ever seen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from artifact.customer import Artifact
from artifact.decision import ACCEPTED, EventStatus, Intent
from artifact.errors import InputError
from artifact.event import Event
from artifact.instant import DAY, SECOND, Instant
from artifact.limits import Limits
from engine.books import Books
from engine.intake import DISPATCH_SOURCE
from engine.judging import Memo
from engine.pipeline.pasts import Pasts
from engine.pipeline.run import Run
from engine.scene import Scene
from store.port import Commit, CommitResult, MessageFilter, Store, Want

SETTLING_DAYS = 4
"""Without an end, the run goes on for so long after the newest event, so that late deliveries are over."""

_ENTRIES_PER_COMMIT = 256
"""Of one customer: a commit keeps one snapshot of her, so that her snapshots are not too far apart."""

_GROUPS_PER_FLUSH = 16
"""Of what a service commits together: what a flush writes anew of the store's indexes is shared by all in it."""


class Received(msgspec.Struct, frozen=True):
    """An event and the instant at which it reaches us on virtual time."""

    event: Event
    received_at: Instant


class Refused(msgspec.Struct, frozen=True):
    """An event that was refused, and why."""

    event: Event
    error: InputError


class Progress(msgspec.Struct, frozen=True):
    """How far it is: events given so far of `total`, and log entries that are durable."""

    events: int
    total: int
    entries: int


class Summary(msgspec.Struct, frozen=True):
    """What happened. `states` and `reasons` count messages; `reasons` are the codes of the last decision."""

    events: int
    duplicates: int
    late: int
    customers: int
    messages: int
    states: dict[str, int]
    reasons: dict[str, int]
    refused: tuple[Refused, ...]


@dataclass(slots=True)
class _Tally:
    events: int = 0
    duplicates: int = 0
    late: int = 0
    entries: int = 0
    refused: list[Refused] = field(default_factory=list)


class Backtest:
    """One run into one store, which may hold an earlier part of the same run already."""

    def __init__(self, store: Store, books: Books, limits: Limits, environment: str) -> None:
        self._store = store
        self._scene = Scene(books.live, books.revision, limits, environment)
        self._entries_per_flush = _GROUPS_PER_FLUSH * limits.commit_events
        self._epoch = books.epoch
        self._pasts = Pasts(store, books)
        self._tally = _Tally()
        self._pending: list[Commit] = []
        self._waiting = 0

    async def run(
        self,
        received: Sequence[Received],
        until: Instant | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Summary:
        """Give each customer her events in the order in which they reach us, then let time pass until the end."""
        end = until if until is not None else _end_of(received)
        histories = by_customer(r for r in received if until is None or r.received_at <= until)
        for customer_id, history in histories.items():
            await self._customer(customer_id, history, end)
            if on_progress is not None and not self._pending:
                on_progress(Progress(self._tally.events, len(received), self._tally.entries))
        await self._flush()
        if on_progress is not None:
            on_progress(Progress(self._tally.events, len(received), self._tally.entries))
        return await self._summary(len(histories))

    async def _customer(self, customer_id: str, history: list[Received], end: Instant) -> None:
        run = await self._begin(customer_id, history)
        for one in history:
            await self._advance(run, one.received_at - 1)
            await self._give(run, one)
            if len(run.entries) >= _ENTRIES_PER_COMMIT:
                await self._flush(run)
        await self._advance(run, end)
        self._queue(run)
        if self._waiting >= self._entries_per_flush:
            await self._flush()

    async def _begin(self, customer_id: str, history: list[Received]) -> Run:
        """Where an earlier part of the same run left her. Of somebody new no event is known, so none is looked for."""
        [found] = await self._store.load([Want(customer_id)])
        if found.artifact is not None:
            keys = tuple({one.event.key: None for one in history})
            [found] = await self._store.load([Want(customer_id, keys)])
        artifact = found.artifact or Artifact(customer_id)
        run = Run(artifact, self._scene, self._epoch, self._pasts, Memo())
        run.known.update(found.known)
        return run

    async def _give(self, run: Run, one: Received) -> None:
        self._tally.events += 1
        event = msgspec.structs.replace(one.event, received_at=one.received_at)
        try:
            status, _ = await run.take(event, one.received_at)
        except InputError as error:
            self._tally.refused.append(Refused(event, error))
            return
        if status is not ACCEPTED:
            self._tally.duplicates += status is EventStatus.DUPLICATE
            self._tally.late += status is EventStatus.LATE
        if ready := run.ready(one.received_at):
            await self._hand_over(run, ready, one.received_at)

    async def _advance(self, run: Run, until: Instant) -> None:
        """Fire timers at their instants, one after another, and let what is ready leave."""
        while (due := run.wake()) is not None and due <= until:
            await run.catch_up(due, due)
            if ready := run.ready(due):
                await self._hand_over(run, ready, due)
            if len(run.entries) >= _ENTRIES_PER_COMMIT:
                await self._flush(run)

    async def _hand_over(self, run: Run, ready: tuple[str, ...], now: Instant) -> None:
        valid_until = now + self._scene.limits.intent_seconds * SECOND
        for delivery in run.intend(Intent(ready, "backtest", valid_until), now):
            await run.take(handed_over(run.customer_id, delivery, now), now)

    def _queue(self, run: Run) -> None:
        commit = run.commit()
        if commit is not None:
            self._pending.append(commit)
            self._waiting += len(commit.entries)

    async def _flush(self, run: Run | None = None) -> None:
        """Make what is pending durable, with a customer in the middle of her history if one is given."""
        if run is not None:
            self._queue(run)
        if not self._pending:
            return
        results = await self._store.commit(self._pending)
        for done, result in zip(self._pending, results, strict=True):
            if result is not CommitResult.COMMITTED:
                raise AssertionError(f"somebody else writes to customer {done.customer_id}")
        if run is not None:
            run.committed()
        self._tally.entries += self._waiting
        self._pending, self._waiting = [], 0

    async def _summary(self, customers: int) -> Summary:
        states: dict[str, int] = {}
        reasons: dict[str, int] = {}
        after, messages = None, 0
        while True:
            page = await self._store.messages(MessageFilter(), 1_000, after)
            for row in page.items:
                messages += 1
                states[row.message.state.value] = states.get(row.message.state.value, 0) + 1
                reasons[row.message.reason] = reasons.get(row.message.reason, 0) + 1
            after = page.after
            if after is None:
                break
        return Summary(
            events=self._tally.events,
            duplicates=self._tally.duplicates,
            late=self._tally.late,
            customers=customers,
            messages=messages,
            states=dict(sorted(states.items())),
            reasons=dict(sorted(reasons.items())),
            refused=tuple(self._tally.refused),
        )


def handed_over(customer_id: str, delivery: str, now: Instant) -> Event:
    """The outcome of a hand-over that is taken to have succeeded."""
    return Event(
        customer_id=customer_id,
        source=DISPATCH_SOURCE,
        id=f"{delivery}/backtest/{now}",
        type="delivery.handed_over",
        at=now,
        received_at=now,
        data={"delivery": delivery},
    )


def by_customer(received: Iterable[Received]) -> dict[str, list[Received]]:
    """Each customer's events in the order in which they reach us; customers in the order in which they came up."""
    histories: dict[str, list[Received]] = {}
    for one in received:
        histories.setdefault(one.event.customer_id, []).append(one)
    for history in histories.values():
        history.sort(key=lambda r: r.received_at)
    return histories


def _end_of(received: Sequence[Received]) -> Instant:
    return max((r.event.at for r in received), default=0) + SETTLING_DAYS * DAY


async def backtest(
    store: Store,
    books: Books,
    received: Sequence[Received],
    until: Instant | None,
    limits: Limits,
    environment: str,
    on_progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Run external events under the rulebook in force in `books`. The store's clock is not read."""
    return await Backtest(store, books, limits, environment).run(received, until, on_progress)
