"""The clock's passing: looks who is due, and sees to it that everyone gets a turn, each once at a time.

Woken by commits, by the next due instant it knows of, and by nothing for at most a poll, so that a lost wake-up
costs a second and no message. Refuses to hold anybody up for another's sake: turns are bounded in number, hand-overs
are bounded for each channel, and a channel that hangs fills its own room only.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping

from artifact.channel import Channel
from artifact.instant import SECOND, Instant
from channels.port import ChannelPort
from dispatch.clock import Clock
from dispatch.desk import Desk
from dispatch.settings import DispatchSettings
from dispatch.tally import Counts, Tally
from dispatch.teller import Teller
from dispatch.visit import Visitor
from engine.pipeline import Engine
from store.port import Change, Due

log = logging.getLogger(__name__)

_REST = 4
"""Looking who is due takes at most a fifth of the time, however many there are."""


class Dispatcher:
    """Give it an engine that was started and a channel for every name; it closes neither."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[Channel, ChannelPort],
        settings: DispatchSettings,
        clock: Clock,
    ) -> None:
        if missing := sorted(set(Channel) - set(channels)):
            raise ValueError(f"no channel was given for {', '.join(missing)}")
        self._engine, self._settings, self._clock = engine, settings, clock
        self._desk, self._tally, self._noticed = Desk(), Tally(), asyncio.Event()
        self._teller = Teller(engine, self._tally, clock)
        self._visitor = Visitor(
            engine, channels, settings, clock, self._desk, self._teller, self._noticed.set, self._next_in_line
        )
        self._line: deque[str] = deque()
        self._seen_until: Instant = 0
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._running: list[asyncio.Task[None]] = []

    # -- life ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to watch and to serve."""
        self._running = [asyncio.create_task(self._watch()), asyncio.create_task(self._serve())]

    async def stop(self) -> None:
        """Begin nothing new, finish what is in hand, and end."""
        self._teller.stopping = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        while working := self._working():
            await asyncio.wait(working)

    async def drain(self) -> None:
        """Do everything that is due now, and return when nothing is left to do at this instant."""
        while True:
            await self._look()
            working = self._working()
            if not working:
                return
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)

    def counts(self) -> Counts:
        """Facts for operators."""
        return self._tally.counts(
            visiting=len(self._visits),
            in_flight=len(self._visitor.flights),
            waiting=self._visitor.slots.waiting,
            held=self._desk.put_off_count,
        )

    def _working(self) -> set[asyncio.Task[None]]:
        return {*self._visits.values(), *self._visitor.flights.tasks()}

    # -- waking -------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """A commit may make someone due. Where watching fails, polling goes on."""
        while True:
            try:
                async for change in self._engine.store.watch(self._concerns):
                    self._hear(change)
            except Exception:
                log.exception("commits cannot be watched; polling goes on")
            self._desk.changed_all()
            await self._clock.sleep(self._settings.poll_seconds)

    def _concerns(self, change: Change) -> bool:
        """Whether it may give someone a turn sooner than the next poll would. Asked on the engine's thread."""
        return self._desk.knows(change.customer_id) or self._is_soon(change)

    def _is_soon(self, change: Change) -> bool:
        return change.due is not None and change.due <= self._seen_until

    def _hear(self, change: Change) -> None:
        if change.gap:
            self._desk.changed_all()
            self._noticed.set()
        elif self._desk.changed(change.customer_id, change.version) or self._is_soon(change):
            self._noticed.set()

    async def _serve(self) -> None:
        while True:
            self._noticed.clear()
            began, pause = self._clock.monotonic(), self._settings.poll_seconds
            try:
                pause = await self._look()
            except Exception:
                log.exception("it cannot be seen who is due")
            await self._rest(self._clock.monotonic() - began)
            await self._pause(pause + self._clock.jitter())

    async def _rest(self, took: float) -> None:
        if took > 0:
            await self._clock.sleep(_REST * took)

    async def _pause(self, seconds: float) -> None:
        """Until something is noticed, at most so long."""
        waits = {
            asyncio.ensure_future(self._noticed.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # -- looking ------------------------------------------------------------------------------------------

    async def _look(self) -> float:
        """Give a turn to whoever is due; the seconds until the next instant that is known of."""
        now = self._engine.now()
        poll = int(self._settings.poll_seconds * SECOND)
        self._seen_until = now + poll
        # Those put off or being visited may stand first in the listing: it has to reach past them.
        known = self._desk.put_off_count + len(self._visits)
        found = await self._engine.store.due(now + poll, self._settings.batch_customers + known)
        self._tally.lagging(self._lag(found, now))
        self._line = deque((*self._desk.turns(now), *(d.customer_id for d in found if d.due <= now)))
        self._begin()
        coming = [at for at in (self._desk.next_turn(now), *(d.due for d in found)) if at and at > now]
        return (min((*coming, now + poll)) - now) / SECOND

    def _lag(self, found: list[Due], now: Instant) -> Instant:
        """How long the next in line has been due. Who has her turn, or is put off, is in no line."""
        in_line = (
            d.due
            for d in found
            if d.customer_id not in self._visits and not self._desk.is_put_off(d.customer_id, now)
        )
        return max(now - min(in_line, default=now), 0)

    def _next_in_line(self, customer_id: str) -> None:
        self._line.appendleft(customer_id)
        self._begin()

    def _begin(self) -> None:
        """Give turns to the first in line, as far as there is room: nobody waits for the next look."""
        now = self._engine.now()
        while self._has_room() and self._line:
            customer_id = self._line.popleft()
            if customer_id not in self._visits and not self._desk.is_put_off(customer_id, now):
                self._visit(customer_id)

    def _has_room(self) -> bool:
        return not self._teller.stopping and len(self._visits) < self._settings.customers_at_once

    def _visit(self, customer_id: str) -> None:
        task = self._visits[customer_id] = asyncio.create_task(
            self._visitor.visit(customer_id), name=f"visit {customer_id}"
        )
        task.add_done_callback(lambda done: self._visited(customer_id))

    def _visited(self, customer_id: str) -> None:
        """Her turn is over: there is room for another's. Once all in line had theirs, it is worth looking again."""
        del self._visits[customer_id]
        self._begin()
        if not self._line:
            self._noticed.set()
