"""A process that dies between any two awaits loses nothing and doubles nothing (I4): another one heals it all."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

from artifact.channel import Channel
from artifact.customer import Artifact
from artifact.event import Event
from artifact.instant import HOUR
from artifact.message import DeliveryState
from channels.port import Certainty, ChannelPort, Handover, Parcel
from engine.pipeline import Engine, Outcome
from engine.pipeline.kernel import Job
from store.memory import MemoryStore
from tests.dispatch.clock import StandingClock
from tests.dispatch.world import NOON, World, world_on

T = TypeVar("T")

MOST_STEPS = 60


class Life:
    """Ends at a given step: from then on whoever is asked for anything does not answer any more."""

    def __init__(self, ends_at: int) -> None:
        self.steps, self.ends_at = 0, ends_at
        self.ended = asyncio.Event()

    async def step(self) -> None:
        self.steps += 1
        if self.steps >= self.ends_at:
            self.ended.set()
            await asyncio.Future()

    async def through(self, work: Any) -> Any:
        """A step before it and a step after it: died before it was asked, or before the answer came."""
        try:
            await self.step()
        except asyncio.CancelledError:
            work.close()
            raise
        answer = await work
        await self.step()
        return answer


class MortalEngine(Engine):
    """An engine of a process that dies. What it has committed stays committed."""

    life: Life | None = None

    async def _lived(self, work: Any) -> Any:
        return await (self.life.through(work) if self.life is not None else work)

    async def submit(self, events: Sequence[Event]) -> list[Outcome]:
        return await self._lived(super().submit(events))  # type: ignore[no-any-return]

    async def wake(self, customer_ids: Sequence[str], *, passing: bool = False) -> list[Artifact]:
        return await self._lived(super().wake(customer_ids, passing=passing))  # type: ignore[no-any-return]

    async def intend(self, customer_id: str, deliveries: Sequence[str], worker: str) -> Job:
        return await self._lived(super().intend(customer_id, deliveries, worker))  # type: ignore[no-any-return]

    async def refresh(self) -> None:
        await self._lived(super().refresh())


class MortalChannel:
    """A channel in a process that dies before or after the far side got it."""

    def __init__(self, life: Life, inner: ChannelPort) -> None:
        self.channel, self.certainty = inner.channel, inner.certainty
        self._life, self._inner = life, inner

    async def hand_over(self, parcel: Parcel, timeout_seconds: float) -> Handover:
        answer: Handover = await self._life.through(self._inner.hand_over(parcel, timeout_seconds))
        return answer

    async def look_up(self, key: str, timeout_seconds: float) -> Handover | None:
        answer: Handover | None = await self._life.through(self._inner.look_up(key, timeout_seconds))
        return answer

    async def close(self) -> None:
        await self._inner.close()


async def dies(world: World, step: int) -> bool:
    """Let a process work until it dies at this step; False where it is done before that."""
    engine = await world.engine(MortalEngine)
    assert isinstance(engine, MortalEngine)
    engine.life = life = Life(step)
    channels: dict[Channel, ChannelPort] = {c: MortalChannel(life, p) for c, p in world.channels.items()}
    others = asyncio.all_tasks()
    draining = asyncio.create_task(world.dispatcher(engine, channels, worker="mortal").drain())
    dying = asyncio.create_task(life.ended.wait())
    await asyncio.wait({draining, dying}, return_when=asyncio.FIRST_COMPLETED)
    for task in (left := asyncio.all_tasks() - others):
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return life.ended.is_set()


async def played(certainty: Certainty, *steps: int) -> bool:
    """Two messages on two channels; processes that die at these steps, one after another's intents have run out, and
    then one that goes on. Whether the last of those died.
    """
    clock = StandingClock(NOON)
    async with world_on(MemoryStore(clock.now), clock) as world:
        world.becomes(Channel.SMS, certainty)
        world.becomes(Channel.EMAIL, certainty)
        engine = await world.engine()
        sms = await world.ask(engine, "notice"), Channel.SMS
        email = await world.ask(engine, "mail"), Channel.EMAIL
        for step in steps:
            died = await dies(world, step)
            clock.pass_seconds(61)
        await world.settle_all(world.dispatcher(engine, worker="heir"), until=clock.now() + HOUR)
        for id, channel in (sms, email):
            await healed(world, certainty, id, channel)
        assert await world.is_what_its_log_says(engine)
    return died


async def healed(world: World, certainty: Certainty, id: str, channel: Channel) -> None:
    """She got it once under one key, or, where nobody can know, at most once and a person is asked."""
    side, delivery = world.sides[channel], await world.delivery(id, channel)
    assert {p.key for p in side.calls} <= {delivery.id}
    in_doubt = [t for t in (await world.artifact()).body.talk.tasks if t.kind == "in_doubt"]
    if delivery.state is DeliveryState.IN_DOUBT:
        assert certainty is Certainty.NONE
        assert len(side.seen) <= 1
        assert id in [t.message for t in in_doubt]
    else:
        assert delivery.state in (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)
        assert side.seen == [delivery.id]
    assert [d.channel for d in (await world.message(id)).deliveries] == [channel]


@pytest.mark.parametrize("certainty", list(Certainty))
async def test_whenever_it_dies_everything_is_sent_once_or_parked(certainty: Certainty) -> None:
    for step in range(1, MOST_STEPS):
        if not await played(certainty, step):
            assert step > 12, "it must have died at every step there is"
            return
    raise AssertionError("it has more steps than were tried")


@pytest.mark.parametrize("certainty", list(Certainty))
@pytest.mark.parametrize("first", [8, 10, 13])
async def test_whenever_its_heir_dies_too_everything_is_sent_once_or_parked(
    certainty: Certainty, first: int
) -> None:
    for step in range(1, MOST_STEPS):
        if not await played(certainty, first, step):
            return
    raise AssertionError("it has more steps than were tried")


async def test_a_caller_who_stops_waiting_does_not_stop_the_engine() -> None:
    clock = StandingClock(NOON)
    async with world_on(MemoryStore(clock.now), clock) as world:
        engine = await world.engine()
        for _ in range(20):
            waiting = asyncio.create_task(engine.wake(["ada"]))
            await asyncio.sleep(0)
            waiting.cancel()
        await world.ask(engine)
