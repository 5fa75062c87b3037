"""What only a network, a second process and a server with a memory of its own can show."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from bson import Timestamp

from artifact.errors import ErrorCode, InputError
from artifact.instant import MINUTE, SECOND
from artifact.message import MessageState
from store.feed import GAP
from store.mongo import MongoStore, commits, flusher, layout, reading
from store.mongo.clock import ServerClock
from store.mongo.documents import Step, step_of
from store.mongo.flusher import Tail, tail_of
from store.mongo.layout import ARTIFACT, ENTRY, MESSAGE, SNAPSHOT
from store.port import Change, CommitResult, MessageFilter, Totals
from tests.store.making import NOON, committed, known, message_row, step, with_state
from tests.store.mongo_server import elapsed, is_stand_in, stream_open, watching
from tests.store.proxy import Wire, wire_to

pytestmark = pytest.mark.xdist_group("mongo")

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT
Open = Callable[..., Awaitable[MongoStore]]
Document = dict[str, Any]


@pytest.fixture
async def open_store(mongo_url: str, database_name: str) -> AsyncIterator[Open]:
    """Opens as many stores on the test's database as it likes: each stands for a process."""
    stores: list[MongoStore] = []

    async def open_one(url: str = mongo_url) -> MongoStore:
        store = await MongoStore.open(url, elapsed, database=database_name)
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        await store.close()


def documents(store: MongoStore, name: str) -> Any:
    """A collection, past the store."""
    return store._clients.database()[name]


def without_flusher(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store._flusher, "add", lambda tails: None)


async def tails_of(store: MongoStore, id: str) -> list[Tail]:
    found = await documents(store, ARTIFACT).find_one({"_id": id})
    return [Tail(id, found["slot"], tail["by"], tail) for tail in found["tail"]]


async def whole(store: MongoStore, id: str, version: int) -> None:
    """The log has no hole and no double, wherever its entries are."""
    assert [entry.n for entry in await store.history(id, limit=10**6)] == list(range(1, version + 1))
    copies = [document["n"] async for document in documents(store, ENTRY).find({"customer": id})]
    assert len(copies) == len(set(copies))


@asynccontextmanager
async def through_wire(open_store: Open, url: str, *, retry: bool) -> AsyncIterator[tuple[Wire, MongoStore]]:
    options = {"retryWrites": str(retry).lower(), "retryReads": "false"}
    async with wire_to(url, **options) as (wire, address):
        store = await open_store(address)
        yield wire, store
        # Before the wire goes, or closing would wait for a server that is away.
        await store.close()


async def fail_next(store: MongoStore, data: Document) -> None:
    """Let the server answer one command with a fault."""
    admin = documents(store, ARTIFACT).database.client.admin
    await admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=data)


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


async def test_an_operator_finds_customers_by_what_is_going_on(open_store: Open) -> None:
    store = await open_store()
    await committed(store, step("ada", 0, due=NOON))
    found = await documents(store, ARTIFACT).find_one({"summary.kind": "CUSTOMER", "summary.messages": 0})
    assert found["_id"] == "ada"
    assert isinstance(found["at"], datetime)
    assert found["slot"] == layout.slot_of("ada")


async def test_a_commit_waits_while_too_many_copies_are_owed(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    monkeypatch.setattr(flusher, "BACKLOG", 3)
    for n in range(30):
        await committed(store, step("ada", n))
        assert len(await tails_of(store, "ada")) <= 5


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


async def test_a_layout_newer_than_ours_is_refused(open_store: Open) -> None:
    store = await open_store()
    await documents(store, layout.META).update_one({"_id": "layout"}, {"$set": {"schema": 99}})
    with pytest.raises(InputError) as refused:
        await open_store()
    assert refused.value.code is ErrorCode.STORE_NEWER


async def test_a_server_without_replica_set_is_refused() -> None:
    class Alone:
        client = property(lambda self: self)
        admin = property(lambda self: self)

        async def command(self, name: str) -> Document:
            return {"isWritablePrimary": True, "ok": 1.0}

    with pytest.raises(InputError) as refused:
        await layout.prepare(Alone())
    assert refused.value.code is ErrorCode.STORE_INVALID


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(InputError) as refused:
        await MongoStore.open("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", elapsed)
    assert refused.value.code is ErrorCode.STORE_UNAVAILABLE


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


def test_the_clock_carries_the_servers_on_and_says_when_it_is_stale() -> None:
    elapsed_now = 100 * SECOND
    clock = ServerClock(lambda: elapsed_now)
    clock.take({"localTime": datetime(2026, 11, 21, 9, 0), "operationTime": Timestamp(5, 1)})
    start = clock.now()
    elapsed_now += 30 * SECOND
    assert clock.now() == start + 30 * SECOND
    assert not clock.is_stale
    elapsed_now += 31 * SECOND
    assert clock.is_stale


def test_the_slot_of_a_customer_never_changes() -> None:
    """It is the shard key: another function would look for everyone in the wrong place."""
    # 0x31C3 is the published check value of CRC-16/XMODEM for these digits.
    assert layout.slot_of("123456789") == 0x31C3 % 1024
    assert [layout.slot_of(id) for id in ("ada", "bea", "\u00e4\U0001f600")] == [818, 339, 61]
