"""A new rulebook: what it would change is previewed, then it is in force and everyone follows, in small slices.

Everybody has five messages waiting, in the embedded store, as in a real brand's evening. Both go the way of the live
service: a page of the preview, a slice of the sweep. First one rule of all is edited that says nothing about anybody, so
that it has to be asked of everybody's messages and nobody is decided anew; then what concerns everybody changes too.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from artifact.limits import DEFAULT_LIMITS
from benchmarks.ingest import populate
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.world import START, books_of, compiled, grown, rulebook, rulebook_text
from dsl.book import CompiledRulebook
from engine.books import Books
from engine.pipeline.kernel import Job, Kernel
from engine.pipeline.preview import Previewer
from engine.pipeline.rollout import Sweep
from memento.garbage import settle
from store.embedded import EmbeddedStore

_CUSTOMERS = 10_000


def measure(scale: Scale) -> list[Line]:
    """Once each; they are too long to be done several times."""
    with TemporaryDirectory() as folder:
        edited, concerned = asyncio.run(_published(Path(folder) / "store", scale))
    by = _CUSTOMERS / scale.customers
    return [*_lines("", edited, by), *_lines(", all concerned", concerned, by)]


def _lines(how: str, measured: "_Measured", by: float) -> list[Line]:
    preview, sweep, longest = measured
    note = f"the longest slice held the engine {longest * 1e3:.0f} ms"
    return [
        Line(f"publish: preview of 10,000 customers{how}", preview * by, "s CPU", 2.5, 1.25),
        Line(f"publish: sweep of 10,000 customers{how}", sweep * by, "s CPU", 2.5, 1.25, note=note),
    ]


_Measured = tuple[float, float, float]
"""CPU seconds of the preview, of the sweep, and of its longest slice."""


async def _published(path: Path, scale: Scale) -> tuple[_Measured, _Measured]:
    """One edited rule, and then another zone for everybody whose own is unknown."""
    text = rulebook_text(scale.rules)
    edited = text.replace('message rule "Rule 5"', 'message rule "Rule five"')
    old, new, other = rulebook(scale.rules), compiled(edited), compiled(edited.replace("/Madrid", "/Paris"))
    store = EmbeddedStore.open(path, lambda: START)
    await populate(store, (await grown(old, scale.rules)).commit(), scale.customers)
    settle()
    first = await _one(store, old, new, epoch=2)
    second = await _one(store, new, other, epoch=3)
    await store.close()
    return first, second


async def _one(store: EmbeddedStore, old: CompiledRulebook, new: CompiledRulebook, epoch: int) -> _Measured:
    began = process_time()
    await _previewed(store, books_of(old, epoch - 1), new)
    previewed = process_time()
    longest = await _swept(store, old, new, epoch)
    return previewed - began, process_time() - previewed, longest


async def _previewed(store: EmbeddedStore, books: Books, new: CompiledRulebook) -> None:
    previewer = Previewer(store, books, DEFAULT_LIMITS, new)
    page = await previewer.page(examples=10)
    while page.after is not None:
        page = await previewer.page(10, page.after)


async def _swept(store: EmbeddedStore, old: CompiledRulebook, new: CompiledRulebook, epoch: int) -> float:
    books = books_of(new, epoch)
    books.keep(old)
    kernel = Kernel(store, books, DEFAULT_LIMITS, "benchmark")
    longest = 0.0

    async def bring(customers: Sequence[str]) -> frozenset[str]:
        nonlocal longest
        began = process_time()
        await kernel.process([Job(customer, passing=True) for customer in customers])
        longest = max(longest, process_time() - began)
        return frozenset(customers)

    sweep = Sweep(store, books, bring)
    while await sweep.slice():
        pass
    return longest
