"""How long something may take, at next to no cost for the many that are done long before.

`asyncio.timeout` sets a timer for each and takes it back, which was a fifth of what a small operation costs us. All who
wait on one Patience have the same time, so whoever began first is late first: one timer does for all. Refuses nothing
that asyncio's allows: who is cancelled by somebody else meanwhile is cancelled, not late.
"""

import asyncio


class Patience:
    """So many seconds for whatever is done in `with patience.turn():`, which raises TimeoutError past them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._line: _Line | None = None

    def turn(self) -> "Turn":
        """One that begins now, of the task that runs."""
        loop = asyncio.get_running_loop()
        if self._line is None or self._line.loop is not loop:
            self._line = _Line(loop, self._seconds)
        return Turn(self._line)


class Turn:
    """The time of one task."""

    __slots__ = ("_cancelled", "_line", "_task", "late")

    def __init__(self, line: "_Line") -> None:
        task = asyncio.current_task()
        assert task is not None, "only a task can be interrupted"
        self._task, self._cancelled = task, task.cancelling()
        self._line, self.late = line, False

    def __enter__(self) -> None:
        self._line.join(self)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not self.late:
            self._line.leave(self)
        elif self._task.uncancel() <= self._cancelled and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def interrupt(self) -> None:
        """Its time is over."""
        self.late = True
        self._task.cancel()


class _Line:
    """Turns under way on one loop, in the order in which they end, and the timer of the first."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._ends: dict[Turn, float] = {}
        self._watched = False

    def join(self, turn: Turn) -> None:
        self._ends[turn] = end = self.loop.time() + self._seconds
        if not self._watched:
            self._watch(end)

    def leave(self, turn: Turn) -> None:
        # Its timer stays: a moment later there is another whom it serves.
        del self._ends[turn]

    def _watch(self, end: float) -> None:
        self._watched = True
        self.loop.call_at(end, self._look)

    def _look(self) -> None:
        self._watched = False
        for turn, end in tuple(self._ends.items()):
            if end > self.loop.time():
                self._watch(end)
                return
            del self._ends[turn]
            turn.interrupt()
