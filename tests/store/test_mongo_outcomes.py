"""A step whose answer was lost is found to have won or lost, and never assumed to."""

import asyncio
from typing import Any

import pytest

from artifact.errors import ErrorCode, InputError
from artifact.instant import MINUTE
from store.mongo import MongoStore, commits, layout
from store.mongo.documents import Step
from store.mongo.layout import ARTIFACT
from store.port import CommitResult
from tests.store.making import NOON, committed, known, step
from tests.store.mongo_peek import (
    Open,
    fail_next,
    tails_of,
    through_wire,
    whole,
)
from tests.store.mongo_server import is_stand_in
from tests.store.proxy import wire_to

pytestmark = pytest.mark.xdist_group("mongo")

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


@pytest.mark.parametrize(
    ("retry", "times"), [(True, 2), (False, 1)], ids=["as often as the driver tries", "once"]
)
@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "request lost"])
async def test_a_lost_connection_neither_loses_nor_doubles_a_step(
    open_store: Open, mongo_url: str, retry: bool, after: bool, times: int
) -> None:
    async with through_wire(open_store, mongo_url, retry=retry) as (wire, store):
        wire.cut("insert", ARTIFACT, times=times, after=after)
        await committed(store, step("ada", 0, "e1"))
        wire.cut("update", ARTIFACT, times=times, after=after)
        await committed(store, step("ada", 1, "e2", "e3"))
        await whole(store, "ada", 3)
        assert await known(store, "ada", "e1", "e2", "e3") == {"e1": 1, "e2": 2, "e3": 3}


async def test_a_step_whose_answer_was_lost_is_known_to_have_won_even_when_another_stands_on_it(
    open_store: Open, mongo_url: str
) -> None:
    other = await open_store()
    async with through_wire(open_store, mongo_url, retry=False) as (wire, store):
        await committed(store, step("ada", 0, "e1"))

        async def stand_on_it() -> None:
            wire.then = None
            await committed(other, step("ada", 2, "e3"))
            # And copies the first one's tail, so that only the log tells who won.
            await other._flusher.sweep(NOON + 30 * MINUTE)
            await other.settle()
            assert await tails_of(other, "ada") == []

        wire.cut("update", ARTIFACT)
        wire.then = stand_on_it
        await committed(store, step("ada", 1, "e2"))
        await whole(store, "ada", 3)


async def test_a_step_whose_request_was_lost_does_not_take_the_same_step_of_another_for_its_own(
    open_store: Open, mongo_url: str
) -> None:
    other = await open_store()
    async with through_wire(open_store, mongo_url, retry=False) as (wire, store):
        await committed(store, step("ada", 0, "e1"))

        async def overtake() -> None:
            wire.then = None
            await committed(other, step("ada", 1, "e2"))

        wire.cut("update", ARTIFACT, after=False)
        wire.then = overtake
        assert await store.commit([step("ada", 1, "e2")]) == [CONFLICT]
        await whole(store, "ada", 2)


async def test_a_request_that_arrives_after_it_was_given_up_is_found_to_have_won(
    open_store: Open, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = commits._outcome
    late: list[bool] = []

    async def outcome_then_arrival(database: Any, step: Step) -> CommitResult | None:
        found = await outcome(database, step)
        if not late:
            late.append(await commits._compare_and_set(database, step))
        return found

    monkeypatch.setattr(commits, "_outcome", outcome_then_arrival)
    async with through_wire(open_store, mongo_url, retry=False) as (wire, store):
        wire.cut("insert", ARTIFACT, after=False)
        await committed(store, step("ada", 0, "e1"))
        late.clear()
        wire.cut("update", ARTIFACT, after=False)
        await committed(store, step("ada", 1, "e2"))
        assert late == [True]
        await whole(store, "ada", 2)


async def test_a_server_that_is_away_is_said_to_be_and_the_store_recovers(
    open_store: Open, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.mongo.commits.PAUSES", (0.0, 0.01))
    async with wire_to(mongo_url) as (wire, address):
        store = await open_store(address)
        await committed(store, step("ada", 0, "e1"))
        await wire.go_down()
        for ask in (lambda: store.commit([step("ada", 1, "e2")]), lambda: store.artifact("ada")):
            with pytest.raises(InputError) as refused:
                await ask()
            assert refused.value.code is ErrorCode.STORE_UNAVAILABLE
        wire.is_down = False
        await committed(store, step("ada", 1, "e2"))
        await whole(store, "ada", 2)
        await store.close()


@pytest.mark.skipif(not is_stand_in(), reason="fail points need a test server")
@pytest.mark.parametrize("code", [10107, 91, 189, 11602])
async def test_a_primary_that_steps_down_neither_loses_nor_doubles_a_step(
    open_store: Open, mongo_url: str, code: int
) -> None:
    store = await open_store(f"{mongo_url}&retryWrites=false")
    await committed(store, step("ada", 0, "e1"))
    await fail_next(store, {"failCommands": ["update"], "errorCode": code})
    await committed(store, step("ada", 1, "e2"))
    await whole(store, "ada", 2)


@pytest.mark.skipif(not is_stand_in(), reason="fail points need a test server")
async def test_a_write_that_a_majority_did_not_confirm_is_read_back(open_store: Open) -> None:
    store = await open_store()
    await committed(store, step("ada", 0, "e1"))
    concern = {"code": 64, "errmsg": "waiting for replication timed out"}
    await fail_next(store, {"failCommands": ["update"], "writeConcernError": concern})
    await committed(store, step("ada", 1, "e2"))
    await whole(store, "ada", 2)


async def test_two_processes_that_race_for_one_customer_lose_no_step(open_store: Open) -> None:
    stores = [await open_store(), await open_store()]
    conflicts = 0

    async def submit(store: MongoStore, id: str) -> None:
        nonlocal conflicts
        while True:
            artifact = await store.artifact("ada")
            version = artifact.version if artifact else 0
            if await store.commit([step("ada", version, id)]) == [COMMITTED]:
                return
            conflicts += 1

    # Eight at a time are enough to conflict on nearly every version.
    ids = [f"e{i}" for i in range(64)]
    for start in range(0, 64, 8):
        await asyncio.gather(*[submit(stores[i % 2], ids[i]) for i in range(start, start + 8)])
    assert conflicts > 64
    await whole(stores[0], "ada", 64)
    log = await stores[1].history("ada")
    assert sorted(entry.event.id for entry in log if entry.event) == sorted(ids)


async def test_publishing_again_after_a_lost_answer_is_publishing_once(
    open_store: Open, mongo_url: str
) -> None:
    async with through_wire(open_store, mongo_url, retry=False) as (wire, store):
        wire.cut("insert", layout.PUBLICATION)
        first = await store.publish("a", "rev", NOON, "eva", 0)
        assert first is not None
        wire.cut("insert", layout.RULEBOOK)
        assert (await store.save_rulebook("text", "eva", "a", None)).number == 1
        assert await store.publications() == [first]
        assert len(await store.rulebooks(5)) == 1
