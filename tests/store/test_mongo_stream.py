"""Changes reach whoever watches in order, through cuts and from several processes."""

import asyncio
from threading import Thread

import pytest

from store.feed import GAP
from store.mongo.layout import ARTIFACT
from store.port import Change
from tests.store.making import committed, known, step
from tests.store.mongo_peek import (
    Open,
    documents,
    fail_next,
    through_wire,
)
from tests.store.mongo_server import is_stand_in, stream_open, watching

pytestmark = pytest.mark.xdist_group("mongo")


async def test_changes_of_two_processes_reach_a_reader_in_order(open_store: Open) -> None:
    one, two = await open_store(), await open_store()
    reader = await watching(one)
    for n in range(0, 20, 2):
        await committed(one, step("ada", n), step(f"c{n}", 0))
        await committed(two, step("ada", n + 1), step(f"c{n + 1}", 0))
    seen: list[Change] = []
    async with asyncio.timeout(20):
        while len(seen) < 40:
            seen.append(await anext(reader))
    assert [change for change in seen if change.customer_id == "ada"] == [
        Change("ada", n, n + 1) for n in range(20)
    ]
    # The flusher's writes are no changes.
    assert len({(change.customer_id, change.version) for change in seen}) == 40


@pytest.mark.skipif(not is_stand_in(), reason="fail points need a test server")
@pytest.mark.parametrize("code", [286, 280])
async def test_a_lost_place_in_the_stream_is_a_gap_and_then_goes_on(open_store: Open, code: int) -> None:
    store = await open_store()
    reader = await watching(store)
    await committed(store, step("ada", 0))
    async with asyncio.timeout(20):
        assert await anext(reader) == Change("ada", 0, 1)
        await fail_next(store, {"failCommands": ["getMore"], "errorCode": code})
        assert await anext(reader) == GAP
        await stream_open(store)
        await committed(store, step("ada", 1))
        assert await anext(reader) == Change("ada", 1, 2)


async def test_a_document_that_an_operator_turned_by_hand_is_a_gap_and_the_stream_goes_on(
    open_store: Open,
) -> None:
    store = await open_store()
    reader = await watching(store)
    await committed(store, step("ada", 0), step("bea", 0))
    await documents(store, ARTIFACT).update_one({"_id": "ada"}, {"$set": {"version": 7}})
    await committed(store, step("bea", 1))
    async with asyncio.timeout(20):
        seen = [await anext(reader) for _ in range(4)]
    assert seen[2:] == [GAP, Change("bea", 1, 2)]


async def test_a_stream_that_was_cut_goes_on_where_it_was(open_store: Open, mongo_url: str) -> None:
    other = await open_store()
    async with through_wire(open_store, mongo_url, retry=True) as (wire, store):
        reader = await watching(store)
        await committed(other, step("ada", 0))
        async with asyncio.timeout(30):
            assert await anext(reader) == Change("ada", 0, 1)
            for n in range(1, 4):
                await wire.go_down()
                await committed(other, step("ada", n))
                wire.is_down = False
                assert await anext(reader) == Change("ada", n, n + 1)


async def test_a_collection_put_in_another_ones_place_is_a_gap(open_store: Open) -> None:
    store = await open_store()
    reader = await watching(store)
    await committed(store, step("ada", 0))
    async with asyncio.timeout(20):
        assert await anext(reader) == Change("ada", 0, 1)
        await documents(store, ARTIFACT).drop()
        assert await anext(reader) == GAP
        # Each commit is followed by its change, or by a gap that came after it.
        change, version = GAP, 0
        while change == GAP:
            await stream_open(store)
            await committed(store, step("ada", version))
            version += 1
            change = await anext(reader)
        while change.version < version:
            following = await anext(reader)
            assert following.from_version == change.version
            change = following


async def test_an_engine_on_a_loop_of_its_own_is_watched_from_another(open_store: Open) -> None:
    store = await open_store()
    reader = await watching(store)
    answers: list[object] = []

    async def engine() -> None:
        await committed(store, step("ada", 0, "e1"))
        answers.append(await known(store, "ada", "e1"))
        await store.settle()

    thread = Thread(target=lambda: asyncio.run(engine()))
    thread.start()
    async with asyncio.timeout(20):
        assert await anext(reader) == Change("ada", 0, 1)
    while thread.is_alive():
        await asyncio.sleep(0.01)
    assert answers == [{"e1": 1}]
    assert [entry.n for entry in await store.history("ada")] == [1]
