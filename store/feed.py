"""The fan-out of changes from the one who commits to everyone who watches, within one process.

`publish` is called from the engine's thread; it never waits, never raises and never grows: a reader holds a bounded
number of changes, and one that falls behind loses them all and is told so by one gap (I7). A reader that is dropped
without being closed is forgotten with its last reference.

It refuses to remember: whoever joins late reads the artifact first.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from threading import Lock
from weakref import ref

from store.checks import closed
from store.port import Change, Concerns, anything

CAPACITY = 4096
"""Changes that one reader may leave unread."""

GAP = Change(customer_id="", from_version=0, version=0, gap=True)
"""What stands for the changes that a reader missed. It names no customer: any may have changed."""

Waiter = asyncio.Future[None]


class Reader:
    """One watcher's queue: an async iterator that ends when it, or its feed, is closed."""

    def __init__(self, feed: "Feed", concerns: Concerns) -> None:
        self._feed = feed
        self._concerns = concerns
        self._unread: deque[Change] = deque()
        self._waiter: Waiter | None = None
        self._closed = False

    def __aiter__(self) -> "Reader":
        return self

    async def __anext__(self) -> Change:
        while True:
            with self._feed.lock:
                if self._unread:
                    return self._unread.popleft()
                if self._closed:
                    raise StopAsyncIteration
                self._waiter = waiter = asyncio.get_running_loop().create_future()
            await waiter

    async def aclose(self) -> None:
        """Leave the feed. A read that is under way ends."""
        self._feed.forget(self)

    def offer(self, changes: Sequence[Change], capacity: int) -> Waiter | None:
        """Take what concerns it, or a gap in the place of all; answers whom to wake. The feed's lock is held."""
        heard = [change for change in changes if change.gap or self._concerns(change)]
        if not heard:
            return None
        if len(self._unread) + len(heard) > capacity:
            self._unread.clear()
            self._unread.append(GAP)
        else:
            self._unread.extend(heard)
        return self._take_waiter()

    def end(self, *, unread: bool) -> Waiter | None:
        """Take no more changes, and keep those not read only if asked to. The feed's lock is held."""
        self._closed = True
        if not unread:
            self._unread.clear()
        return self._take_waiter()

    def _take_waiter(self) -> Waiter | None:
        waiter, self._waiter = self._waiter, None
        return waiter


class Feed:
    """All readers of one store."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.lock = Lock()
        self._capacity = capacity
        self._readers: list[ref[Reader]] = []
        self._closed = False

    def watch(self, concerns: Concerns = anything) -> Reader:
        """A reader of what is published from now on and concerns it. A closed feed has none."""
        reader = Reader(self, concerns)
        with self.lock:
            if self._closed:
                raise closed()
            self._readers.append(ref(reader))
        return reader

    def publish(self, changes: Sequence[Change]) -> None:
        """Hand the changes to every reader, from any thread."""
        with self.lock:
            waiters = [reader.offer(changes, self._capacity) for reader in self._present()]
        if any(waiters):
            _wake(waiters)

    def forget(self, reader: Reader) -> None:
        """Drop a reader and what it has not read."""
        with self.lock:
            self._readers = [kept for kept in self._readers if kept() is not reader]
            waiter = reader.end(unread=False)
        _wake([waiter])

    def close(self) -> None:
        """End every reader after what it has not read yet."""
        with self.lock:
            self._closed = True
            waiters = [reader.end(unread=True) for reader in self._present()]
            self._readers.clear()
        _wake(waiters)

    def __len__(self) -> int:
        with self.lock:
            return len(self._present())

    def _present(self) -> list[Reader]:
        """The readers that somebody still holds; the others are forgotten."""
        present = [reader for kept in self._readers if (reader := kept()) is not None]
        if len(present) < len(self._readers):
            self._readers = [ref(reader) for reader in present]
        return present


def _wake(waiters: Iterable[Waiter | None]) -> None:
    """Wake each loop once, however many of its readers wait."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[Waiter]] = defaultdict(list)
    for waiter in waiters:
        if waiter is not None:
            by_loop[waiter.get_loop()].append(waiter)
    for loop, sleepers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_release, sleepers)
        except RuntimeError:
            # The loop is closed, so its readers are gone: no matter of the one who publishes.
            continue


def _release(waiters: list[Waiter]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
