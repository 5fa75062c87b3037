"""The way into the engine's thread and back: work waits in line up to a bound and is taken in groups.

Going over to another thread and back costs as much as many an event: the engine is woken by the first who comes, and
each event loop once for all of its own who waited for a group. Refuses (TOO_BUSY) what there is no room for, so that
nothing dams up.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from engine.pipeline.kernel import Job


class Submission:
    """What one caller wants done, and the future on the caller's own loop that says that it was."""

    __slots__ = ("done", "jobs")

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Inbox:
    """Submissions in line. Filled from any thread, emptied by the engine's."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._line: deque[Submission] = deque()
        self._jobs = 0

    def put(self, submission: Submission) -> bool:
        """Stand in line; True: nobody stood there, so the engine may be asleep. Raises InputError TOO_BUSY."""
        with self._lock:
            if self._jobs + len(submission.jobs) > self._limits.queued_submissions:
                raise InputError(
                    ErrorCode.TOO_BUSY,
                    f"{self._jobs} pieces of work are queued already",
                    help="send again a little later",
                )
            self._line.append(submission)
            self._jobs += len(submission.jobs)
            return len(self._line) == 1

    def take(self) -> list[Submission]:
        """The next group; who gave up waiting before this is left out, later nobody can."""
        group: list[Submission] = []
        size = 0
        with self._lock:
            while self._line and (not group or size + len(self._line[0].jobs) <= self._limits.commit_events):
                submission = self._line.popleft()
                size += len(submission.jobs)
                if not submission.done.cancelled():
                    group.append(submission)
            self._jobs -= size
        return group


def answer(group: Sequence[Submission], fault: Exception | None) -> None:
    """Tell all who wait, each on the loop that it waits on."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
    for submission in group:
        by_loop[submission.done.get_loop()].append(submission.done)
    for loop, waiting in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, so nobody waits there any more
            loop.call_soon_threadsafe(_tell, waiting, fault)


def _tell(waiting: Sequence[asyncio.Future[None]], fault: Exception | None) -> None:
    for done in waiting:
        if done.done():
            continue
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(fault)
