"""The MongoDB store: one document per customer, for more than one machine.

Any number of processes may use one database: the compare-and-set on the customer's document decides (commits), log
copies are idempotent and follow behind it (flusher), reads see both (reading), and one change stream per process
feeds its watchers (stream).

It refuses a server without replica set, and a layout newer than its own.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from pymongo import DESCENDING
from pymongo.errors import PyMongoError

from artifact.customer import Artifact, Snapshot
from artifact.decision import Entry
from artifact.errors import InputError
from artifact.event import EventKey
from artifact.instant import Instant
from store.checks import check_commit
from store.feed import Reader
from store.mongo import reading, rulebooks
from store.mongo.clock import ServerClock
from store.mongo.commits import commit_step
from store.mongo.documents import (
    Step,
    artifact_of,
    publication_of,
    rulebook_of,
    step_of,
)
from store.mongo.driver import Clients, Connect, Database, motor_client
from store.mongo.faults import answering
from store.mongo.flusher import Flusher, tail_of
from store.mongo.layout import ARTIFACT, PUBLICATION, RULEBOOK, prepare
from store.mongo.stream import Stream
from store.port import (
    Commit,
    CommitResult,
    Concerns,
    Due,
    Followed,
    Loaded,
    MessageFilter,
    MessageRow,
    Page,
    Publication,
    RulebookRow,
    Totals,
    Want,
    anything,
)

_log = logging.getLogger(__name__)


class MongoStore:
    """The port over one database. Made by `open`."""

    shared = True
    restless = True

    def __init__(self, clients: Clients, clock: ServerClock) -> None:
        self._clients = clients
        self._clock = clock
        self._flusher = Flusher(clients)
        self._stream = Stream(clients, clock)
        self._upkeep: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        elapsed: Callable[[], int],
        *,
        database: str = "memento",
        connect: Connect = motor_client,
    ) -> "MongoStore":
        """Connect, check the server, make the layout.

        `elapsed` counts microseconds and never jumps; it carries the server's clock on between readings. `connect`
        picks the driver. Raises InputError STORE_INVALID, STORE_NEWER or STORE_UNAVAILABLE.
        """
        clients = Clients(url, database, connect)
        clock = ServerClock(elapsed)
        try:
            with answering():
                clock.take(await prepare(clients.database()))
        except BaseException:
            await clients.close()
            raise
        return cls(clients, clock)

    def now(self) -> Instant:
        """The server's clock."""
        return self._clock.now()

    async def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """See the port."""
        with answering():
            database = self._database()
            return await reading.load(database, wants) if wants else []

    async def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """See the port. Customers go side by side, steps of one customer one after another."""
        for commit in commits:
            check_commit(commit)
        steps: dict[str, list[tuple[int, Step]]] = {}
        for index, commit in enumerate(commits):
            steps.setdefault(commit.customer_id, []).append((index, step_of(commit)))
        with answering():
            database = self._database()
            await self._flusher.room()
            chains = [self._commit_chain(database, chain) for chain in steps.values()]
            # All of them end before any fault is raised: none may go on behind the caller's back.
            answers = await asyncio.gather(*chains, return_exceptions=True)
            results: dict[int, CommitResult] = {}
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
                results |= answer
        return [results[index] for index in range(len(commits))]

    async def _commit_chain(
        self, database: Database, steps: Sequence[tuple[int, Step]]
    ) -> dict[int, CommitResult]:
        results = {}
        for index, step in steps:
            results[index] = await commit_step(database, step)
            if results[index] is CommitResult.COMMITTED:
                self._flusher.add([tail_of(step)])
        return results

    async def artifact(self, customer_id: str) -> Artifact | None:
        """See the port."""
        with answering():
            fields = {"tail": 0, "summary": 0}
            found = await reading.document_of(self._database(), customer_id, fields)
        return artifact_of(found) if found else None

    async def history(self, customer_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """See the port."""
        with answering():
            return await reading.history(self._database(), customer_id, after, limit)

    async def snapshots(self, customer_id: str) -> list[int]:
        """See the port."""
        with answering():
            return await reading.snapshots(self._database(), customer_id)

    async def snapshot(self, customer_id: str, n: int) -> Snapshot | None:
        """See the port."""
        with answering():
            return await reading.snapshot(self._database(), customer_id, n)

    async def events(self, customer_id: str, source: str, id: str) -> Entry | None:
        """See the port."""
        with answering():
            return await reading.event(self._database(), customer_id, EventKey(source, id))

    async def customers(self, after: str | None = None, limit: int = 100) -> Page[str]:
        """See the port."""
        with answering():
            where = {} if after is None else {"_id": {"$gt": after}}
            cursor = self._database()[ARTIFACT].find(where, {"_id": 1}).sort("_id").limit(limit + 1)
            found = tuple([document["_id"] async for document in cursor])
        return Page(found[:limit], after=found[limit - 1] if len(found) > limit else None)

    async def due(self, until: Instant, limit: int) -> list[Due]:
        """See the port."""
        with answering():
            where = {"due": {"$exists": True, "$lte": until}}
            cursor = self._database()[ARTIFACT].find(where, {"due": 1}).sort("due").limit(limit)
            return [Due(document["_id"], document["due"]) async for document in cursor]

    async def behind(self, epoch: int, limit: int) -> list[str]:
        """See the port."""
        with answering():
            cursor = self._database()[ARTIFACT].find({"epoch": {"$lt": epoch}}, {"_id": 1})
            return [document["_id"] async for document in cursor.sort("epoch").limit(limit)]

    async def followed(self, epoch: int) -> Followed:
        """See the port."""
        with answering():
            return await reading.followed(self._database(), epoch)

    async def message(self, id: str) -> MessageRow | None:
        """See the port."""
        with answering():
            return await reading.message(self._database(), id)

    async def messages(self, where: MessageFilter, first: int, after: str | None = None) -> Page[MessageRow]:
        """See the port."""
        with answering():
            return await reading.messages(self._database(), where, first, after)

    async def save_rulebook(
        self, text: str, author: str, id: str, revision: str | None, newest: int | None = None
    ) -> RulebookRow:
        """See the port."""
        wanted = RulebookRow(id, 0, text, author, self.now(), revision)
        with answering():
            return await rulebooks.save_rulebook(self._database(), wanted, newest)

    async def rulebook(self, id: str) -> RulebookRow | None:
        """See the port."""
        with answering():
            found = await self._database()[RULEBOOK].find_one({"_id": id})
        return rulebook_of(found) if found else None

    async def rulebooks(self, first: int, after: int | None = None) -> list[RulebookRow]:
        """See the port."""
        with answering():
            where = {} if after is None else {"number": {"$lt": after}}
            cursor = self._database()[RULEBOOK].find(where).sort("number", DESCENDING).limit(first)
            return [rulebook_of(document) async for document in cursor]

    async def publish(
        self,
        rulebook_id: str,
        revision: str,
        effective_at: Instant,
        actor: str,
        expected_epoch: int,
        call: str = "",
    ) -> Publication | None:
        """See the port."""
        wanted = Publication(expected_epoch + 1, rulebook_id, revision, effective_at, actor, call)
        with answering():
            return await rulebooks.publish(self._database(), wanted)

    async def publications(self) -> list[Publication]:
        """See the port."""
        with answering():
            cursor = self._database()[PUBLICATION].find({}).sort("_id")
            return [publication_of(document) async for document in cursor]

    def watch(self, concerns: Concerns = anything) -> Reader:
        """See the port. Call it on a running loop: the change stream lives on the loop of its first reader."""
        return self._stream.watch(concerns)

    async def totals(self) -> Totals:
        """See the port."""
        with answering():
            return await reading.totals(self._database())

    async def settle(self) -> None:
        """Make all log copies that this process still owes. Nobody has to wait for it: reads see the tails."""
        with answering():
            await self._flusher.settle()

    async def close(self) -> None:
        """Make the copies that are owed, if the server answers, and leave."""
        self._stream.close()
        self._flusher.stop()
        try:
            await self.settle()
        except InputError:
            # The tails hold what was not copied; another process sweeps them up.
            pass
        await self._clients.close()

    def _database(self) -> Database:
        """The database for the running loop; once in a while it also starts the upkeep."""
        database = self._clients.database()
        if self._clock.is_stale and (self._upkeep is None or self._upkeep.done()):
            self._upkeep = asyncio.get_running_loop().create_task(self._keep(database), name="memento-upkeep")
        return database

    async def _keep(self, database: Database) -> None:
        """Read the server's clock again and look for tails that were left behind."""
        try:
            self._clock.take(await database.client.admin.command("hello"))
            await self._flusher.sweep(self.now())
        except (PyMongoError, InputError) as error:
            _log.warning("upkeep is put off: %s", error)
