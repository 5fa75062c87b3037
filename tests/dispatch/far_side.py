"""A far side that does what it is told: answers, hangs, fails, forgets, or loses its answer on the way back.

It remembers what reached the customer, so that a test can say what she got and how often.
"""

import asyncio
from collections import deque
from enum import Enum, auto

from artifact.channel import Channel
from channels.port import Certainty, Handover, HandoverState, Parcel


class Does(Enum):
    TAKES = auto()
    REFUSES = auto()
    IS_BUSY = auto()
    LOSES_IT = auto()
    """never gets it, and we do not know"""
    LOSES_ITS_ANSWER = auto()
    """gets it, and we do not know"""
    HANGS = auto()
    """says nothing, for ever"""
    HANGS_AND_HEEDS_NOTHING = auto()
    """nor does it stop when told to"""
    RAISES = auto()


_ANSWERS = {
    Does.TAKES: Handover(HandoverState.HANDED_OVER),
    Does.REFUSES: Handover(HandoverState.FAILED, "no such number"),
    Does.IS_BUSY: Handover(HandoverState.FAILED, "busy", temporary=True),
    Does.LOSES_IT: Handover(HandoverState.UNKNOWN, "connection lost"),
    Does.LOSES_ITS_ANSWER: Handover(HandoverState.UNKNOWN, "connection lost"),
}


class FarSide:
    """One channel; `script` is what it does call by call, then it does `then`."""

    def __init__(
        self, channel: Channel, certainty: Certainty = Certainty.IDEMPOTENT, *, then: Does = Does.TAKES
    ) -> None:
        self.channel, self.certainty = channel, certainty
        self.script: deque[Does] = deque()
        self.then = then
        self.calls: list[Parcel] = []
        self.seen: list[str] = []
        """Keys that reached her, as often as they did."""
        self.asked: list[str] = []
        self.called: asyncio.Queue[Parcel] = asyncio.Queue()
        self.release = asyncio.Event()

    async def hand_over(self, parcel: Parcel, timeout_seconds: float) -> Handover:
        does = self.script.popleft() if self.script else self.then
        self.calls.append(parcel)
        self.called.put_nowait(parcel)
        if does is Does.RAISES:
            raise ConnectionResetError("the line is dead")
        if does is Does.HANGS:
            await self.release.wait()
        while does is Does.HANGS_AND_HEEDS_NOTHING and not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                continue
        if does not in (Does.REFUSES, Does.IS_BUSY, Does.LOSES_IT):
            self._arrive(parcel.key)
        return _ANSWERS.get(does, _ANSWERS[Does.TAKES])

    def _arrive(self, key: str) -> None:
        """An idempotent far side shows one key once."""
        if self.certainty is not Certainty.IDEMPOTENT or key not in self.seen:
            self.seen.append(key)

    async def look_up(self, key: str, timeout_seconds: float) -> Handover | None:
        assert self.certainty is Certainty.LOOKUP, "nobody else may be asked"
        self.asked.append(key)
        return Handover(HandoverState.DELIVERED) if key in self.seen else None

    async def close(self) -> None:
        self.release.set()
