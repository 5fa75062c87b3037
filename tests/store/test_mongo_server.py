"""What the store asks of a server, and what it shows to an operator."""

from datetime import datetime

import pytest
from bson import Timestamp

from artifact.errors import ErrorCode, InputError
from artifact.instant import SECOND
from store.mongo import MongoStore, layout
from store.mongo.clock import ServerClock
from store.mongo.layout import ARTIFACT
from tests.store.making import NOON, committed, step
from tests.store.mongo_peek import Document, Open, documents
from tests.store.mongo_server import elapsed

pytestmark = pytest.mark.xdist_group("mongo")


async def test_an_operator_finds_customers_by_what_is_going_on(open_store: Open) -> None:
    store = await open_store()
    await committed(store, step("ada", 0, due=NOON))
    found = await documents(store, ARTIFACT).find_one({"summary.kind": "CUSTOMER", "summary.messages": 0})
    assert found["_id"] == "ada"
    assert isinstance(found["at"], datetime)
    assert found["slot"] == layout.slot_of("ada")


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
