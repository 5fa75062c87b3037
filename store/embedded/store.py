"""The embedded store: one SQLite file, one writer, nothing to install.

Its methods are coroutines that never suspend: the engine's loop is the engine-and-writer thread, and a read takes
less than handing it to another thread would. Writes go through one connection (store.embedded.writer), reads of the
service through others.

It refuses a second service on its file, and any file that is not its own.
"""

import heapq
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from artifact.customer import Artifact, Snapshot
from artifact.decision import Entry
from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from store.checks import change_of, check_commit, outdated
from store.codec import decode_entry, decode_message, decode_snapshot
from store.embedded import sql
from store.embedded.lock import ServiceLock
from store.embedded.readers import Readers
from store.embedded.writer import Writer, artifact_of
from store.feed import GAP, Feed, Reader
from store.listing import Place, page_of, place_after, place_of
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

LAST_NUMBER = 2**63 - 1


class EmbeddedStore:
    """The port over one file. Made by `open`."""

    shared = False
    restless = False

    def __init__(
        self,
        clock: Callable[[], Instant],
        readers: Readers,
        writer: Writer | None = None,
        lock: ServiceLock | None = None,
    ) -> None:
        self._clock = clock
        self._readers = readers
        self._writer = writer
        self._lock = lock
        self._feed = Feed()

    @classmethod
    def open(
        cls, path: str | Path, clock: Callable[[], Instant], *, read_only: bool = False
    ) -> "EmbeddedStore":
        """Open the file, or create it.

        `read_only` needs a file that is there, may stand beside a running service, and cannot watch. Raises
        InputError STORE_IN_USE, STORE_NEWER, STORE_OLDER, STORE_INVALID or STORE_UNAVAILABLE.
        """
        path = Path(path)
        if read_only:
            return cls(clock, Readers(path))
        with ExitStack() as undo:
            lock = ServiceLock(path)
            undo.callback(lock.release)
            writer = Writer(path)
            undo.callback(writer.close)
            store = cls(clock, Readers(path), writer, lock)
            undo.pop_all()
        return store

    def now(self) -> Instant:
        """The clock that the store was opened with."""
        return self._clock()

    async def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """See the port."""
        return self._writing().load(wants)

    async def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """See the port. Watchers are told after the fsync, never before it."""
        for commit in commits:
            check_commit(commit)
        try:
            results = self._writing().commit(commits)
        except InputError:
            # A fault while syncing leaves open whether the group is durable; who watches must look again.
            self._feed.publish([GAP])
            raise
        written = zip(commits, results, strict=True)
        self._feed.publish([change_of(c) for c, result in written if result is CommitResult.COMMITTED])
        return results

    async def artifact(self, customer_id: str) -> Artifact | None:
        """See the port."""
        row = self._row(sql.ARTIFACT, customer_id)
        return artifact_of(customer_id, row) if row else None

    async def history(self, customer_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """See the port."""
        return [decode_entry(body) for (body,) in self._rows(sql.HISTORY, customer_id, after, limit)]

    async def snapshots(self, customer_id: str) -> list[int]:
        """See the port."""
        return [n for (n,) in self._rows(sql.SNAPSHOTS, customer_id)]

    async def snapshot(self, customer_id: str, n: int) -> Snapshot | None:
        """See the port."""
        row = self._row(sql.SNAPSHOT, customer_id, n)
        return decode_snapshot(row[1], n, row[0], row[2]) if row else None

    async def events(self, customer_id: str, source: str, id: str) -> Entry | None:
        """See the port."""
        row = self._row(sql.EVENT, customer_id, source, id)
        return decode_entry(row[0]) if row else None

    async def customers(self, after: str | None = None, limit: int = 100) -> Page[str]:
        """See the port."""
        found = tuple(id for (id,) in self._rows(sql.CUSTOMERS, after or "", limit + 1))
        return Page(found[:limit], after=found[limit - 1] if len(found) > limit else None)

    async def due(self, until: Instant, limit: int) -> list[Due]:
        """See the port."""
        return [Due(id, due) for id, due in self._rows(sql.DUE, until, limit)]

    async def behind(self, epoch: int, limit: int) -> list[str]:
        """See the port."""
        return [id for (id,) in self._rows(sql.BEHIND, epoch, limit)]

    async def followed(self, epoch: int) -> Followed:
        """See the port."""
        return Followed(*self._rows(sql.FOLLOWED, epoch)[0])

    async def message(self, id: str) -> MessageRow | None:
        """See the port."""
        row = self._row(sql.MESSAGE, id)
        return _message_row(row) if row else None

    async def messages(self, where: MessageFilter, first: int, after: str | None = None) -> Page[MessageRow]:
        """See the port. One ordered listing per state, merged, so that each can follow an index."""
        place = place_after(where, after)
        states = [None] if where.states is None else sorted(set(where.states))
        listings = [self._listing(where, state, place, first + 1) for state in states]
        return page_of(where, heapq.merge(*listings, key=place_of), first)

    def _listing(
        self, where: MessageFilter, state: str | None, place: Place | None, limit: int
    ) -> list[MessageRow]:
        text, bindings = sql.message_listing(where, state, place, limit)
        return [_message_row(row) for row in self._rows(text, *bindings)]

    async def save_rulebook(
        self, text: str, author: str, id: str, revision: str | None, newest: int | None = None
    ) -> RulebookRow:
        """See the port."""
        self._writing().save_rulebook(RulebookRow(id, 0, text, author, self.now(), revision), newest)
        saved = await self.rulebook(id)
        if saved is None:
            raise outdated()
        return saved

    async def rulebook(self, id: str) -> RulebookRow | None:
        """See the port."""
        row = self._row(sql.RULEBOOK, id)
        return RulebookRow(*row) if row else None

    async def rulebooks(self, first: int, after: int | None = None) -> list[RulebookRow]:
        """See the port."""
        end = LAST_NUMBER if after is None else after
        return [RulebookRow(*row) for row in self._rows(sql.RULEBOOKS, end, first)]

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
        publication = Publication(expected_epoch + 1, rulebook_id, revision, effective_at, actor, call)
        return publication if self._writing().publish(publication) else None

    async def publications(self) -> list[Publication]:
        """See the port."""
        return [Publication(*row) for row in self._rows(sql.PUBLICATIONS)]

    def watch(self, concerns: Concerns = anything) -> Reader:
        """See the port."""
        self._writing()
        return self._feed.watch(concerns)

    async def totals(self) -> Totals:
        """See the port."""
        return Totals(*self._rows(sql.TOTALS)[0])

    async def close(self) -> None:
        """Close the file; the write-ahead log is folded into it."""
        self._feed.close()
        self._readers.close()
        if self._writer:
            self._writer.close()
        if self._lock:
            self._lock.release()

    def _writing(self) -> Writer:
        if self._writer is None:
            raise InputError(
                ErrorCode.STORE_UNAVAILABLE,
                "the store is open for reading only",
                help="ask the service that has it open for writing",
            )
        return self._writer

    def _rows(self, text: str, *bindings: Any) -> list[Any]:
        with self._readers.one() as connection:
            return connection.execute(text, bindings).fetchall()

    def _row(self, text: str, *bindings: Any) -> Any:
        rows = self._rows(text, *bindings)
        return rows[0] if rows else None


def _message_row(row: tuple[str, str, int, bytes]) -> MessageRow:
    id, customer_id, n, body = row
    return MessageRow(id, customer_id, n, decode_message(body))
