"""A new rulebook in force: everyone who has messages waiting is decided anew, in the embedded store, in small batches."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from msgspec.structs import replace

from artifact.limits import DEFAULT_LIMITS
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.world import START, books_of, compiled, grown, rulebook, rulebook_text
from engine.pipeline.kernel import Job, Kernel
from store.embedded import EmbeddedStore
from store.port import Commit

_BATCH = 32


def measure(scale: Scale) -> list[Line]:
    """One sweep; it is too long to be done several times."""
    with TemporaryDirectory() as folder:
        seconds, longest = asyncio.run(_swept(Path(folder) / "store", scale))
    scaled = seconds * 10_000 / scale.customers
    note = f"the longest batch of {_BATCH} held the engine {longest * 1e3:.0f} ms"
    return [Line("publish: sweep of 10,000 customers", scaled, "s CPU", 2.5, 1.25, note=note)]


async def _swept(path: Path, scale: Scale) -> tuple[float, float]:
    old = rulebook(scale.rules)
    new = compiled(rulebook_text(scale.rules).replace('message rule "Rule 5"', 'message rule "Rule five"'))
    store = EmbeddedStore.open(path, lambda: START)
    await _populate(store, (await grown(old, scale.rules)).commit(), scale.customers)
    kernel = Kernel(store, books_of(new, epoch=2), DEFAULT_LIMITS, "benchmark")
    began, longest = process_time(), 0.0
    while behind := await store.behind(2, _BATCH):
        batch = process_time()
        await kernel.process([Job(customer_id) for customer_id in behind])
        longest = max(longest, process_time() - batch)
    seconds = process_time() - began
    await store.close()
    return seconds, longest


async def _populate(store: EmbeddedStore, model: Commit | None, customers: int) -> None:
    """The same customer many times over: only the ids differ."""
    assert model is not None
    for first in range(0, customers, 500):
        await store.commit([_copy(model, f"c{n}") for n in range(first, min(first + 500, customers))])


def _copy(model: Commit, customer_id: str) -> Commit:
    last = model.entries[-1]
    artifact = replace(model.artifact, customer_id=customer_id, version=1)
    return Commit(customer_id, 0, artifact, (replace(last, n=1),))
