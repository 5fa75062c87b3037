"""Looks past a MongoDB store at its documents, and breaks what lies between the two."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from store.mongo import MongoStore
from store.mongo.flusher import Tail
from store.mongo.layout import ARTIFACT, ENTRY
from tests.store.proxy import Wire, wire_to

Open = Callable[..., Awaitable[MongoStore]]
"""Opens a store on the test's database: each stands for a process."""

Document = dict[str, Any]


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
