"""How the engine's thread waits for work, and is woken by whoever brings some.

An event loop that sleeps is woken by way of the system's files, and needs two turns until it runs what waited; a
thread is woken at once, which is a twentieth of what a single event costs. Only a store that leaves tasks of its own on
the loop needs it to turn meanwhile.
"""

import asyncio
from queue import SimpleQueue
from typing import Protocol

from store.port import Store


class Bell(Protocol):
    """Rung from any thread; what rang before somebody waits still counts."""

    def ring(self) -> None:
        """Wake who waits."""

    async def wait(self) -> None:
        """Until it rings."""


class ThreadBell:
    """The thread sleeps, and its loop with it."""

    def __init__(self) -> None:
        self._rings: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """See Bell."""
        self._rings.put(None)

    async def wait(self) -> None:
        """See Bell."""
        self._rings.get()


class LoopBell:
    """The loop turns meanwhile. Made on the loop that waits."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """See Bell."""
        self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self) -> None:
        """See Bell."""
        await self._rung.wait()
        self._rung.clear()


def bell_for(store: Store) -> Bell:
    """The quickest one that the store bears."""
    return LoopBell() if store.restless else ThreadBell()
