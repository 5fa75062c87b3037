"""A running dispatcher: woken by commits and by instants, holding nobody up, ending cleanly."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from artifact.channel import Channel
from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from artifact.message import DeliveryState
from store.port import Change, Concerns, Due
from tests.dispatch.clock import madrid
from tests.dispatch.far_side import Does
from tests.dispatch.world import World

A_DAY_SECONDS = 86_400.0


async def test_a_commit_wakes_it_without_any_time_passing(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine, poll_seconds=A_DAY_SECONDS)
    await dispatcher.start()
    id = await world.ask(engine)
    assert (await world.sms.called.get()).key == f"{id}-SMS"
    await dispatcher.stop()
    assert (await world.delivery(id)).state is DeliveryState.HANDED_OVER


async def test_a_commit_that_makes_nobody_due_is_no_reason_to_look(world: World) -> None:
    engine = await world.engine()
    looks, due = 0, world.store.due

    async def counted(until: Instant, limit: int) -> list[Due]:
        nonlocal looks
        looks += 1
        return await due(until, limit)

    world.store.due = counted  # type: ignore[method-assign]
    dispatcher = world.dispatcher(engine)
    await dispatcher.start()
    await world.ask(engine)
    await world.sms.called.get()
    while dispatcher.counts().handed_over == 0 or dispatcher.counts().visiting:
        await asyncio.sleep(0)
    before = looks
    for n in range(20):
        await world.happen(engine, "customer.updated", f"c{n}", silent=True)
    await dispatcher.stop()
    assert looks <= before + 1, "one may have been under way"


async def test_it_wakes_at_the_very_instant_that_is_due_next(world: World) -> None:
    engine = await world.engine()
    world.clock.go(madrid("23:00:00"))
    await world.ask(engine)
    dispatcher = world.dispatcher(engine, poll_seconds=A_DAY_SECONDS)
    await dispatcher.start()
    opening = madrid("08:00:00", day=24)
    while world.clock.alarms() != [opening]:
        await asyncio.sleep(0)
    world.clock.go(opening)
    await world.sms.called.get()
    await dispatcher.stop()


async def test_where_commits_cannot_be_watched_a_poll_finds_what_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(concerns: Concerns) -> AsyncIterator[Change]:
        raise InputError(ErrorCode.STORE_UNAVAILABLE, "no change stream")

    monkeypatch.setattr(world.store, "watch", deaf)
    engine = await world.engine()
    dispatcher = world.dispatcher(engine, poll_seconds=1.0)
    await dispatcher.start()
    await world.ask(engine)
    while world.sms.called.empty():
        await asyncio.sleep(0)
        world.clock.pass_seconds(0.5)
    await dispatcher.stop()
    assert len(world.sms.seen) == 1


async def test_a_channel_that_hangs_holds_nobody_else(world: World) -> None:
    engine = await world.engine()
    world.sms.then = Does.HANGS
    dispatcher = world.dispatcher(engine, customers_at_once=4, hand_overs_at_once=2)
    await dispatcher.start()
    for n in range(8):
        await world.ask(engine, "notice", f"waits-{n}")
    for _ in range(2):
        await world.sms.called.get()
    for n in range(8):
        await world.ask(engine, "mail", f"reads-{n}")
        await world.ask(engine, "mail", f"waits-{n}")
    got = {(await world.sides[Channel.EMAIL].called.get()).customer_id for _ in range(16)}
    assert got == {f"{who}-{n}" for who in ("reads", "waits") for n in range(8)}
    assert len(world.sms.calls) == 2
    world.sms.release.set()
    for _ in range(6):
        await world.sms.called.get()
    await dispatcher.stop()
    assert len(world.sms.seen) == len(set(world.sms.seen)) == 8
    assert dispatcher.counts().handed_over == 24


async def test_one_customer_has_one_turn_at_a_time(world: World) -> None:
    engine = await world.engine()
    turns = most = 0
    wake = engine.wake

    async def counted(ids: list[str]) -> object:
        nonlocal turns, most
        turns += 1
        most = max(most, turns)
        try:
            return await wake(ids)
        finally:
            turns -= 1

    engine.wake = counted  # type: ignore[assignment, method-assign]
    dispatcher = world.dispatcher(engine)
    await dispatcher.start()
    for n in range(10):
        await world.ask(engine, id=f"n{n}")
    for _ in range(10):
        await world.sms.called.get()
    await dispatcher.stop()
    assert most == 1


async def test_stopping_finishes_what_is_in_hand_and_begins_nothing(world: World) -> None:
    engine = await world.engine()
    world.sms.then = Does.HANGS
    dispatcher = world.dispatcher(engine)
    await dispatcher.start()
    first = await world.ask(engine)
    await world.sms.called.get()
    stopping = asyncio.create_task(dispatcher.stop())
    await asyncio.sleep(0)
    second = await world.ask(engine, "mail")
    assert not stopping.done()
    world.sms.release.set()
    await stopping
    assert (await world.delivery(first)).state is DeliveryState.HANDED_OVER
    assert (await world.delivery(second, Channel.EMAIL)).state is DeliveryState.PLANNED
    assert dispatcher.counts().handed_over == 1


async def test_it_can_be_stopped_before_it_was_started_and_twice(world: World) -> None:
    dispatcher = world.dispatcher(await world.engine())
    await dispatcher.stop()
    await dispatcher.start()
    await dispatcher.stop()
    await dispatcher.stop()
