"""The clocks that a store can be opened with: the machine's own, and one that a player moves.

The kernel never reads a clock; whoever opens a store gives it one, so that a whole service can run on virtual time.
"""

import time
from threading import Lock

from artifact.instant import Instant


def machine_clock() -> Instant:
    """What the machine takes for the time, in microseconds."""
    return time.time_ns() // 1_000


def machine_elapsed() -> int:
    """Microseconds since some instant; never jumps."""
    return time.monotonic_ns() // 1_000


class VirtualClock:
    """A clock that stands still until it is moved, or let go. It never goes back."""

    def __init__(self, start: Instant) -> None:
        self._lock = Lock()
        self._at = start
        self._since: int | None = None

    def __call__(self) -> Instant:
        with self._lock:
            return self._at if self._since is None else self._at + machine_elapsed() - self._since

    def move_to(self, instant: Instant) -> None:
        """Go to an instant, if it is ahead."""
        with self._lock:
            self._at = max(self._at, instant)

    def let_go(self) -> None:
        """From here on it runs at the pace of the world."""
        with self._lock:
            if self._since is None:
                self._since = machine_elapsed()
