"""A publication on its way to all customers: the sweep that decides them anew, and how far it has got.

Progress is a question to the store and no state of ours: it is true in every process and after every kill. A slice is
small enough that what is ingested meanwhile hardly waits, and whoever is touched first is decided anew first, by the
kernel. Refuses to be held up by a customer that cannot be brought along: she is logged, left, and tried again only
when she is touched.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

import msgspec

from engine.books import Books, in_force
from store.port import Publication, Store

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.015
"""How long a slice may hold the engine; the next one is made larger or smaller after it."""
_SMALLEST, _LARGEST = 2, 64
_AHEAD = 256
"""Customers found by one question to the store: it costs as much as several of them."""


class RolloutState(StrEnum):
    """Where a publication stands on its way to all customers."""

    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    REPLACED = "REPLACED"


class Rollout(msgspec.Struct, frozen=True):
    """`total` customers are known, `done` of them decided under this publication or a later one.

    `changed` messages changed by it, of the customers who stand under it now.
    """

    publication: Publication
    state: RolloutState
    total: int
    done: int
    changed: int


async def rollout_of(store: Store, publication: Publication) -> Rollout:
    """How far a publication has got."""
    live = in_force(await store.publications(), store.now())
    followed = await store.followed(publication.epoch)
    state = _state(
        publication.epoch, live.epoch if live is not None else 0, followed.customers >= followed.total
    )
    done = min(followed.customers, followed.total)
    return Rollout(publication, state, followed.total, done, followed.changed)


def _state(epoch: int, live: int, all_done: bool) -> RolloutState:
    if epoch > live:
        return RolloutState.SCHEDULED
    if epoch < live:
        return RolloutState.REPLACED
    return RolloutState.DONE if all_done else RolloutState.RUNNING


class Sweep:
    """Brings everyone under the rulebook in force, a slice at a time. `wake` answers who could be brought there."""

    def __init__(
        self, store: Store, books: Books, wake: Callable[[Sequence[str]], Awaitable[frozenset[str]]]
    ) -> None:
        self._store = store
        self._books = books
        self._wake = wake
        self._size = _SMALLEST
        self._epoch = 0
        self._left: set[str] = set()
        self._found: deque[str] = deque()

    async def slice(self) -> int:
        """Bring the next few; how many there were. 0: nobody is left. What became of the slice before does not count."""
        self._books.turn(self._store.now())
        if self._epoch != self._books.epoch:
            self._epoch, self._left = self._books.epoch, set()
            self._found.clear()
        if not self._found:
            found = await self._store.behind(self._epoch, _AHEAD + len(self._left))
            self._found.extend(customer for customer in found if customer not in self._left)
        batch = [self._found.popleft() for _ in range(min(self._size, len(self._found)))]
        if batch:
            await self._bring(batch)
        return len(batch)

    async def _bring(self, batch: Sequence[str]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        brought = await self._wake(batch)
        took = loop.time() - began
        self._size = next_size(self._size, took)
        stuck = [customer for customer in batch if customer not in brought]
        if stuck:
            log.error("%d customers cannot follow publication %d: %s", len(stuck), self._epoch, stuck[:5])
            self._left.update(stuck)
        # As long as it worked it rests: what came in meanwhile is then not committed together with the next slice.
        await asyncio.sleep(min(took, SLICE_SECONDS))


def next_size(size: int, seconds: float) -> int:
    """Twice as many where there was time for them, half as many where it took too long."""
    if seconds > SLICE_SECONDS:
        return max(size // 2, _SMALLEST)
    return min(size * 2, _LARGEST) if seconds * 2 < SLICE_SECONDS else size
