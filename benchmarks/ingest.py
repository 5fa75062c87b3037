"""Events into the embedded store as the service takes them: engine thread, group commit, an fsync for every group.

Here waiting counts, so it is the clock on the wall: 64 submissions are under way at a time. Hot: the customers are in
memory; cold: every event is for another customer who is not.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from msgspec.structs import replace

from artifact.event import Event
from artifact.instant import HOUR, MINUTE, Instant
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.world import START, event, grown, rulebook, rulebook_text
from engine.pipeline import Engine
from memento.garbage import settle
from memento.serving import put_in_force
from memento.settings import Settings
from memento.wiring import engine_over
from store.embedded import EmbeddedStore
from store.port import Commit

_UNDER_WAY = 64
_HOT = 200
_RULES = 1_000

_Measured = tuple[float, float]
"""Events a second, and CPU seconds of each."""


def measure(scale: Scale) -> list[Line]:
    """Hot and cold, in one store: by events that concern nobody's messages, and by events that concern them all."""
    with TemporaryDirectory() as folder:
        measured = asyncio.run(_measured(Path(folder) / "store", scale))
    about = f"{min(_RULES, scale.rules):,} rules, 5 open messages"
    cold = f"{about}, {scale.customers:,} customers"
    return [
        _line("durable ingest, hot", measured[0], 6_000, 12_000, about),
        _line("durable ingest, cold", measured[1], 3_000, 5_000, cold),
        _line("durable ingest, hot, all decided anew", measured[2], 6_000, 12_000, about),
        _line("durable ingest, cold, all decided anew", measured[3], 3_000, 5_000, cold),
    ]


def _line(name: str, measured: _Measured, floor: float, goal: float, about: str) -> Line:
    rate, cpu = measured
    note = f"{about}; {cpu * 1e6:.0f} us CPU an event"
    return Line(name, rate, "events/s", floor, goal, more_is_better=True, note=note)


async def _measured(path: Path, scale: Scale) -> list[_Measured]:
    rules = min(_RULES, scale.rules)
    store = EmbeddedStore.open(path, lambda: START + 2 * HOUR)
    await populate(store, (await grown(rulebook(rules), rules)).commit(), scale.customers)
    engine = engine_over(store, Settings())
    await engine.start()
    try:
        await put_in_force(engine, rulebook_text(rules).encode(), "benchmark")
        settle()
        few = [f"c{n}" for n in range(min(_HOT, scale.customers))]
        await _submitted(engine, _views(few, "warm", START + HOUR))
        return [await _submitted(engine, events) for events in _rounds(few, scale)]
    finally:
        await engine.stop()
        await store.close()


def _rounds(few: list[str], scale: Scale) -> Iterator[list[Event]]:
    """Hot and cold that concern nobody, hot and cold that concern everybody; no customer is cold twice."""
    chance, count = Random(3), scale.events // 2
    everyone = [f"c{n}" for n in range(scale.customers)]
    chance.shuffle(everyone)
    half = scale.customers // 2
    yield _views(chance.choices(few, k=count), "hot", START + HOUR + MINUTE)
    yield _views(everyone[:half], "cold", START + HOUR + 2 * MINUTE)
    yield _claims(chance.choices(few, k=count), "hot claim", START + HOUR + 3 * MINUTE)
    yield _claims(everyone[half:], "cold claim", START + HOUR + 4 * MINUTE)


def _views(customers: list[str], name: str, begin: Instant) -> list[Event]:
    """A page viewed by each, in order of time, so that none comes late. No rule reads it."""
    data = {"page": "/balance"}
    return [event(one, f"{name} {n}", "page.viewed", begin + n, data) for n, one in enumerate(customers)]


def _claims(customers: list[str], name: str, begin: Instant) -> list[Event]:
    """Another amount of each one's claim, of which rules ask."""
    return [
        event(one, f"{name} {n}", "claim.opened", begin + n, {"claim_id": "claim-0", "amount": 17 + n})
        for n, one in enumerate(customers)
    ]


async def _submitted(engine: Engine, events: list[Event]) -> _Measured:
    """Events a second, and CPU seconds of each, with so many submissions under way."""
    waiting = iter(events)

    async def submitter() -> None:
        for one in waiting:
            [outcome] = await engine.submit([one])
            assert outcome.error is None, outcome.error

    began, cpu = perf_counter(), process_time()
    await asyncio.gather(*(submitter() for _ in range(_UNDER_WAY)))
    return len(events) / (perf_counter() - began), (process_time() - cpu) / len(events)


async def populate(store: EmbeddedStore, model: Commit | None, customers: int) -> None:
    """The same customer many times over: only the ids differ."""
    assert model is not None
    for first in range(0, customers, 500):
        await store.commit([_copy(model, f"c{n}") for n in range(first, min(first + 500, customers))])


def _copy(model: Commit, customer_id: str) -> Commit:
    artifact = replace(model.artifact, customer_id=customer_id, version=1)
    return Commit(customer_id, 0, artifact, (replace(model.entries[-1], n=1),))
