"""The server's clock, read once in a while and carried on by a monotonic one.

The instant is a literal in every query: `$$NOW` would hide it from the log and from indexes. The offset is taken at
the end of the answer's way, so this clock is never ahead of the server's (I5).
"""

from collections.abc import Callable
from datetime import UTC

from bson import Timestamp

from artifact.instant import MINUTE, Instant, instant_of
from store.mongo.driver import Document

FRESH = MINUTE
"""How long an offset is believed. Two clocks part by some milliseconds in that time."""


class ServerClock:
    """`elapsed` answers microseconds of a clock that never jumps."""

    def __init__(self, elapsed: Callable[[], int]) -> None:
        self._elapsed = elapsed
        self._offset: Instant = 0
        self._read_at = 0
        self.operation_time: Timestamp | None = None
        """The server's logical time at the last reading: where a change stream may begin without a hole."""

    def take(self, greeting: Document) -> None:
        """Set the clock from an answer to `hello` that just arrived."""
        self._read_at = self._elapsed()
        # Commands answer naive datetimes, which are UTC, whatever the client was told.
        self._offset = instant_of(greeting["localTime"].replace(tzinfo=UTC)) - self._read_at
        self.operation_time = greeting.get("operationTime")

    def now(self) -> Instant:
        return self._offset + self._elapsed()

    @property
    def is_stale(self) -> bool:
        return self._elapsed() - self._read_at > FRESH
