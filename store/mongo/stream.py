"""One change stream per process, feeding everyone who watches.

It starts with the first reader, at a logical time that the server gave before, so nothing between is missed. A place
that the server no longer has (or a collection that was replaced) is announced as a gap, and the stream goes on from
now: it never loops on a dead place and never skips one in silence (I7).
"""

import asyncio
import logging
from typing import Any

from bson import Timestamp
from pymongo.errors import OperationFailure, PyMongoError

from store.feed import GAP, Feed, Reader
from store.mongo.clock import ServerClock
from store.mongo.driver import Clients, Document, settled
from store.mongo.faults import LOST_PLACE
from store.mongo.layout import ARTIFACT
from store.port import Change, Concerns, anything

PATIENCE_MS = 500
"""How long the server holds an empty answer back."""

PAUSE = 0.5

_PIPELINE: list[Document] = [
    {
        "$match": {
            "$or": [
                {"operationType": "insert"},
                {"updateDescription.updatedFields.version": {"$exists": True}},
                {"operationType": {"$in": ["replace", "drop", "rename", "dropDatabase", "invalidate"]}},
            ]
        }
    },
    {
        "$project": {
            "operationType": 1,
            "documentKey._id": 1,
            "fullDocument.version": 1,
            "fullDocument.due": 1,
            "updateDescription.updatedFields.version": 1,
            "updateDescription.updatedFields.previous": 1,
            "updateDescription.updatedFields.due": 1,
        }
    },
]

_log = logging.getLogger(__name__)


class Stream:
    """The stream and its readers."""

    def __init__(self, clients: Clients, clock: ServerClock) -> None:
        self._clients = clients
        self._clock = clock
        self._feed = Feed()
        self._token: Document | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether the server has told a place in the stream, from which on nothing is missed."""
        return self._token is not None

    def watch(self, concerns: Concerns = anything) -> Reader:
        """A reader of the commits from now on that concern it. Must be called on a running loop."""
        reader = self._feed.watch(concerns)
        if self._task is None or self._task.done() or self._task.get_loop().is_closed():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="memento-changes")
        return reader

    def close(self) -> None:
        """End all readers and the stream, from any thread."""
        self._closed = True
        self._feed.close()
        task = self._task
        if task is not None and not task.done() and not task.get_loop().is_closed():
            task.get_loop().call_soon_threadsafe(task.cancel)

    async def _run(self) -> None:
        start: dict[str, Any] = self._resumed() or {"start_at_operation_time": self._clock.operation_time}
        # A driver may answer a cancellation with a fault of its own, so the flag decides and not the exception.
        while not self._closed:
            try:
                await self._read(start)
                start = await self._begin_anew("the collection was replaced")
            except OperationFailure as error:
                if error.code in LOST_PLACE:
                    start = await self._begin_anew(str(error))
                else:
                    start = await self._wait_after(error) or start
            except PyMongoError as error:
                start = await self._wait_after(error) or start

    async def _read(self, start: dict[str, Any]) -> None:
        """Publish changes until the server ends the stream."""
        collection = self._clients.database()[ARTIFACT]
        stream = await settled(collection.watch(_PIPELINE, max_await_time_ms=PATIENCE_MS, **start))
        async with stream:
            self._token = stream.resume_token or self._token
            while stream.alive:
                document = await stream.try_next()
                if document is not None:
                    self._feed.publish([_change_of(document)])
                # Also while nothing comes: the place of a quiet collection would die of old age.
                self._token = stream.resume_token

    async def _begin_anew(self, why: str) -> dict[str, Any]:
        """Tell all readers of a gap, and a place from which nothing is missed after it."""
        _log.warning("the change stream lost its place, readers are told of a gap: %s", why)
        self._token = None
        begin: Timestamp | None = None
        while begin is None and not self._closed:
            try:
                greeting = await self._clients.database().client.admin.command("hello")
                begin = greeting["operationTime"]
            except PyMongoError as error:
                await self._wait_after(error)
        self._feed.publish([GAP])
        return {"start_at_operation_time": begin}

    def _resumed(self) -> dict[str, Any] | None:
        return None if self._token is None else {"resume_after": self._token}

    async def _wait_after(self, error: PyMongoError) -> dict[str, Any] | None:
        """Give the server time; answers where to go on."""
        if not self._closed:
            _log.warning("the change stream waits for the server: %s", error)
            await asyncio.sleep(PAUSE)
        return self._resumed()


def _change_of(document: Document) -> Change:
    kind = document["operationType"]
    if kind == "insert":
        made = document["fullDocument"]
        return Change(document["documentKey"]["_id"], 0, made["version"], due=made.get("due"))
    fields = document.get("updateDescription", {}).get("updatedFields", {})
    if kind == "update" and "previous" in fields:
        due = fields.get("due")  # told where it is another than before
        return Change(document["documentKey"]["_id"], fields["previous"], fields["version"], due=due)
    # Not our doing (a restore, an operator's hand): anything may have changed.
    return GAP
