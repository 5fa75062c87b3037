"""The passing of time as dispatch knows it, so that a test can let it pass.

What is due is judged by the store's clock. This one only measures how long something took, and waits.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes back, and a way to wait by it."""

    def monotonic(self) -> float:
        """Seconds since some moment."""

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""

    def jitter(self) -> float:
        """Seconds by which to come later than said, so that many processes do not come as one."""


class SystemClock:
    """The clock of the machine. `jitter` is drawn anew for each wait."""

    def __init__(self, jitter: Callable[[], float] = lambda: 0.0) -> None:
        self._jitter = jitter

    def monotonic(self) -> float:
        """See Clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See Clock."""
        await asyncio.sleep(seconds)

    def jitter(self) -> float:
        """See Clock."""
        return self._jitter()
