"""Copies what was committed from the customers' documents to the log, and only then takes it out of them.

Copies are idempotent: entries and snapshots by their number, messages by "newer than what is there". A tail leaves
its document after its copies are acknowledged by a majority, by its token, so a tail of another process is never
dropped uncopied (I1). Killed at any point, the tail is still there and readers see tail and log together.

It runs in the background of the loop that commits. Tails that a dead process left behind are found by `sweep`.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence

import msgspec
from bson import ObjectId
from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from artifact.errors import InputError
from artifact.instant import SECOND, Instant
from store.mongo.documents import Step
from store.mongo.driver import Clients, Database, Document
from store.mongo.layout import ARTIFACT, ENTRY, MESSAGE, SNAPSHOT

BATCH = 64
BACKLOG = 1024
"""Steps that may wait for their copies before a commit waits for the flusher."""

SWEPT_AFTER = 60 * SECOND
"""Age at which a tail counts as left behind. Copying one that is not costs work, and nothing else."""

LINGER = 0.005
"""Seconds in which more steps may join the first one's copying."""

PAUSES = (0.1, 0.5, 2.0)
_DUPLICATE = 11000
_log = logging.getLogger(__name__)


class Tail(msgspec.Struct, frozen=True):
    """One step's copies to make, and the document that holds them until then."""

    customer_id: str
    slot: int
    token: ObjectId
    documents: Document


def tail_of(step: Step) -> Tail:
    return Tail(step.customer_id, step.slot, step.token, step.tail)


class ContradictionError(Exception):
    """The log holds something else where a copy belongs: a fault of ours that must not spread to other customers."""


class Flusher:
    """The queue of tails to copy, and the task that empties it.

    The queue is only a hint: the tails themselves are in the documents, and what is lost from it is swept up.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._waiting: list[Tail] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, tails: Iterable[Tail]) -> None:
        """Copy these in the background of the running loop."""
        self._waiting.extend(tails)
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run(), name="memento-flusher")

    async def room(self) -> None:
        """Wait while too much waits for its copies: a tail must not grow without bound.

        By looking again and again, for the task may be one of another loop: who asks for a sweep begins it on its own.
        """
        if len(self._waiting) > BACKLOG:
            self.add(())
        while len(self._waiting) > BACKLOG and self._task is not None and not self._task.done():  # noqa: ASYNC110 - an event is of one loop too
            await asyncio.sleep(LINGER)

    async def settle(self) -> None:
        """Copy and drop all that waits, now. Raises the driver's error where that fails."""
        while batch := self._waiting[:BATCH]:
            await _flush(self._clients.database(), batch)
            done = {tail.token for tail in batch}
            self._waiting = [tail for tail in self._waiting if tail.token not in done]

    async def sweep(self, now: Instant) -> None:
        """Find tails that nobody copies any more."""
        cutoff = {"pending": {"$exists": True}, "now": {"$lt": now - SWEPT_AFTER}}
        found = self._clients.database()[ARTIFACT].find(cutoff, {"slot": 1, "tail": 1}).limit(BACKLOG)
        async for document in found:
            left = [Tail(document["_id"], document["slot"], tail["by"], tail) for tail in document["tail"]]
            self.add(left)

    def stop(self) -> None:
        """End the background task, from any thread. What waits stays in the tails."""
        task = self._task
        if task is not None and not task.done() and not task.get_loop().is_closed():
            task.get_loop().call_soon_threadsafe(task.cancel)

    async def _run(self) -> None:
        await asyncio.sleep(LINGER)
        for pause in PAUSES:
            try:
                return await self.settle()
            except PyMongoError as error:
                _log.warning("log copies wait, the customers' documents hold them: %s", error)
                await asyncio.sleep(pause)
            except InputError:
                return None
        return None


async def _flush(database: Database, tails: Sequence[Tail]) -> None:
    try:
        await copy(database, tails)
        await drop(database, tails)
    except ContradictionError as error:
        if len(tails) == 1:
            _log.error("customer %s keeps her tail: %s", tails[0].customer_id, error)
            return
        for tail in tails:
            await _flush(database, [tail])


async def copy(database: Database, tails: Sequence[Tail]) -> None:
    """Bring the tails' documents into the log, wherever they are not there yet."""
    entries = [entry for tail in tails for entry in tail.documents["entries"]]
    snapshots = [tail.documents["snapshot"] for tail in tails if "snapshot" in tail.documents]
    messages = [message for tail in tails for message in tail.documents["messages"]]
    await _insert(database, ENTRY, entries)
    await _insert(database, SNAPSHOT, snapshots)
    await _replace_older(database, messages)


async def drop(database: Database, tails: Sequence[Tail]) -> None:
    """Take copied tails out of their documents, and `pending` with the last one."""
    tokens: dict[tuple[str, int], list[ObjectId]] = {}
    for tail in tails:
        tokens.setdefault((tail.customer_id, tail.slot), []).append(tail.token)
    updates = [UpdateOne({"_id": id, "slot": slot}, _without(by)) for (id, slot), by in tokens.items()]
    await database[ARTIFACT].bulk_write(updates, ordered=False)


def _without(tokens: list[ObjectId]) -> list[Document]:
    kept = {"$filter": {"input": "$tail", "cond": {"$not": [{"$in": ["$$this.by", tokens]}]}}}
    pending = {"$cond": [{"$eq": [{"$size": "$tail"}, 0]}, "$$REMOVE", "$pending"]}
    return [{"$set": {"tail": kept}}, {"$set": {"pending": pending}}]


async def _insert(database: Database, name: str, documents: list[Document]) -> None:
    if not documents:
        return
    try:
        await database[name].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        _only_duplicates(error)
        ids = [document["_id"] for document in documents]
        there = await database[name].count_documents(
            {"_id": {"$in": ids}, "slot": {"$in": _slots(documents)}}
        )
        if there != len(set(ids)):
            # Another index refused it: an event would stand in the log twice.
            raise ContradictionError(f"{name}: {error.details}"[:500]) from error


async def _replace_older(database: Database, messages: list[Document]) -> None:
    if not messages:
        return
    writes = [
        ReplaceOne(
            {name: message[name] for name in ("_id", "slot", "customer")} | {"n": {"$lt": message["n"]}},
            message,
            upsert=True,
        )
        for message in messages
    ]
    try:
        await database[MESSAGE].bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        # The insert of an upsert meets the id where a state as new is there already.
        _only_duplicates(error)


def _only_duplicates(error: BulkWriteError) -> None:
    """Raise the error again unless all it says is "already there", under a majority."""
    details = error.details or {}
    others = [fault for fault in details.get("writeErrors", []) if fault.get("code") != _DUPLICATE]
    if others or details.get("writeConcernErrors"):
        raise error


def _slots(documents: list[Document]) -> list[int]:
    return sorted({document["slot"] for document in documents})
