"""A clock that stands still until it is told to go on: for the store, and for whoever waits by it."""

import asyncio
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from artifact.instant import SECOND, Instant, instant_of
from artifact.span import zone_of


def madrid(text: str, day: int = 23) -> Instant:
    """An instant of November 2026 on the clocks of Madrid; the 23rd is a Monday."""
    return instant_of(
        datetime.fromisoformat(f"2026-11-{day}T{text}").replace(tzinfo=zone_of("Europe/Madrid"))
    )


class StandingClock:
    """Store clock and dispatch clock in one."""

    def __init__(self, now: Instant) -> None:
        self._now = now
        self._order = count()
        self._sleepers: list[tuple[Instant, int, asyncio.Future[None]]] = []

    def now(self) -> Instant:
        return self._now

    def monotonic(self) -> float:
        return self._now / SECOND

    async def sleep(self, seconds: float) -> None:
        sleeper = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._now + round(seconds * SECOND), next(self._order), sleeper))
        await sleeper

    def jitter(self) -> float:
        return 0.0

    def alarms(self) -> list[Instant]:
        """When somebody wants to be woken, earliest first."""
        return sorted(at for at, _, sleeper in self._sleepers if not sleeper.done())

    def go(self, to: Instant) -> None:
        """It is that late now; whoever slept until then wakes."""
        self._now = max(to, self._now)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            sleeper = heappop(self._sleepers)[2]
            if not sleeper.done():
                sleeper.set_result(None)

    def pass_seconds(self, seconds: float) -> None:
        self.go(self._now + round(seconds * SECOND))
