"""An attempt without an answer: what is done about it follows from what the far side makes of a known key."""

import asyncio

import pytest

from artifact.channel import Channel
from artifact.instant import HOUR
from artifact.message import DeliveryState
from channels.port import Certainty
from dispatch import Counts
from tests.dispatch.clock import madrid
from tests.dispatch.far_side import Does
from tests.dispatch.world import MANNERS, World


async def test_an_idempotent_far_side_is_called_again_with_the_same_key(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    world.sms.script += [Does.LOSES_IT, Does.LOSES_ITS_ANSWER]
    id = await world.ask(engine)
    await dispatcher.drain()
    assert (await world.delivery(id)).state is DeliveryState.SENDING
    for attempts, seconds in ((1, 2), (2, 4)):
        world.clock.pass_seconds(seconds - 1)
        await dispatcher.drain()
        assert len(world.sms.calls) == attempts
        world.clock.pass_seconds(1)
        await dispatcher.drain()
    assert [p.key for p in world.sms.calls] == [f"{id}-SMS"] * 3
    assert world.sms.seen == [f"{id}-SMS"]
    delivery = await world.delivery(id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.HANDED_OVER, 3)
    assert dispatcher.counts() == Counts(handed_over=1, retried=2)


@pytest.mark.parametrize("does", [Does.LOSES_IT, Does.LOSES_ITS_ANSWER, Does.RAISES])
async def test_a_far_side_that_can_be_asked_is_asked_when_the_intent_has_run_out(
    world: World, does: Does
) -> None:
    engine, sms = await world.engine(), world.becomes(Channel.SMS, Certainty.LOOKUP)
    dispatcher = world.dispatcher(engine)
    sms.script.append(does)
    id = await world.ask(engine)
    await dispatcher.drain()
    world.clock.pass_seconds(59)
    await dispatcher.drain()
    assert sms.asked == []
    world.clock.pass_seconds(1)
    await dispatcher.drain()
    assert sms.asked == [f"{id}-SMS"]
    assert sms.seen == [f"{id}-SMS"]
    expected = DeliveryState.DELIVERED if does is Does.LOSES_ITS_ANSWER else DeliveryState.HANDED_OVER
    assert (await world.delivery(id)).state is expected


@pytest.mark.parametrize("does", [Does.LOSES_IT, Does.LOSES_ITS_ANSWER, Does.RAISES])
async def test_a_far_side_that_knows_no_keys_is_never_called_again_and_a_person_is_asked(
    world: World, does: Does
) -> None:
    engine, sms = await world.engine(), world.becomes(Channel.SMS, Certainty.NONE)
    dispatcher = world.dispatcher(engine)
    sms.script.append(does)
    id = await world.ask(engine)
    await world.settle_all(dispatcher, until=world.clock.now() + 24 * HOUR)
    assert len(sms.calls) == 1
    assert (await world.delivery(id)).state is DeliveryState.IN_DOUBT
    assert [(t.kind, t.message) for t in (await world.artifact()).body.talk.tasks] == [("in_doubt", id)]
    assert dispatcher.counts().in_doubt == 1


@pytest.mark.parametrize("certainty", list(Certainty))
async def test_a_far_side_that_says_it_has_nothing_may_be_called_again_whatever_it_makes_of_keys(
    world: World, certainty: Certainty
) -> None:
    engine, sms = await world.engine(), world.becomes(Channel.SMS, certainty)
    dispatcher = world.dispatcher(engine)
    sms.script += [Does.IS_BUSY, Does.IS_BUSY]
    id = await world.ask(engine)
    await dispatcher.drain()
    for seconds in (2, 4):
        world.clock.pass_seconds(seconds)
        await dispatcher.drain()
    assert sms.seen == [f"{id}-SMS"]
    assert sms.asked == []


async def test_who_stays_busy_has_failed_in_the_end_and_the_next_channel_is_taken(world: World) -> None:
    engine = await world.engine()
    world.sms.then = Does.IS_BUSY
    id = await world.ask(engine)
    await world.settle_all(world.dispatcher(engine, attempts=4), until=world.clock.now() + HOUR)
    assert len(world.sms.calls) == 4
    assert (await world.delivery(id)).state is DeliveryState.FAILED
    assert world.sides[Channel.EMAIL].seen == [f"{id}-EMAIL"]


async def test_who_never_answers_is_in_doubt_in_the_end(world: World) -> None:
    engine = await world.engine()
    world.sms.then = Does.LOSES_ITS_ANSWER
    id = await world.ask(engine)
    await world.settle_all(world.dispatcher(engine, attempts=4), until=world.clock.now() + HOUR)
    assert len(world.sms.calls) == 4
    assert world.sms.seen == [f"{id}-SMS"]
    assert (await world.delivery(id)).state is DeliveryState.IN_DOUBT
    assert world.sides[Channel.EMAIL].calls == []


@pytest.mark.parametrize("does", [Does.HANGS, Does.HANGS_AND_HEEDS_NOTHING])
async def test_a_hand_over_at_the_edge_of_the_quiet_hours_is_made_again_after_them(
    world: World, does: Does
) -> None:
    """Intent at 21:59:55, no answer; the retry is a new decision with the same key, and waits until 08:00."""
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    world.sms.script.append(does)
    world.clock.go(madrid("21:59:55"))
    id = await world.ask(engine)
    draining = asyncio.create_task(dispatcher.drain())
    await world.sms.called.get()
    world.clock.pass_seconds(10)
    await draining
    world.clock.pass_seconds(10)
    await dispatcher.drain()
    planned = await world.delivery(id)
    assert (planned.state, planned.planned_at) == (DeliveryState.PLANNED, madrid("08:00:00", day=24))
    await world.settle_all(dispatcher, until=madrid("07:59:59", day=24))
    assert len(world.sms.calls) == 1
    world.clock.go(madrid("08:00:00", day=24))
    await dispatcher.drain()
    assert [p.key for p in world.sms.calls] == [f"{id}-SMS"] * 2


async def test_with_too_little_left_of_the_intent_nobody_is_called(world: World) -> None:
    """The process stands still for 56 seconds between the intent and the hand-over."""
    engine, sms = await world.engine(), world.becomes(Channel.SMS, Certainty.NONE)
    dispatcher = world.dispatcher(engine)
    known = engine.books.get

    async def stand_still(revision: str) -> object:
        engine.books.get = known  # type: ignore[method-assign]
        world.clock.pass_seconds(56)
        return await known(revision)

    id = await world.ask(engine)
    engine.books.get = stand_still  # type: ignore[assignment, method-assign]
    await dispatcher.drain()
    delivery = await world.delivery(id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.HANDED_OVER, 2)
    assert len(sms.calls) == 1
    assert dispatcher.counts() == Counts(handed_over=1, retried=1)


async def test_what_may_have_arrived_is_never_called_failed_however_busy_the_far_side_is_later(
    world: World,
) -> None:
    engine = await world.engine()
    world.sms.then = Does.IS_BUSY
    world.sms.script.append(Does.LOSES_ITS_ANSWER)
    id = await world.ask(engine)
    await world.settle_all(world.dispatcher(engine, attempts=4), until=world.clock.now() + HOUR)
    assert (await world.delivery(id)).state is DeliveryState.IN_DOUBT
    assert world.sides[Channel.EMAIL].calls == []


async def test_what_may_have_arrived_is_in_doubt_when_its_words_fail_later(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    world.sms.script.append(Does.LOSES_ITS_ANSWER)
    id = await world.ask(engine)
    await dispatcher.drain()
    await world.publish(engine, MANNERS.replace('message.word }}"\nend', 'message.other }}"\nend', 1))
    await world.settle_all(dispatcher, until=world.clock.now() + HOUR)
    assert len(world.sms.calls) == 1
    assert (await world.delivery(id)).state is DeliveryState.IN_DOUBT
    assert world.sides[Channel.EMAIL].calls == []
