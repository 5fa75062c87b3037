"""One customer's turn: run her timers, commit the intent for what is ready, settle what has no outcome.

A turn never waits for a channel: hand-overs fly by themselves, and each brings its outcome back. Between any two
awaits the process may die: what is left then is a committed intent without an outcome, which whoever looks next
settles by what the channel is certain of (I4).
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from artifact.channel import Channel
from artifact.customer import Artifact
from artifact.errors import InputError
from artifact.instant import SECOND, Instant
from artifact.message import Delivery
from channels.port import Certainty, ChannelPort, Handover, HandoverState
from dispatch.agenda import of_message, ready, sending
from dispatch.clock import Clock
from dispatch.courier import Courier, Errand
from dispatch.desk import Desk
from dispatch.flights import Flights
from dispatch.outcome import FAILED, Answer, Report, event_of, settle_at
from dispatch.settings import DispatchSettings
from dispatch.slots import Slots
from dispatch.teller import Teller
from engine.pipeline import Engine
from engine.scene import Scene
from engine.waking import wake_of

log = logging.getLogger(__name__)

_LONGEST_PAUSE_SECONDS = 60

Work = Callable[[], Coroutine[Any, Any, Report | Answer]]


class Visitor:
    """Visits customers. `notice` is called whenever it may be worth looking who is due.

    `next_in_line` is told of who is to have a turn before all who are due.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[Channel, ChannelPort],
        settings: DispatchSettings,
        clock: Clock,
        desk: Desk,
        teller: Teller,
        notice: Callable[[], None],
        next_in_line: Callable[[str], None],
    ) -> None:
        self.flights, self.slots = Flights(notice), Slots(settings.hand_overs_at_once)
        self._engine, self._channels, self._settings, self._clock = engine, channels, settings, clock
        self._desk, self._teller, self._next_in_line = desk, teller, next_in_line
        self._courier = Courier(engine, channels, settings, clock)

    async def visit(self, customer_id: str) -> None:
        """Do what can be done for her now, and put her off until there is more. Never raises."""
        self._desk.looking_at(customer_id)
        try:
            await self._visited(customer_id)
        except InputError as error:
            log.warning("customer %s cannot be looked after: %s", customer_id, error)
            self._pause(customer_id, 0)
        except Exception:
            log.exception("looking after customer %s failed", customer_id)
            self._pause(customer_id, 0)
        finally:
            self._desk.looked_at(customer_id)
            self.slots.turn_over(customer_id)
            self._call_up()

    async def _visited(self, customer_id: str) -> None:
        woken = await self._engine.wake([customer_id])
        if not woken:
            log.warning("customer %s cannot be brought up to date", customer_id)
            self._pause(customer_id, 0)
            return
        artifact, now = woken[0], self._engine.now()
        self._settle(artifact, now)
        wanted = self._with_room(artifact, now)
        if wanted:
            artifact = await self._intend(artifact, wanted)
        self._put_off(artifact, self._engine.now())

    def _call_up(self) -> None:
        """Let those have the next turn for whom there is room now."""
        for customer_id in self.slots.called_up():
            self._desk.hurry(customer_id)
            self._next_in_line(customer_id)

    # -- handing over -------------------------------------------------------------------------------------

    def _with_room(self, artifact: Artifact, now: Instant) -> list[Delivery]:
        """Ready deliveries for which there is room on their channel; for the others she queues."""
        wanted = []
        for delivery in ready(artifact.body, now):
            if delivery.id in self.flights:
                continue
            if not self._teller.stopping and self.slots.take(delivery.channel, artifact.customer_id):
                wanted.append(delivery)
            else:
                self.slots.wait(delivery.channel, artifact.customer_id)
        return wanted

    async def _intend(self, artifact: Artifact, wanted: list[Delivery]) -> Artifact:
        """Commit the intent under the newest publication (I6), and let fly what it took."""
        taken: tuple[str, ...] = ()
        try:
            await self._engine.refresh()
            asked_at = self._clock.monotonic()
            keys = tuple(d.id for d in wanted)
            job = await self._engine.intend(artifact.customer_id, keys, self._settings.worker)
            artifact, taken = job.artifact or artifact, job.taken
            for key in taken:
                self._let_fly(artifact, key, asked_at)
        finally:
            for delivery in wanted:
                if delivery.id not in taken:
                    self.slots.give_back(delivery.channel)
        return artifact

    def _let_fly(self, artifact: Artifact, key: str, asked_at: float) -> None:
        found = of_message(artifact.body, key)
        if found is None:  # an intent keeps what it takes among the live messages
            raise AssertionError(key)
        work = partial(self._courier.hand_over, Errand(artifact, *found, asked_at))
        self.flights.begin(
            key, partial(self._fly, artifact.customer_id, found[1], work, in_room=True, fresh=True)
        )

    async def _fly(
        self, customer_id: str, delivery: Delivery, work: Work, *, in_room: bool, fresh: bool
    ) -> None:
        """One delivery, until its outcome is told or its answer kept. `fresh`: under an intent of our own.

        Who has an outcome is due again when the store says so; about an answer only we know, so she has a turn.
        """
        try:
            result = await self._done(delivery, work, in_room=in_room)
            if isinstance(result, Report) and fresh and self._too_late(delivery, result):
                result = Answer(delivery.attempts, Handover(HandoverState.FAILED, "known too late"))
            if isinstance(result, Report):
                await self._teller.tell(event_of(customer_id, delivery, result, self._engine.now()))
                self._desk.settled(customer_id, delivery.id)
                return
            self._desk.answered(customer_id, delivery.id, result)
        except Exception:
            log.exception("delivery %s got lost on its way; its attempt runs out", delivery.id)
        self._desk.hurry(customer_id)

    async def _done(self, delivery: Delivery, work: Work, *, in_room: bool) -> Report | Answer:
        try:
            return await work()
        finally:
            if in_room:
                self.slots.give_back(delivery.channel)
                self._call_up()

    def _too_late(self, delivery: Delivery, report: Report) -> bool:
        """Past its intent another process may be at the next attempt: that this one failed must not end that one.

        Whatever else there is to tell has the same id whoever tells it, or is true whenever it is told.
        """
        return report.type == FAILED and self._engine.now() >= (delivery.valid_until or 0)

    # -- what has no outcome ------------------------------------------------------------------------------

    def _settle(self, artifact: Artifact, now: Instant) -> None:
        """Let fly what is to be done about attempts without an outcome."""
        still_open = sending(artifact.body)
        self._desk.keep_answers(artifact.customer_id, [d.id for d in still_open])
        for delivery in still_open:
            if delivery.id not in self.flights and self._settle_at(artifact, delivery) <= now:
                self._let_settle(artifact.customer_id, delivery)

    def _let_settle(self, customer_id: str, delivery: Delivery) -> None:
        asks = self._channels[delivery.channel].certainty is Certainty.LOOKUP
        if asks and not self.slots.take(delivery.channel, customer_id):
            self.slots.wait(delivery.channel, customer_id)
            return
        work = partial(self._courier.settle, delivery, self._desk.answer(customer_id, delivery))
        self.flights.begin(
            delivery.id, partial(self._fly, customer_id, delivery, work, in_room=asks, fresh=False)
        )

    def _settle_at(self, artifact: Artifact, delivery: Delivery) -> Instant:
        certainty = self._channels[delivery.channel].certainty
        answer = self._desk.answer(artifact.customer_id, delivery)
        return settle_at(delivery, certainty, answer, self._settings)

    # -- until when there is nothing to do ----------------------------------------------------------------

    def _put_off(self, artifact: Artifact, now: Instant) -> None:
        """Put her off if the store would call her due though nothing can be done, or if we know better when."""
        if self._gets_nowhere(artifact, now):
            self._pause(artifact.customer_id, artifact.version)
            return
        self._desk.went_well(artifact.customer_id)
        resting = [d for d in sending(artifact.body) if d.id not in self.flights]
        settling = [at for d in resting if (at := self._settle_at(artifact, d)) > now]
        if settling or (artifact.due is not None and artifact.due <= now):
            wake = wake_of(artifact.body, Scene(None, limits=self._engine.limits))
            known = [at for at in (*settling, wake) if at is not None and at > now]
            later = now + _LONGEST_PAUSE_SECONDS * SECOND
            self._desk.put_off(artifact.customer_id, min(known, default=later), artifact.version)

    def _gets_nowhere(self, artifact: Artifact, now: Instant) -> bool:
        """Something is ready, no room is lacking, and yet the intent did not take it."""
        return any(
            d.id not in self.flights and not self.slots.is_queued(d.channel, artifact.customer_id)
            for d in ready(artifact.body, now)
        )

    def _pause(self, customer_id: str, version: int) -> None:
        """Nothing came of it: try again after a while that doubles, or when she changes."""
        seconds = min(2 ** min(self._desk.stumbled(customer_id), 6), _LONGEST_PAUSE_SECONDS)
        self._desk.put_off(customer_id, self._engine.now() + seconds * SECOND, version)
