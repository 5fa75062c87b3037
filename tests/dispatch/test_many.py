"""Many at once: two dispatchers on one store, a crowd at one instant, and she calls at the very moment."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from artifact.channel import Channel
from artifact.customer import Artifact
from artifact.decision import EventStatus
from artifact.errors import ErrorCode
from artifact.message import DeliveryState
from channels.file_name import file_name
from channels.port import Certainty
from channels.registry import Means, close_channels, open_channels
from engine.pipeline import Engine
from store.embedded import EmbeddedStore
from store.memory import MemoryStore
from tests.dispatch.clock import StandingClock, madrid
from tests.dispatch.far_side import Does
from tests.dispatch.world import NOON, World, world_on

CROWD = 40


async def test_two_dispatchers_on_one_store_send_everything_once(clock: StandingClock) -> None:
    async with world_on(MemoryStore(clock.now), clock) as world:
        sms = world.becomes(Channel.SMS, Certainty.NONE)
        engines = [await world.engine() for _ in range(2)]
        for n in range(CROWD):
            await world.ask(engines[0], "notice", f"c{n}")
        dispatchers = [world.dispatcher(e, worker=f"w{n}") for n, e in enumerate(engines)]
        await asyncio.gather(*(d.drain() for d in dispatchers))
        assert len(sms.calls) == len({p.key for p in sms.calls}) == CROWD
        assert sum(d.counts().handed_over for d in dispatchers) == CROWD


async def test_a_crowd_at_one_instant_is_served_though_some_can_wait_for_nothing(world: World) -> None:
    """More customers than one look finds, the first of them put off: the others have their turn all the same."""
    engine = await world.engine()
    world.sms.then = Does.LOSES_IT
    for n in range(CROWD):
        await world.ask(engine, "notice", f"c{n}")
    dispatcher = world.dispatcher(engine, batch_customers=4, customers_at_once=3, hand_overs_at_once=2)
    await dispatcher.drain()
    assert len(world.sms.calls) == CROWD
    for n in range(CROWD):
        await world.ask(engine, "mail", f"later-{n}")
    await dispatcher.drain()
    assert len(world.sides[Channel.EMAIL].seen) == CROWD


async def test_she_is_told_first_then_nothing_leaves(world: World) -> None:
    engine = await world.engine()
    world.clock.go(madrid("23:00:00"))
    id = await world.ask(engine)
    world.clock.go(madrid("08:00:00", day=24))
    told = await world.happen(engine, "delivery.told", message=id)
    await world.dispatcher(engine).drain()
    assert told.status is EventStatus.ACCEPTED
    assert world.sms.calls == []


async def test_it_leaves_first_then_who_tells_her_hears_that_it_left(world: World) -> None:
    engine = await world.engine()
    world.clock.go(madrid("23:00:00"))
    id = await world.ask(engine)
    world.clock.go(madrid("08:00:00", day=24))
    await world.dispatcher(engine).drain()
    told = await world.happen(engine, "delivery.told", message=id)
    assert told.error is not None
    assert told.error.code is ErrorCode.ALREADY_LEFT
    assert world.sms.seen == [f"{id}-SMS"]


async def test_she_calls_at_the_very_moment_and_exactly_one_of_the_two_happens(world: World) -> None:
    engine = await world.engine()
    world.clock.go(madrid("23:00:00"))
    ids = {f"c{n}": await world.ask(engine, "notice", f"c{n}") for n in range(CROWD)}
    world.clock.go(madrid("08:00:00", day=24))
    draining = asyncio.create_task(world.dispatcher(engine).drain())
    told = await asyncio.gather(
        *(world.happen(engine, "delivery.told", customer, message=id) for customer, id in ids.items())
    )
    await draining
    for outcome, id in zip(told, ids.values(), strict=True):
        left = f"{id}-SMS" in world.sms.seen
        assert left is (outcome.error is not None and outcome.error.code is ErrorCode.ALREADY_LEFT)
        assert left is not (outcome.status is EventStatus.ACCEPTED)


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER])
async def test_over_a_real_folder_each_delivery_is_one_file_and_survives_a_new_process(
    channel: Channel, tmp_path: Path
) -> None:
    topic = {Channel.SMS: "notice", Channel.EMAIL: "mail", Channel.LETTER: "post"}[channel]
    clock = StandingClock(NOON)
    channels = open_channels(Means(spool=tmp_path / "spool"))
    async with world_on(EmbeddedStore.open(tmp_path / "memento.db", clock.now), clock) as world:
        engine = await world.engine()
        id = await world.ask(engine, topic)
        await engine.intend("ada", (f"{id}-{channel}",), "a process that died")
    clock.pass_seconds(60)
    async with world_on(EmbeddedStore.open(tmp_path / "memento.db", clock.now), clock) as world:
        engine = await world.engine()
        await world.dispatcher(engine, channels).drain()
        delivery = await world.delivery(id, channel)
        assert (delivery.state, delivery.attempts) == (DeliveryState.HANDED_OVER, 2)
    await close_channels(channels)
    assert [p.name for p in (tmp_path / "spool").rglob("*.json")] == [file_name(delivery.id)]


class Faulty(Engine):
    """An engine with a fault of its own, met once for each customer that is looked at."""

    async def wake(self, customer_ids: Sequence[str], *, passing: bool = False) -> list[Artifact]:
        if customer_ids not in (met := vars(self).setdefault("met", [])):
            met.append(customer_ids)
            raise ZeroDivisionError
        return await super().wake(customer_ids, passing=passing)


async def test_a_fault_of_ours_is_logged_with_its_trace_and_puts_her_off_no_longer_than_a_while(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    engine = await world.engine(Faulty)
    id = await world.ask(engine)
    dispatcher = world.dispatcher(engine)
    await dispatcher.drain()
    assert "ZeroDivisionError" in caplog.text
    assert world.sms.seen == []
    world.clock.pass_seconds(3)
    await dispatcher.drain()
    assert world.sms.seen == [f"{id}-SMS"]
