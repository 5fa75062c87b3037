"""Deliveries that this process is busy with, each by itself: one that hangs keeps no other waiting.

Refuses to be busy with one delivery twice at the same time.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Flights:
    """Tasks by delivery key. `landed` is called whenever one has ended and no longer counts."""

    def __init__(self, landed: Callable[[], None]) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._landed = landed

    def begin(self, key: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start being busy with it."""
        if key in self._tasks:
            raise AssertionError(f"{key} is in flight already")
        task = self._tasks[key] = asyncio.create_task(work(), name=f"deliver {key}")
        task.add_done_callback(lambda done: self._land(key))

    def _land(self, key: str) -> None:
        del self._tasks[key]
        self._landed()

    def __contains__(self, key: object) -> bool:
        return key in self._tasks

    def __len__(self) -> int:
        return len(self._tasks)

    def tasks(self) -> set[asyncio.Task[None]]:
        """What is under way."""
        return set(self._tasks.values())
