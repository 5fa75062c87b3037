"""Events into the embedded store as the service takes them: engine thread, group commit, an fsync for every group.

Here waiting counts, so it is the clock on the wall: 64 submissions are under way at a time. Hot: the customers are in
memory; cold: every event is for another customer who is not.
"""

import asyncio
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


def measure(scale: Scale) -> list[Line]:
    """Hot and cold, in one store."""
    with TemporaryDirectory() as folder:
        hot, cold = asyncio.run(_measured(Path(folder) / "store", scale))
    about = f"{min(_RULES, scale.rules):,} rules, 5 open messages"
    return [
        _line("durable ingest, hot", hot, 6_000, 12_000, about),
        _line("durable ingest, cold", cold, 3_000, 5_000, f"{about}, {scale.customers:,} customers"),
    ]


def _line(name: str, measured: tuple[float, float], floor: float, goal: float, about: str) -> Line:
    rate, cpu = measured
    note = f"{about}; {cpu * 1e6:.0f} us CPU an event"
    return Line(name, rate, "events/s", floor, goal, more_is_better=True, note=note)


async def _measured(path: Path, scale: Scale) -> tuple[tuple[float, float], tuple[float, float]]:
    rules = min(_RULES, scale.rules)
    store = EmbeddedStore.open(path, lambda: START + 2 * HOUR)
    await populate(store, (await grown(rulebook(rules), rules)).commit(), scale.customers)
    engine = engine_over(store, Settings())
    await engine.start()
    try:
        await put_in_force(engine, rulebook_text(rules).encode(), "benchmark")
        settle()
        chance = Random(3)
        few = [f"c{n}" for n in range(min(_HOT, scale.customers))]
        await _submitted(engine, _events(few, "warm", START + HOUR))
        hot = await _submitted(
            engine, _events(chance.choices(few, k=scale.events // 2), "hot", START + HOUR + MINUTE)
        )
        everyone = [f"c{n}" for n in range(scale.customers)]
        chance.shuffle(everyone)
        return hot, await _submitted(
            engine, _events(everyone[: scale.events // 2], "cold", START + HOUR + 2 * MINUTE)
        )
    finally:
        await engine.stop()
        await store.close()


def _events(customers: list[str], name: str, begin: Instant) -> list[Event]:
    """One for each name, in order of time, so that none comes late."""
    data = {"page": "/balance"}
    return [
        event(customer, f"{name} {n}", "page.viewed", begin + n, data) for n, customer in enumerate(customers)
    ]


async def _submitted(engine: Engine, events: list[Event]) -> tuple[float, float]:
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
