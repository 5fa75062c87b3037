"""A machine that plays any sequence of steps on a store and on a model of dictionaries and lists, side by side.

The contract names what must hold in chosen cases; this looks for the case nobody chose. A store subclasses
StoreMachine and says how it is opened, and whether it outlives closing.
"""

import asyncio
from abc import abstractmethod
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from artifact.customer import Artifact
from artifact.decision import Entry
from artifact.event import EventKey
from artifact.message import MessageState
from store.listing import lets_through, place_of
from store.port import (
    Change,
    Commit,
    CommitResult,
    MessageFilter,
    MessageRow,
    Publication,
    RulebookRow,
    Store,
    Totals,
    Want,
)
from tests.store.making import NOON, SOURCE, message_row, step

T = TypeVar("T")

CUSTOMERS = ("ada", "bea", "cle\u00f4")
STATES = (MessageState.WAITING, MessageState.READY, MessageState.EXPIRED)
customers = st.sampled_from(CUSTOMERS)
instants = st.none() | st.integers(NOON - 3, NOON + 3)
drafts = st.fixed_dictionaries(
    {
        "customer": customers,
        # Mostly the right version; else one that is behind or ahead.
        "off": st.sampled_from([0, 0, 0, 0, -1, 1]),
        "entries": st.lists(st.booleans(), min_size=1, max_size=3),
        "messages": st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from(STATES), st.sampled_from([None, "R1"])), max_size=2
        ),
        "due": instants,
        "epoch": st.integers(0, 2),
        "snapshot": st.booleans(),
    }
)
filters = st.builds(
    MessageFilter,
    customer_id=st.none() | customers,
    states=st.none() | st.lists(st.sampled_from(STATES), max_size=2).map(tuple),
    rule=st.sampled_from([None, "R1"]),
    since=instants,
    before=instants,
)


class StoreMachine(RuleBasedStateMachine):
    """The store, and what it ought to hold."""

    @abstractmethod
    async def open(self) -> Store:
        """A fresh store; the same one again after `close` if it outlives that."""

    async def watching(self) -> AsyncIterator[Change]:
        """A reader of the store."""
        return self.store.watch()

    outlives_closing = False

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.artifacts: dict[str, Artifact] = {}
        self.logs: defaultdict[str, list[Entry]] = defaultdict(list)
        self.snapshots: defaultdict[str, list[int]] = defaultdict(list)
        self.rows: dict[str, MessageRow] = {}
        self.rulebooks: list[RulebookRow] = []
        self.publications: list[Publication] = []
        self.events = 0
        self.watched: dict[str, int] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.store = self.run(self.open())
        self.run(self._watch())

    async def _watch(self) -> None:
        self.reader = await self.watching()
        self.watched = {id: artifact.version for id, artifact in self.artifacts.items()}

    @rule(group=st.lists(drafts, min_size=1, max_size=4))
    def commit(self, group: list[dict[str, Any]]) -> None:
        # Versions are taken before the group, so two drafts of one customer contend.
        commits = [self._commit_of(draft) for draft in group]
        answers = self.run(self.store.commit(commits))
        expected = [self._expect(commit) for commit in commits]
        assert answers == expected

    def _commit_of(self, draft: dict[str, Any]) -> Commit:
        customer = draft["customer"]
        artifact = self.artifacts.get(customer)
        version = max(0, (artifact.version if artifact else 0) + draft["off"])
        events: list[str | None] = []
        for is_event in draft["entries"]:
            self.events += 1
            events.append(f"e{self.events}" if is_event else None)
        rows = [
            message_row(
                customer, f"{customer}-{i}", version + 1, received_at=NOON + i, state=state, rule=name
            )
            for i, state, name in draft["messages"]
        ]
        return step(
            customer,
            version,
            *events,
            messages=rows,
            due=draft["due"],
            epoch=draft["epoch"],
            snapshot=draft["snapshot"],
        )

    def _expect(self, commit: Commit) -> CommitResult:
        customer = commit.customer_id
        artifact = self.artifacts.get(customer)
        if (artifact.version if artifact else 0) != commit.expected_version:
            return CommitResult.CONFLICT
        self.artifacts[customer] = commit.artifact
        self.logs[customer] += commit.entries
        self.rows.update((row.id, row) for row in commit.messages)
        if commit.snapshot:
            self.snapshots[customer].append(commit.snapshot.n)
        return CommitResult.COMMITTED

    @rule(customer=customers)
    def load(self, customer: str) -> None:
        log = self.logs[customer]
        keys = (*(entry.event.key for entry in log if entry.event), EventKey(SOURCE, "never"))
        [loaded] = self.run(self.store.load([Want(customer, keys)]))
        assert loaded.artifact == self.artifacts.get(customer)
        assert {key: known.n for key, known in loaded.known.items()} == {
            entry.event.key: entry.n for entry in log if entry.event
        }

    @rule(customer=customers, after=st.integers(0, 6), limit=st.integers(1, 5))
    def history(self, customer: str, after: int, limit: int) -> None:
        found = self.run(self.store.history(customer, after, limit))
        assert found == self.logs[customer][after : after + limit]
        assert self.run(self.store.snapshots(customer)) == self.snapshots[customer]

    @rule(where=filters, first=st.integers(1, 4))
    def messages(self, where: MessageFilter, first: int) -> None:
        expected = sorted((row for row in self.rows.values() if lets_through(where, row)), key=place_of)
        found: list[MessageRow] = []
        after = None
        while after is not None or not found:
            page = self.run(self.store.messages(where, first, after))
            found += page.items
            after = page.after
            if after is None:
                break
        assert found == expected

    @rule(until=st.integers(NOON - 3, NOON + 3), epoch=st.integers(0, 3))
    def what_waits(self, until: int, epoch: int) -> None:
        due = self.run(self.store.due(until, 10))
        assert [row.due for row in due] == sorted(row.due for row in due)
        assert {row.customer_id: row.due for row in due} == {
            id: artifact.due
            for id, artifact in self.artifacts.items()
            if artifact.due is not None and artifact.due <= until
        }
        behind = {id for id, artifact in self.artifacts.items() if artifact.epoch < epoch}
        assert set(self.run(self.store.behind(epoch, 10))) == behind

    @rule(id=st.sampled_from("xyz"))
    def save(self, id: str) -> None:
        saved = self.run(self.store.save_rulebook(f"text of {id}", "eva", id, None))
        if all(row.id != id for row in self.rulebooks):
            assert saved.number == len(self.rulebooks) + 1
            self.rulebooks.append(saved)
        assert self.run(self.store.rulebooks(10)) == self.rulebooks[::-1]

    @rule(expected=st.integers(0, 3))
    def publish(self, expected: int) -> None:
        published = self.run(self.store.publish("x", "rev", NOON, "eva", expected))
        assert (published is not None) == (expected == len(self.publications))
        if published:
            self.publications.append(published)
        assert self.run(self.store.publications()) == self.publications

    @rule()
    def close_and_open_again(self) -> None:
        if self.outlives_closing:
            self.run(self._drain())
            self.run(self.store.close())
            self.begin()

    @invariant()
    def totals(self) -> None:
        if hasattr(self, "store"):
            entries = sum(map(len, self.logs.values()))
            assert self.run(self.store.totals()) == Totals(len(self.artifacts), entries, len(self.rows))
            assert self.run(self.store.customers()).items == tuple(sorted(self.artifacts))

    async def _drain(self) -> None:
        """Read the feed to its end: of every customer a chain without a hole, up to her version (I7)."""
        versions = {id: artifact.version for id, artifact in self.artifacts.items()}
        async with asyncio.timeout(30):
            while self.watched != versions:
                change = await anext(self.reader)
                assert not change.gap
                if change.version > self.watched.get(change.customer_id, 0):
                    assert change.from_version == self.watched.get(change.customer_id, 0)
                    self.watched[change.customer_id] = change.version

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self._drain())
            self.run(self.store.close())
        self.runner.close()
