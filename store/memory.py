"""A store in memory, for tests of those who build on Memento and for trying things out.

It keeps every promise of the port but one: what it acknowledged does not outlive the process. Artifacts are frozen,
so nothing is copied.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from itertools import islice
from threading import Lock

import msgspec

from artifact.customer import Artifact, Snapshot
from artifact.decision import Entry
from artifact.event import EventKey
from artifact.instant import Instant
from store.checks import change_of, check_commit, closed, outdated
from store.feed import Feed, Reader
from store.listing import Place, lets_through, page_of, place_after, place_of
from store.port import (
    Commit,
    CommitResult,
    Concerns,
    Due,
    Followed,
    Known,
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


class _Customer(msgspec.Struct):
    """All that is kept of one customer, her messages by id. Entry `n` stands at index n - 1."""

    artifact: Artifact
    log: list[Entry] = []
    events: dict[EventKey, int] = {}
    snapshots: dict[int, Snapshot] = {}
    messages: dict[str, MessageRow] = {}


class MemoryStore:
    """The port over dictionaries, safe to use from several threads."""

    shared = False
    restless = False

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._feed = Feed()
        self._customers: dict[str, _Customer] = {}
        self._ids: list[str] = []
        self._messages: dict[str, MessageRow] = {}
        self._places: list[Place] = []  # of all messages, in order; none until a listing asks for them
        self._rulebooks: list[RulebookRow] = []
        self._publications: list[Publication] = []
        self._closed = False

    def now(self) -> Instant:
        """The clock that the store was made with."""
        return self._clock()

    async def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """See the port."""
        with self._open():
            return [self._loaded(want) for want in wants]

    def _loaded(self, want: Want) -> Loaded:
        customer = self._customers.get(want.customer_id)
        if customer is None:
            return Loaded(None)
        known = {}
        for key in want.events:
            if n := customer.events.get(key):
                entry = customer.log[n - 1]
                known[key] = Known(n, entry.content or b"", entry.status)
        return Loaded(customer.artifact, known)

    async def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """See the port."""
        for commit in commits:
            check_commit(commit)
        with self._open():
            results = [self._committed(commit) for commit in commits]
            # Published under the lock, so that no reader sees a later version first.
            self._feed.publish(
                [
                    change_of(c)
                    for c, result in zip(commits, results, strict=True)
                    if result is CommitResult.COMMITTED
                ]
            )
        return results

    def _committed(self, commit: Commit) -> CommitResult:
        customer = self._customers.get(commit.customer_id)
        if (customer.artifact.version if customer else 0) != commit.expected_version:
            return CommitResult.CONFLICT
        if customer is None:
            customer = self._customers[commit.customer_id] = _Customer(commit.artifact)
            insort(self._ids, commit.customer_id)
        customer.artifact = commit.artifact
        customer.log.extend(commit.entries)
        customer.events.update((entry.event.key, entry.n) for entry in commit.entries if entry.event)
        if commit.snapshot:
            customer.snapshots[commit.snapshot.n] = commit.snapshot
        if rows := {row.id: row for row in commit.messages}:
            customer.messages.update(rows)
            self._messages.update(rows)
            self._places = []
        return CommitResult.COMMITTED

    async def artifact(self, customer_id: str) -> Artifact | None:
        """See the port."""
        with self._open():
            customer = self._customers.get(customer_id)
            return customer.artifact if customer else None

    async def history(self, customer_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """See the port."""
        with self._open():
            customer = self._customers.get(customer_id)
            return customer.log[after : after + limit] if customer else []

    async def snapshots(self, customer_id: str) -> list[int]:
        """See the port."""
        with self._open():
            customer = self._customers.get(customer_id)
            return sorted(customer.snapshots) if customer else []

    async def snapshot(self, customer_id: str, n: int) -> Snapshot | None:
        """See the port."""
        with self._open():
            customer = self._customers.get(customer_id)
            return customer.snapshots.get(n) if customer else None

    async def events(self, customer_id: str, source: str, id: str) -> Entry | None:
        """See the port."""
        with self._open():
            customer = self._customers.get(customer_id)
            n = customer.events.get(EventKey(source, id)) if customer else None
            return customer.log[n - 1] if customer and n else None

    async def customers(self, after: str | None = None, limit: int = 100) -> Page[str]:
        """See the port."""
        with self._open():
            start = 0 if after is None else bisect_right(self._ids, after)
            found = tuple(self._ids[start : start + limit])
            return Page(found, after=found[-1] if start + limit < len(self._ids) else None)

    async def due(self, until: Instant, limit: int) -> list[Due]:
        """See the port."""
        with self._open():
            found = (
                Due(customer.artifact.customer_id, customer.artifact.due)
                for customer in self._customers.values()
                if customer.artifact.due is not None and customer.artifact.due <= until
            )
            return nsmallest(limit, found, key=lambda due: due.due)

    async def behind(self, epoch: int, limit: int) -> list[str]:
        """See the port."""
        with self._open():
            return [id for id in self._ids if self._customers[id].artifact.epoch < epoch][:limit]

    async def followed(self, epoch: int) -> Followed:
        """See the port."""
        with self._open():
            found = [c.artifact for c in self._customers.values() if c.artifact.epoch >= epoch]
            changed = sum(one.changed for one in found if one.epoch == epoch)
            return Followed(len(found), changed, len(self._customers))

    async def message(self, id: str) -> MessageRow | None:
        """See the port."""
        with self._open():
            return self._messages.get(id)

    async def messages(self, where: MessageFilter, first: int, after: str | None = None) -> Page[MessageRow]:
        """See the port."""
        place = place_after(where, after)
        with self._open():
            places = self._places_asked(where)
            start = 0 if place is None else bisect_right(places, place)
            rows = (self._messages[id] for _, id in islice(places, start, None))
            return page_of(where, (row for row in rows if lets_through(where, row)), first)

    def _places_asked(self, where: MessageFilter) -> list[Place]:
        """The places, in order, of the rows that can meet a filter: of one customer, hers alone."""
        if where.customer_id is not None:
            customer = self._customers.get(where.customer_id)
            return sorted(map(place_of, customer.messages.values())) if customer else []
        if not self._places:
            self._places = sorted(map(place_of, self._messages.values()))
        return self._places

    async def save_rulebook(
        self, text: str, author: str, id: str, revision: str | None, newest: int | None = None
    ) -> RulebookRow:
        """See the port."""
        with self._open():
            for row in self._rulebooks:
                if row.id == id:
                    return row
            if newest is not None and newest != len(self._rulebooks):
                raise outdated()
            saved = RulebookRow(id, len(self._rulebooks) + 1, text, author, self.now(), revision)
            self._rulebooks.append(saved)
            return saved

    async def rulebook(self, id: str) -> RulebookRow | None:
        """See the port."""
        with self._open():
            return next((row for row in self._rulebooks if row.id == id), None)

    async def rulebooks(self, first: int, after: int | None = None) -> list[RulebookRow]:
        """See the port."""
        with self._open():
            end = len(self._rulebooks) if after is None else max(0, after - 1)
            return self._rulebooks[max(0, end - first) : end][::-1]

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
        with self._open():
            if len(self._publications) != expected_epoch:
                return None
            published = Publication(expected_epoch + 1, rulebook_id, revision, effective_at, actor, call)
            self._publications.append(published)
            return published

    async def publications(self) -> list[Publication]:
        """See the port."""
        with self._open():
            return list(self._publications)

    def watch(self, concerns: Concerns = anything) -> Reader:
        """See the port."""
        with self._open():
            return self._feed.watch(concerns)

    async def totals(self) -> Totals:
        """See the port."""
        with self._open():
            entries = sum(len(customer.log) for customer in self._customers.values())
            return Totals(len(self._customers), entries, len(self._messages))

    async def close(self) -> None:
        """See the port."""
        with self._lock:
            self._closed = True
        self._feed.close()

    @contextmanager
    def _open(self) -> Iterator[None]:
        """The lock, of a store that is not closed."""
        with self._lock:
            if self._closed:
                raise closed()
            yield
