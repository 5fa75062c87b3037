"""Publishing: now or at an instant to come, by whom and once; going back; and how everyone follows."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from artifact.customer import Artifact
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.instant import DAY, HOUR, SECOND, Instant, parse_instant
from dsl.compile import Checked, compile_rulebook
from engine.pipeline import Engine
from engine.pipeline.preview import Previewer
from engine.pipeline.publishing import Order
from engine.pipeline.rollout import RolloutState, next_size
from store.memory import MemoryStore
from store.port import Publication

MONDAY = parse_instant("2026-11-23T09:00:00Z")
HEAD = """
rulebook publishing  zone "Europe/Madrid"  currency EUR  owner "Nobody" end
category service  basis contract  channels sms end
topic bill  category service  template plain end
template plain  in English text "A bill." end
"""
WAIT = 'message rule "Bills wait"  for topic bill  then postpone for {span} end\n'
TEST = """
test "A bill waits"
  at 23 November 2026 10:00
  when message about bill
  expect postpone by rule "Bills wait"
end
"""


def waiting(days: int) -> str:
    return HEAD + WAIT.format(span=f"{days} days")


class Clock:
    now: Instant = MONDAY


class Shared(MemoryStore):
    """A store that other processes may write to as well."""

    shared = True


async def check(text: str) -> Checked:
    return compile_rulebook(text)


class Brand:
    """An engine over a store of its own, and a clock that only the test moves."""

    def __init__(self, store: MemoryStore, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.engine = Engine(store, check)

    async def saved(self, id: str, text: str) -> str:
        await self.engine.save_rulebook(text, "eva", id)
        return id

    async def publish(self, id: str, **order: object) -> Publication:
        return await self.engine.publish(id, Order(actor="eva", **order))  # type: ignore[arg-type]

    async def back(self, id: str | None = None, **order: object) -> Publication:
        return await self.engine.roll_back(id, Order(actor="eva", **order))  # type: ignore[arg-type]

    async def ask(self, customer: str) -> None:
        now = self.clock.now
        event = Event(customer, "billing", "r1", "message.requested", now, now, data={"topic": "bill"})
        (outcome,) = await self.engine.submit([event])
        assert outcome.error is None, outcome

    async def rule(self, customer: str) -> str:
        """What holds her bill, and since when, in the log's words: the revision of the last entry."""
        artifact = await self.store.artifact(customer)
        assert artifact is not None
        return artifact.body.talk.revision

    async def swept(self) -> int:
        count = 0
        while slice := await self.engine.sweep():
            count += slice
        return count


@pytest.fixture
async def brand() -> AsyncIterator[Brand]:
    clock = Clock()
    brand = Brand(MemoryStore(lambda: clock.now), clock)
    await brand.engine.start()
    yield brand
    await brand.engine.stop()


def code_of(error: pytest.ExceptionInfo[InputError]) -> ErrorCode:
    return error.value.code


async def test_a_publication_to_come_switches_at_its_instant_without_a_person(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", waiting(2)))
    await brand.ask("ana")
    first = brand.engine.books.revision
    coming = await brand.publish(await brand.saved("two", waiting(3)), effective_at=MONDAY + HOUR)
    assert (coming.epoch, coming.effective_at) == (2, MONDAY + HOUR)
    assert (await brand.engine.rollout(coming)).state is RolloutState.SCHEDULED

    brand.clock.now = MONDAY + HOUR - 1
    await brand.engine.wake(["ana"])
    assert await brand.rule("ana") == first
    brand.clock.now = MONDAY + HOUR
    await brand.engine.wake(["ana"])
    assert await brand.rule("ana") != first
    assert brand.engine.books.epoch == 2
    assert (await brand.engine.rollout(coming)).state is RolloutState.DONE


async def test_a_later_publication_takes_the_place_of_one_that_was_to_come(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", waiting(2)))
    coming = await brand.publish(await brand.saved("two", waiting(3)), effective_at=MONDAY + DAY)
    urgent = await brand.publish(await brand.saved("three", waiting(4)))
    brand.clock.now = MONDAY + 2 * DAY
    await brand.engine.refresh()
    assert brand.engine.books.epoch == urgent.epoch == 3
    assert (await brand.engine.rollout(coming)).state is RolloutState.REPLACED


async def test_a_process_that_starts_before_the_instant_switches_at_it_too(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", waiting(2)))
    await brand.publish(await brand.saved("two", waiting(3)), effective_at=MONDAY + HOUR)
    other = Engine(brand.store, check)
    await other.start()
    assert other.books.epoch == 1
    brand.clock.now = MONDAY + HOUR
    await brand.ask("ana")
    await other.wake(["ana"])
    assert other.books.epoch == 2
    await other.stop()


async def test_a_process_that_is_behind_never_takes_a_customer_back(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", waiting(2)))
    other = Engine(brand.store, check)
    await other.start()
    await brand.publish(await brand.saved("two", waiting(3)))
    await brand.ask("ana")
    assert await other.wake(["ana"]) == []
    artifact = await brand.store.artifact("ana")
    assert artifact is not None
    assert (artifact.epoch, artifact.version) == (2, 1)
    await other.refresh()
    assert [one.epoch for one in await other.wake(["ana"])] == [2]
    await other.stop()


async def test_where_processes_share_a_store_all_hear_of_a_publication_before_it_holds() -> None:
    clock = Clock()
    brand = Brand(Shared(lambda: clock.now), clock)
    await brand.engine.start()
    first = await brand.publish(await brand.saved("one", HEAD))
    assert first.effective_at == MONDAY + 5 * SECOND
    clock.now = first.effective_at
    await brand.engine.refresh()
    await brand.ask("ana")
    artifact = await brand.store.artifact("ana")
    assert artifact is not None
    (delivery,) = artifact.body.talk.messages[0].deliveries
    clock.now += 4 * SECOND
    with pytest.raises(InputError) as refused:
        await brand.engine.intend("ana", [delivery.id], "worker")
    assert code_of(refused) is ErrorCode.STORE_UNAVAILABLE
    await brand.engine.refresh()
    assert (await brand.engine.intend("ana", [delivery.id], "worker")).taken == (delivery.id,)
    await brand.engine.stop()


async def test_a_rulebook_whose_tests_fail_is_refused_unless_said_otherwise(brand: Brand) -> None:
    failing = await brand.saved(
        "failing", waiting(2).replace("then", 'when message.source is "shop" then') + TEST
    )
    with pytest.raises(InputError) as refused:
        await brand.publish(failing)
    assert code_of(refused) is ErrorCode.RULEBOOK_TESTS_FAILED
    assert "A bill waits" in refused.value.message
    assert brand.engine.books.live is None
    assert (await brand.publish(failing, even_if_tests_fail=True)).epoch == 1
    passing = waiting(2) + TEST
    assert (await brand.publish(await brand.saved("passing", passing))).epoch == 2


async def test_the_same_call_again_publishes_nothing_even_after_others_did(brand: Brand) -> None:
    first = await brand.publish(await brand.saved("one", waiting(2)), call="p1")
    await brand.publish(await brand.saved("two", waiting(3)), call="p2")
    assert await brand.publish("one", call="p1") == first
    assert len(await brand.store.publications()) == 2
    with pytest.raises(InputError) as refused:
        await brand.publish("two", call="p1")
    assert code_of(refused) is ErrorCode.EVENT_CONFLICT


@pytest.mark.parametrize("away", [-1, 367 * DAY])
async def test_an_instant_that_has_passed_or_is_out_of_sight_is_refused(brand: Brand, away: int) -> None:
    with pytest.raises(InputError) as refused:
        await brand.publish(await brand.saved("one", HEAD), effective_at=MONDAY + away)
    assert code_of(refused) is ErrorCode.INSTANT_INVALID


async def test_going_back_without_a_name_takes_back_the_newest_publication(brand: Brand) -> None:
    with pytest.raises(InputError) as refused:
        await brand.back()
    assert code_of(refused) is ErrorCode.RULEBOOK_NEVER_PUBLISHED
    await brand.publish(await brand.saved("one", waiting(2)))
    await brand.publish(await brand.saved("two", waiting(3)))
    back = await brand.back(call="b1")
    assert (back.epoch, back.rulebook_id) == (3, "one")
    assert await brand.back(call="b1") == back, "a retry goes back once"
    coming = await brand.publish("two", effective_at=MONDAY + HOUR)
    brand.clock.now = MONDAY + 1
    assert (await brand.back()).rulebook_id == "one"
    brand.clock.now = coming.effective_at
    await brand.engine.refresh()
    assert brand.engine.books.epoch == 5


async def test_going_back_leads_only_where_one_has_been(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", waiting(2)))
    await brand.saved("draft", waiting(9))
    for id, code in (
        ("draft", ErrorCode.RULEBOOK_NEVER_PUBLISHED),
        ("nobody", ErrorCode.RULEBOOK_UNKNOWN),
    ):
        with pytest.raises(InputError) as refused:
            await brand.back(id)
        assert code_of(refused) is code


async def test_the_sweep_tells_how_far_it_is_and_goes_on_after_a_kill(brand: Brand) -> None:
    await brand.publish(await brand.saved("one", HEAD))
    for n in range(10):
        await brand.ask(f"c{n}")
    published = await brand.publish(await brand.saved("two", waiting(3)))
    assert await brand.engine.sweep() == 2
    half = await brand.engine.rollout(published)
    assert (half.state, half.total, half.done, half.changed) == (RolloutState.RUNNING, 10, 2, 2)

    heir = Brand(brand.store, brand.clock)
    await heir.engine.start()
    assert await heir.swept() == 8
    whole = await heir.engine.rollout(published)
    assert (whole.state, whole.total, whole.done, whole.changed) == (RolloutState.DONE, 10, 10, 10)
    await heir.engine.stop()


async def test_a_customer_who_cannot_follow_holds_up_nobody(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await brand.publish(await brand.saved("one", HEAD))
    for n in range(6):
        await brand.ask(f"c{n}")
    whole = brand.engine.wake

    async def wake(ids: list[str], *, passing: bool) -> list[object]:
        return list(await whole([id for id in ids if id != "c0"], passing=passing))

    monkeypatch.setattr(brand.engine, "wake", wake)
    published = await brand.publish(await brand.saved("two", waiting(3)))
    assert await brand.swept() == 6
    rollout = await brand.engine.rollout(published)
    assert (rollout.state, rollout.done) == (RolloutState.RUNNING, 5)


async def test_a_preview_passes_over_who_cannot_be_decided_and_says_so(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await brand.publish(await brand.saved("one", HEAD))
    for n in range(3):
        await brand.ask(f"c{n}")
    whole = Previewer._look

    async def look(self: Previewer, artifact: Artifact, *rest: Any) -> None:
        if artifact.customer_id == "c1":
            raise AssertionError("a fault of ours")
        await whole(self, artifact, *rest)

    monkeypatch.setattr(Previewer, "_look", look)
    preview = await brand.engine.preview(await brand.saved("two", waiting(3)), examples=5)
    assert (preview.customers, preview.changed, preview.failed) == (3, 2, 1)


async def test_pages_of_a_preview_look_at_one_instant_and_add_up(brand: Brand) -> None:
    brand.engine.limits = replace(brand.engine.limits, preview_customers=2)
    await brand.publish(await brand.saved("one", HEAD))
    for n in range(5):
        await brand.ask(f"c{n}")
    draft = await brand.saved("two", waiting(3))
    pages = [await brand.engine.preview(draft, examples=1)]
    while (place := pages[-1].after) is not None:
        brand.clock.now += HOUR
        assert place.now == MONDAY
        pages.append(await brand.engine.preview(draft, 1, place))
    assert [page.customers for page in pages] == [2, 2, 1]
    assert [page.changed for page in pages] == [2, 2, 1]
    assert [one.customer_id for page in pages for one in page.examples] == ["c0", "c2", "c4"]


def test_slices_grow_while_there_is_time_and_shrink_when_there_is_none() -> None:
    assert [next_size(8, seconds) for seconds in (0.001, 0.01, 0.5)] == [16, 8, 4]
    assert (next_size(64, 0.001), next_size(2, 9.0)) == (64, 2)


async def test_who_has_not_seen_the_newest_text_saves_nothing(brand: Brand) -> None:
    await brand.saved("one", HEAD)
    await brand.engine.save_rulebook(waiting(2), "eva", "two", "one")
    with pytest.raises(InputError) as refused:
        await brand.engine.save_rulebook(waiting(3), "bob", "three", "one")
    assert code_of(refused) is ErrorCode.EDIT_CONFLICT
    with pytest.raises(InputError) as refused:
        await brand.engine.save_rulebook(waiting(3), "bob", "three", "nobody")
    assert code_of(refused) is ErrorCode.RULEBOOK_UNKNOWN


async def test_two_who_publish_at_once_are_told_apart(brand: Brand) -> None:
    ids = [await brand.saved(f"r{n}", waiting(n + 1)) for n in range(4)]
    answers = await asyncio.gather(*[brand.publish(id) for id in ids], return_exceptions=True)
    assert len({a.epoch for a in answers if isinstance(a, Publication)}) == len(
        await brand.store.publications()
    )
    codes = {a.code for a in answers if isinstance(a, InputError)}
    assert codes <= {ErrorCode.EDIT_CONFLICT}
