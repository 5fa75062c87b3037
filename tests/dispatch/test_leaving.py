"""What leaves, leaves once, at its instant, worded and addressed; what may not leave stays."""

from artifact.channel import Channel
from artifact.message import DeliveryState, MessageState
from channels.port import Parcel
from dispatch import Counts
from dispatch.courier import hash_of
from dsl.verdict import Rendered
from tests.dispatch.clock import madrid
from tests.dispatch.far_side import Does
from tests.dispatch.world import MANNERS, World


async def test_a_ready_delivery_is_worded_handed_over_and_told(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    await world.happen(engine, "customer.alias_added", kind="PHONE", value="+34600000000")
    id = await world.ask(engine)
    await dispatcher.drain()
    assert world.sms.calls == [
        Parcel(f"{id}-SMS", "ada", Channel.SMS, "en", "Hello you", address="+34600000000")
    ]
    delivery = await world.delivery(id)
    assert delivery.state is DeliveryState.HANDED_OVER
    assert delivery.left_at == world.clock.now()
    assert delivery.text_hash == hash_of(Rendered("Hello you", "en"))
    assert (await world.message(id)).state is MessageState.UNDER_WAY
    assert dispatcher.counts() == Counts(handed_over=1)


async def test_a_place_shows_what_is_handed_over_to_it(world: World) -> None:
    engine = await world.engine()
    id = await world.ask(engine, "shown")
    await world.dispatcher(engine).drain()
    assert (await world.delivery(id, Channel.WEB)).state is DeliveryState.HANDED_OVER
    assert all(side.calls == [] for side in world.sides.values())


async def test_nothing_leaves_before_its_instant(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    soon = madrid("15:30:00")
    await world.ask(engine, notBefore="2026-11-23T15:30:00+01:00")
    for at in (soon - 3_600_000_000, soon - 1):
        world.clock.go(at)
        await dispatcher.drain()
        assert world.sms.calls == []
    world.clock.go(soon)
    await dispatcher.drain()
    assert len(world.sms.seen) == 1


async def test_nothing_leaves_under_a_block_committed_before_the_intent(world: World) -> None:
    engine = await world.engine()
    id = await world.ask(engine)
    await world.happen(engine, "customer.updated", silent=True)
    await world.dispatcher(engine).drain()
    assert world.sms.calls == []
    assert (await world.message(id)).state is MessageState.BLOCKED


async def test_nothing_leaves_under_a_consent_withdrawn_before_the_intent(world: World) -> None:
    engine = await world.engine()
    await world.happen(engine, "consent.given", category="marketing")
    id = await world.ask(engine, "offer")
    assert (await world.message(id)).state is MessageState.READY
    world.clock.pass_seconds(1)
    await world.happen(engine, "consent.withdrawn", category="marketing")
    await world.dispatcher(engine).drain()
    assert world.sms.calls == []


async def test_what_was_ready_before_the_quiet_hours_does_not_leave_in_them(world: World) -> None:
    engine = await world.engine()
    world.clock.go(madrid("21:59:00"))
    id = await world.ask(engine)
    assert (await world.message(id)).state is MessageState.READY
    world.clock.go(madrid("22:05:00"))
    dispatcher = world.dispatcher(engine)
    await dispatcher.drain()
    assert world.sms.calls == []
    assert (await world.message(id)).state is MessageState.WAITING
    assert (await world.artifact()).due == madrid("08:00:00", day=24)
    world.clock.go(madrid("08:00:00", day=24))
    await dispatcher.drain()
    assert world.sms.seen == [f"{id}-SMS"]
    assert await world.is_what_its_log_says(engine)


async def test_nothing_leaves_under_a_rulebook_that_is_no_longer_in_force(world: World) -> None:
    engine, other = await world.engine(), await world.engine()
    id = await world.ask(engine)
    await world.publish(other, MANNERS.replace("when customer.silent is yes", "when message.topic is notice"))
    await world.dispatcher(engine).drain()
    assert world.sms.calls == []
    assert (await world.message(id)).state is MessageState.BLOCKED


async def test_where_a_template_fails_the_next_channel_is_taken(world: World) -> None:
    engine = await world.engine()
    dispatcher = world.dispatcher(engine)
    id = await world.ask(engine, "broken")
    await dispatcher.drain()
    failed = await world.delivery(id)
    assert (failed.state, failed.because) == (DeliveryState.FAILED, "template_failed")
    assert world.sms.calls == []
    assert world.sides[Channel.EMAIL].seen == [f"{id}-EMAIL"]
    assert dispatcher.counts() == Counts(handed_over=1, failed=1)


async def test_where_a_far_side_refuses_the_next_channel_is_taken(world: World) -> None:
    engine = await world.engine()
    world.sms.then = Does.REFUSES
    id = await world.ask(engine)
    await world.dispatcher(engine).drain()
    assert (await world.delivery(id)).because == "channel_failed"
    assert world.sides[Channel.EMAIL].seen == [f"{id}-EMAIL"]


async def test_where_every_channel_fails_the_message_has_failed_and_a_person_knows(world: World) -> None:
    engine = await world.engine()
    for side in world.sides.values():
        side.then = Does.REFUSES
    id = await world.ask(engine)
    await world.dispatcher(engine).drain()
    assert (await world.message(id)).state is MessageState.FAILED
    assert [t.message for t in (await world.artifact()).body.talk.tasks] == [id]


async def test_what_came_of_it_is_in_the_log_and_in_no_other_place(world: World) -> None:
    engine = await world.engine()
    id = await world.ask(engine)
    await world.dispatcher(engine, worker="w1").drain()
    log = await world.store.history("ada")
    assert [(e.kind.value, e.event.id if e.event else e.intent and e.intent.worker) for e in log] == [
        ("event", "notice"),
        ("intent", "w1"),
        ("outcome", f"{id}-SMS/1/handed_over"),
    ]
