"""One watcher of commits for the whole process, fanned out to whoever follows a customer.

What a follower has not taken yet is one number, the newest version: commits that come meanwhile coalesce into it, so
a slow reader costs nothing and never holds up who commits. One that is too far behind is told so (Lagged) instead of
being fed an ever larger difference. Refuses to remember: a follower reads the artifact after it has registered, and
what one has read, and worked out, the others of the same customer find until her next commit.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from artifact.customer import Artifact
from artifact.errors import ErrorCode, InputError
from store.port import Change, Store

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

T = TypeVar("T")


class Lagged(Exception):
    """A reader left too many commits unread. `cursor` is where it can go on."""

    def __init__(self, cursor: str = "") -> None:
        super().__init__("the reader fell too far behind")
        self.cursor = cursor


class Follower:
    """One subscription's mailbox: how far its customer has come."""

    def __init__(self, commits: int) -> None:
        self._room = commits
        self._unread = 0
        self._gap = False
        self._ended = False
        self._news = asyncio.Event()

    def tell(self, *, gap: bool) -> None:
        """There was a commit; `gap`: there may have been others unseen."""
        self._unread += 1
        self._gap = self._gap or gap
        self._news.set()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._news.set()

    async def take(self) -> bool:
        """Wait for a commit; True: some may have gone unseen.

        Raises Lagged for a reader too far behind, InputError STORE_UNAVAILABLE when the store is gone.
        """
        await self._news.wait()
        if self._ended:
            raise InputError(
                ErrorCode.STORE_UNAVAILABLE, "the store is closing", help="subscribe again later"
            )
        if self._unread > self._room:
            raise Lagged
        gap, self._gap, self._unread = self._gap, False, 0
        self._news.clear()
        return gap


class _Known:
    """A followed customer as last read, and what was worked out of it."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self.worked_out: dict[Hashable, Any] = {}


class Hub:
    """All followers of one store. `commits` is how many one of them may leave unread."""

    def __init__(self, store: Store, commits: int = 256) -> None:
        self._store = store
        # Watched from here on, not from when `run` is first scheduled: nothing may slip through between the two.
        self._changes = store.watch(self._is_followed)
        self._commits = commits
        self._followers: defaultdict[str, set[Follower]] = defaultdict(set)
        self._known: dict[str, _Known] = {}
        self._heard = 0
        self._ended = False

    def __len__(self) -> int:
        return sum(len(group) for group in self._followers.values())

    @contextmanager
    def follow(self, customer_id: str) -> Iterator[Follower]:
        """A follower of one customer's commits, from now on."""
        follower = Follower(self._commits)
        self._followers[customer_id].add(follower)
        if self._ended:
            follower.end()
        try:
            yield follower
        finally:
            group = self._followers[customer_id]
            group.discard(follower)
            if not group:
                del self._followers[customer_id]
                self._known.pop(customer_id, None)

    async def artifact(self, customer_id: str) -> Artifact | None:
        """A followed customer, at least as new as the last commit that her followers were told of."""
        known = self._known.get(customer_id)
        if known is not None:
            return known.artifact
        heard = self._heard
        found = await self._store.artifact(customer_id)
        if found is not None and heard == self._heard and customer_id in self._followers:
            self._known[customer_id] = _Known(found)
        return found

    def worked_out(self, newest: Artifact, what: Hashable, work: Callable[[], T]) -> T:
        """What is the same for all followers of a customer at this version: worked out by the first who asks."""
        known = self._known.get(newest.customer_id)
        if known is None or known.artifact.version != newest.version:
            return work()
        if what not in known.worked_out:
            known.worked_out[what] = work()
        return cast(T, known.worked_out[what])

    async def run(self) -> None:
        """Watch the store until it closes. A watcher that fails is replaced, then everybody told of a gap."""
        try:
            while not await self._watched():
                await asyncio.sleep(RETRY_SECONDS)
                self._changes = self._store.watch(self._is_followed)
                self._everybody_missed_something()
        except InputError as error:
            log.info("nothing more will be told: %s", error)
        finally:
            self._ended = True
            for follower in self._all():
                follower.end()

    async def _watched(self) -> bool:
        """Tell of commits until the store closes; False: the watcher failed."""
        try:
            async for change in self._changes:
                self._told(change)
        except Exception:
            log.exception("watching the store failed; beginning anew")
            return False
        return True

    def _is_followed(self, change: Change) -> bool:
        """Who is followed later reads her later, and finds this commit."""
        return change.customer_id in self._followers

    def _told(self, change: Change) -> None:
        self._heard += 1
        if change.gap and not change.customer_id:
            self._everybody_missed_something()
            return
        self._known.pop(change.customer_id, None)
        for follower in self._followers.get(change.customer_id, ()):
            follower.tell(gap=change.gap)

    def _everybody_missed_something(self) -> None:
        self._heard += 1
        self._known.clear()
        for follower in self._all():
            follower.tell(gap=True)

    def _all(self) -> list[Follower]:
        return [follower for group in self._followers.values() for follower in group]
