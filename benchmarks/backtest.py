"""Events on virtual time under a rulebook, as `memento backtest` runs them: in memory, and into an embedded store.

The world is made up (history of real customers does not travel with the project): customers with some five messages open,
every fourth event asks for one, the others tell of situations and of steps that no rule reads.
"""

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

import msgspec
import orjson

from artifact.event import Subject
from artifact.instant import DAY, HOUR, Instant, format_instant
from artifact.limits import DEFAULT_LIMITS
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.world import KINDS, START, books_of, event, rulebook, topics_of
from engine.pipeline.backtest import Progress, Received, backtest
from memento.garbage import rarely
from store.embedded import EmbeddedStore
from store.memory import MemoryStore
from store.port import Store, Want

_RULES = 100
_EVENTS_EACH = 40


def measure(scale: Scale) -> list[Line]:
    """Pure, and with the store: in events a second, and in how often an artifact is read as JSON in the time of one event."""
    received, text = world(scale.events), asyncio.run(_artifact())
    rounds = min(scale.rounds, 5)
    pure = _median([asyncio.run(_run(MemoryStore(lambda: START), received, text)) for _ in range(rounds)])
    kept = _median([_with_store(received, text) for _ in range(rounds)])
    return [
        *_lines("backtest, pure", pure, 8_000, 20_000),
        *_lines("backtest, with store", kept, 6_000, 15_000),
    ]


class Reading:
    """How long it takes to read an artifact of _READ_BYTES as JSON, asked again and again while something else runs.

    A shared machine is half as quick from one second to the next, so both must be measured in the same ones.
    """

    def __init__(self, text: bytes) -> None:
        self._text, self._bytes, self.spent = text, 0, 0.0

    def ask(self, progress: Progress) -> None:
        """Read it some hundreds of times."""
        began = process_time()
        for _ in range(_READS):
            orjson.loads(self._text)
        self.spent += process_time() - began
        self._bytes += _READS * len(self._text)

    @property
    def seconds(self) -> float:
        """On the mean of all that was read."""
        return self.spent / self._bytes * _READ_BYTES


class _Ran(NamedTuple):
    """CPU seconds of one event, and of reading an artifact meanwhile."""

    each: float
    reading: float
    note: str


def _median(ran: list[_Ran]) -> _Ran:
    return sorted(ran, key=lambda one: one.each / one.reading)[len(ran) // 2]


def _lines(name: str, ran: _Ran, floor: int, goal: int) -> list[Line]:
    """The limits of the ratio are those of the rate, on the machine where they were set."""
    limits = 1 / floor / _READ_SECONDS, 1 / goal / _READ_SECONDS
    about = f"orjson.loads of {_READ_BYTES:,} B; {ran.reading * 1e6:.1f} us"
    return [
        Line(name, 1 / ran.each, "events/s", floor, goal, more_is_better=True, note=ran.note),
        Line(f"{name}: an event / reading", ran.each / ran.reading, "x", *limits, against=about),
    ]


_READ_BYTES = 7_500
_READS = 200
_READ_SECONDS = 20e-6
"""What reading so much took on the machine where the floors and goals of these lines were set."""


def _with_store(received: list[Received], text: bytes) -> _Ran:
    with TemporaryDirectory() as folder:
        return asyncio.run(_run(EmbeddedStore.open(Path(folder) / "store", lambda: START), received, text))


async def _run(store: Store, received: list[Received], text: bytes) -> _Ran:
    """The whole of it; each time that entries are made durable, the artifact is read."""
    books, reading = books_of(rulebook(_RULES)), Reading(text)
    began = process_time()
    with rarely():
        summary = await backtest(store, books, received, None, DEFAULT_LIMITS, "benchmark", reading.ask)
    seconds = process_time() - began - reading.spent
    assert not summary.refused
    entries = (await store.totals()).entries
    await store.close()
    note = f"{entries:,} entries, {summary.messages:,} messages, {entries / seconds:,.0f} entries/s"
    return _Ran(seconds / len(received), reading.seconds, note)


async def _artifact() -> bytes:
    """What a customer of this world comes to, as JSON."""
    store = MemoryStore(lambda: START)
    await backtest(store, books_of(rulebook(_RULES)), world(_EVENTS_EACH), None, DEFAULT_LIMITS, "benchmark")
    [loaded] = await store.load([Want("c0")])
    assert loaded.artifact is not None
    return msgspec.json.encode(loaded.artifact.body)


def world(events: int) -> list[Received]:
    """So many events, a customer after the other."""
    chance = Random(11)
    return [
        received
        for customer in range(max(1, events // _EVENTS_EACH))
        for received in _life(f"c{customer}", chance)
    ]


def _life(customer_id: str, chance: Random) -> list[Received]:
    at = START
    events = [event(customer_id, "who", "customer.updated", at, {"tier": "gold", "age": 50, "churn": 0.2})]
    for n in range(_EVENTS_EACH - 1):
        at += chance.randrange(1, 12) * HOUR
        lot = n % 4
        if lot == 0:
            events.append(
                event(customer_id, f"ask {n}", "message.requested", at, _asked(chance, at), about=_ABOUT)
            )
        elif lot == 1:
            kind = chance.choice(KINDS)
            data = {f"{kind}_id": "1", "amount": chance.randrange(5_000)}
            events.append(event(customer_id, f"open {n}", f"{kind}.opened", at, data))
        else:
            events.append(event(customer_id, f"step {n}", "step.taken", at, {"step_id": "s", "amount": 5}))
    return [Received(one, one.at) for one in events]


_ABOUT = Subject("claim", "1")


def _asked(chance: Random, at: Instant) -> dict[str, str]:
    """A message that waits some days and lives for seven, so that about five are open at a time."""
    return {
        "topic": f"topic_{chance.randrange(topics_of(_RULES))}",
        "notBefore": format_instant(at + chance.randrange(1, 6) * DAY),
        "expiresAt": format_instant(at + 7 * DAY),
    }
