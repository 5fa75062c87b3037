"""Events taken in while a new rulebook sweeps over everyone who has messages waiting: what the slowest wait.

Waiting counts, so it is the clock on the wall: one event after another, each some milliseconds after the last, for as
long as the sweep runs in the background, as it does in the service.
"""

import asyncio
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from artifact.instant import HOUR, MINUTE
from benchmarks.ingest import populate
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.world import START, event, grown, rulebook, rulebook_text
from engine.pipeline import Engine
from memento.serving import put_in_force
from memento.settings import Settings
from memento.wiring import engine_over
from store.embedded import EmbeddedStore

_RULES = 1_000
_PAUSE_SECONDS = 0.005
_AT_LEAST = 20


def measure(scale: Scale) -> list[Line]:
    """One sweep."""
    with TemporaryDirectory() as folder:
        waits, seconds = asyncio.run(_measured(Path(folder) / "store", scale))
    about = f"{scale.customers:,} customers with 5 messages, {min(_RULES, scale.rules):,} rules"
    note = f"{about}; median {median(waits) * 1e3:.1f} ms, {len(waits):,} events in {seconds:.1f} s"
    p99 = quantiles(waits, n=100)[98]
    return [Line("ingest while a rulebook is swept, p99", p99 * 1e3, "ms", 50, 25, note=note)]


async def _measured(path: Path, scale: Scale) -> tuple[list[float], float]:
    rules = min(_RULES, scale.rules)
    text = rulebook_text(rules)
    store = EmbeddedStore.open(path, lambda: START + 2 * HOUR)
    await populate(store, (await grown(rulebook(rules), rules)).commit(), scale.customers)
    engine = engine_over(store, Settings())
    await engine.start()
    try:
        await put_in_force(engine, text.encode(), "benchmark")
        await _swept(engine)
        changed = text.replace('message rule "Rule 5"', 'message rule "Rule five"')
        await put_in_force(engine, changed.encode(), "benchmark")
        began = perf_counter()
        sweep = asyncio.create_task(_swept(engine))
        waits = await _ingested_until(engine, sweep, scale.customers)
        return waits, perf_counter() - began
    finally:
        await engine.stop()
        await store.close()


async def _swept(engine: Engine) -> None:
    """Until nobody is left."""
    while await engine.sweep():
        await asyncio.sleep(0)


async def _ingested_until(engine: Engine, sweep: "asyncio.Task[None]", customers: int) -> list[float]:
    """Seconds that each of the events waited."""
    chance, waits = Random(5), list[float]()
    while not sweep.done() or len(waits) < _AT_LEAST:
        n = len(waits)
        at = START + HOUR + MINUTE + n
        one = event(
            f"c{chance.randrange(customers)}", f"meanwhile {n}", "page.viewed", at, {"page": "/balance"}
        )
        began = perf_counter()
        [outcome] = await engine.submit([one])
        waits.append(perf_counter() - began)
        assert outcome.error is None, outcome.error
        await asyncio.sleep(_PAUSE_SECONDS)
    await sweep
    return waits
