"""Work that must answer in time. Who hangs is told to stop and then left behind: nobody waits for it.

Refuses to trust a far side's own idea of a deadline, or that it heeds being cancelled.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from dispatch.clock import Clock

T = TypeVar("T")

_left_behind: set[asyncio.Task[Any]] = set()
"""Only so that a task which does not end is not lost to the garbage collector while it runs."""


async def within(work: Coroutine[Any, Any, T], seconds: float, clock: Clock) -> T:
    """What `work` answers. Raises TimeoutError past the time, else whatever it raises."""
    task, alarm = asyncio.ensure_future(work), asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        alarm.cancel()
        if not task.done():
            _leave_behind(task)
    if not task.done():
        raise TimeoutError
    if task.cancelled():
        raise ConnectionAbortedError("it was cancelled from within")
    return task.result()


def _leave_behind(task: asyncio.Task[Any]) -> None:
    _left_behind.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _left_behind.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nobody complains that nobody did
