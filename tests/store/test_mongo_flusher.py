"""Tail and log together have no hole and no double, whoever dies when."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event, Thread
from typing import Any

import pytest

from artifact.instant import MINUTE
from artifact.message import MessageState
from store.mongo import flusher, layout, reading
from store.mongo.clock import ServerClock
from store.mongo.documents import step_of
from store.mongo.flusher import tail_of
from store.mongo.layout import ARTIFACT, ENTRY, MESSAGE, SNAPSHOT
from store.port import MessageFilter, Totals
from tests.store.making import NOON, committed, known, message_row, step, with_state
from tests.store.mongo_peek import Open, documents, tails_of, whole, without_flusher

pytestmark = pytest.mark.xdist_group("mongo")


@pytest.mark.parametrize("stage", ["before copying", "amid copying", "between copy and drop"])
async def test_a_flusher_that_was_killed_leaves_no_hole_and_no_double(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    dead, living = await open_store(), await open_store()
    without_flusher(dead, monkeypatch)
    row = message_row("ada", "m1", 1)
    newer = with_state(row, 3, MessageState.READY)
    await committed(dead, step("ada", 0, "e1", "e2", messages=[row], snapshot=True))
    await committed(dead, step("ada", 2, "e3", messages=[newer], snapshot=True))
    database = dead._clients.database()
    tails = await tails_of(dead, "ada")
    if stage == "amid copying":
        await flusher._insert(database, ENTRY, tails[1].documents["entries"])
        await flusher._replace_older(database, tails[0].documents["messages"])
    elif stage == "between copy and drop":
        await flusher.copy(database, tails)

    async def check() -> None:
        await whole(living, "ada", 3)
        assert await known(living, "ada", "e1", "e2", "e3") == {"e1": 1, "e2": 2, "e3": 3}
        assert await living.message("m1") == newer
        assert (await living.messages(MessageFilter(), 5)).items == (newer,)
        ready, waiting = (MessageFilter(states=(s,)) for s in (MessageState.READY, MessageState.WAITING))
        assert (await living.messages(ready, 5)).items == (newer,)
        assert (await living.messages(waiting, 5)).items == ()
        assert await living.snapshots("ada") == [2, 3]
        assert await living.totals() == Totals(1, 3, 1)

    await check()
    await living._flusher.sweep(NOON + 30 * MINUTE)
    await living.settle()
    found = await documents(living, ARTIFACT).find_one({"_id": "ada"})
    assert found["tail"] == []
    assert "pending" not in found
    assert await documents(living, ENTRY).count_documents({}) == 3
    assert await documents(living, SNAPSHOT).count_documents({}) == 2
    assert await documents(living, MESSAGE).count_documents({}) == 1
    await check()


async def test_a_drop_takes_only_what_was_copied(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, living = await open_store(), await open_store()
    without_flusher(dead, monkeypatch)
    await committed(dead, step("ada", 0, "e1"))
    await committed(living, step("ada", 1, "e2"))
    await living.settle()
    assert [tail.documents["entries"][0]["n"] for tail in await tails_of(living, "ada")] == [1]
    await whole(living, "ada", 2)


async def test_an_older_state_of_a_message_never_replaces_a_newer_copy(open_store: Open) -> None:
    store = await open_store()
    row = message_row("ada", "m1", 1)
    steps = [step_of(step("ada", 0, messages=[row]))]
    steps.append(step_of(step("ada", 1, messages=[with_state(row, 2, MessageState.READY)])))
    database = store._clients.database()
    for late in (1, 0, 1, 0):
        await flusher.copy(database, [tail_of(steps[late])])
    found = await documents(store, MESSAGE).find_one({"_id": "m1"})
    assert (found["n"], found["state"]) == (2, "READY")


@pytest.mark.parametrize("slip_first", [True, False])
async def test_an_event_that_slips_from_tail_to_log_amid_a_read_is_seen(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, slip_first: bool
) -> None:
    store, other = await open_store(), await open_store()
    without_flusher(store, monkeypatch)
    await committed(store, step("ada", 0, "e1", "e2", messages=[message_row("ada", "m1", 1)], snapshot=True))

    async def slip() -> None:
        await other._flusher.sweep(NOON + 30 * MINUTE)
        await other.settle()

    in_log, document_of, tail_messages = reading._in_log, reading.document_of, reading._tail_messages

    async def slip_around_log(*given: Any) -> Any:
        # After it too: whoever asks the log first must be caught as well.
        if slip_first:
            await slip()
        found = await in_log(*given)
        await slip()
        return found

    async def slip_after_document(*given: Any) -> Any:
        found = await document_of(*given)
        await slip()
        return found

    async def slip_after_tails(*given: Any) -> Any:
        found = await tail_messages(*given)
        await slip()
        return found

    monkeypatch.setattr(reading, "_in_log", slip_around_log)
    monkeypatch.setattr(reading, "document_of", slip_after_document)
    monkeypatch.setattr(reading, "_tail_messages", slip_after_tails)
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: known(store, "ada", "e1", "e2"),
        lambda: store.history("ada"),
        lambda: store.snapshots("ada"),
        lambda: store.messages(MessageFilter(), 5),
        lambda: store.message("m1"),
        store.totals,
    ]
    before = []
    for n, ask in enumerate(asks):
        before.append(await ask())
        assert await ask() == before[-1], n
        # Back into the tail, so that the next question meets the slip too.
        await documents(store, ARTIFACT).delete_many({})
        for name in (ENTRY, SNAPSHOT, MESSAGE):
            await documents(store, name).delete_many({})
        again = step("ada", 0, "e1", "e2", messages=[message_row("ada", "m1", 1)], snapshot=True)
        await committed(store, again)
    assert before[0] == {"e1": 1, "e2": 2}
    assert before[-1] == Totals(1, 2, 1)


async def test_a_contradiction_in_the_log_stays_with_its_customer(
    open_store: Open, caplog: pytest.LogCaptureFixture
) -> None:
    store = await open_store()
    foreign = {"_id": "odd", "slot": layout.slot_of("ada"), "customer": "ada", "n": 1, "by": None}
    await documents(store, ENTRY).insert_one(foreign)
    await committed(store, step("ada", 0, "e1"), step("bea", 0, "e1"))
    await store.settle()
    assert "ada" in caplog.text
    assert len(await tails_of(store, "ada")) == 1
    assert await tails_of(store, "bea") == []
    assert await known(store, "ada", "e1") == {"e1": 1}


async def test_a_commit_waits_while_too_many_copies_are_owed(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    monkeypatch.setattr(flusher, "BACKLOG", 3)
    for n in range(30):
        await committed(store, step("ada", n))
        assert len(await tails_of(store, "ada")) <= 5


async def test_a_commit_waits_for_copies_that_another_loop_makes(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    asyncio.get_running_loop().set_debug(True)
    monkeypatch.setattr(flusher, "BACKLOG", 0)
    tail = tail_of(step_of(step("ada", 0)))

    async def copy() -> None:
        store._flusher.add([tail])
        assert store._flusher._task is not None
        begun.set()
        await store._flusher._task

    begun = Event()
    other = Thread(target=asyncio.run, args=(copy(),))
    other.start()
    await asyncio.to_thread(begun.wait)
    async with asyncio.timeout(10):
        await store._flusher.room()
    assert store._flusher._waiting == []
    await asyncio.to_thread(other.join)


async def test_tails_of_the_dead_are_found_by_the_upkeep(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, living = await open_store(), await open_store()
    without_flusher(dead, monkeypatch)
    await committed(dead, step("ada", 0, "e1"))
    monkeypatch.setattr(living._clock, "now", lambda: NOON + 30 * MINUTE)
    monkeypatch.setattr(ServerClock, "is_stale", True)
    assert await living.artifact("bea") is None
    assert living._upkeep is not None
    monkeypatch.setattr(ServerClock, "is_stale", False)
    await living._upkeep
    await living.settle()
    assert await tails_of(living, "ada") == []
