"""The shim between this store and a MongoDB driver: the only module that names Motor or PyMongo's async client.

The two differ in a handful of calls, awaitable in one and plain in the other; `settled` takes both. A client is bound
to the event loop it was first used on, so there is one per running loop.
"""

import asyncio
from collections.abc import Callable
from inspect import isawaitable, iscoroutinefunction
from typing import Any
from weakref import WeakKeyDictionary

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from store.checks import closed

Document = dict[str, Any]
Client = Any
Database = Any
"""Of either driver: they answer to the same calls and share no type."""

Connect = Callable[[str], Client]

_OPTIONS: dict[str, Any] = {
    "appname": "memento",
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 20_000,
}
"""Unless the address says otherwise. Without the last a stalled server would be waited for without end."""

_MAJORITY = WriteConcern("majority", j=True, wtimeout=10_000)


def motor_client(url: str) -> Client:
    """A client of Motor."""
    return AsyncIOMotorClient(url, **_options(url))


def pymongo_client(url: str) -> Client:
    """A client of PyMongo's own asyncio API, Motor's successor."""
    return AsyncMongoClient(url, **_options(url))


def _options(url: str) -> dict[str, Any]:
    return {name: value for name, value in _OPTIONS.items() if f"{name.lower()}=" not in url.lower()}


async def settled(answer: Any) -> Any:
    """The answer of a call that one driver makes awaitable and the other does not."""
    return await answer if isawaitable(answer) else answer


class Clients:
    """One client per event loop, each closed on its own."""

    def __init__(self, url: str, database: str, connect: Connect) -> None:
        self._url = url
        self._name = database
        self._connect = connect
        self._databases: WeakKeyDictionary[asyncio.AbstractEventLoop, Database] = WeakKeyDictionary()
        self._closed = False

    def database(self) -> Database:
        """The database as the running loop reaches it: majority reads from the primary, journaled majority writes."""
        if self._closed:
            raise closed()
        loop = asyncio.get_running_loop()
        database = self._databases.get(loop)
        if database is None:
            database = self._databases[loop] = self._connect(self._url).get_database(
                self._name,
                read_concern=ReadConcern("majority"),
                write_concern=_MAJORITY,
                read_preference=ReadPreference.PRIMARY,
            )
        return database

    async def close(self) -> None:
        """Close every client."""
        self._closed = True
        here = asyncio.get_running_loop()
        for loop, database in list(self._databases.items()):
            if loop is here or loop.is_closed() or not loop.is_running():
                await _close(database.client)
            else:
                loop.call_soon_threadsafe(_close_there, database.client)
        self._databases.clear()


async def _close(client: Client) -> None:
    """Motor's closing is a plain call that talks to the server, so it must not hold the loop."""
    if iscoroutinefunction(client.close):
        await client.close()
    else:
        await asyncio.to_thread(client.close)


_closing: set[asyncio.Task[Any]] = set()
"""Keeps a closing alive until it is done."""


def _close_there(client: Client) -> None:
    task = asyncio.ensure_future(_close(client))
    _closing.add(task)
    task.add_done_callback(_closing.discard)
