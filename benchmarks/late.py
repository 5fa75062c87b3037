"""An event that comes late: just behind the newest, and as deep as the log is folded again."""

import asyncio

from artifact.customer import Artifact
from artifact.instant import MINUTE
from artifact.limits import DEFAULT_LIMITS
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_seconds
from benchmarks.world import START, biography, books_of, event, rulebook, scene_of, topics_of
from dsl.book import CompiledRulebook
from engine.judging import Memo
from engine.pipeline.pasts import Pasts
from engine.pipeline.run import Run
from memento.garbage import settle
from store.memory import MemoryStore
from store.port import Want

_CUSTOMER = "c0"


def measure(scale: Scale) -> list[Line]:
    """Near and deep, in one long history."""
    book = rulebook(scale.rules)
    store = asyncio.run(_lived(book, scale))
    settle()
    near = _taken(store, book, scale, behind=min(60, scale.deep - 5))
    deep = _taken(store, book, scale, behind=scale.deep)
    about = f"a log of {scale.deep + 15:,} entries"
    return [
        Line("late event, within 64 entries", near * 1e3, "ms", 1, 0.5, note=about),
        Line(f"late event, {scale.deep:,} entries deep", deep * 1e3, "ms", 50, 25, note=about),
    ]


async def _lived(book: CompiledRulebook, scale: Scale) -> MemoryStore:
    """A long history, committed as the service would: at most 64 entries at a time, so that snapshots are kept."""
    store = MemoryStore(lambda: START)
    run = _run(store, book, Artifact(_CUSTOMER))
    steps = (
        event(_CUSTOMER, f"step {n}", "step.taken", START + (60 + n) * MINUTE, {"step_id": "s", "amount": 5})
        for n in range(scale.deep)
    )
    for one in (*biography(_CUSTOMER, topics_of(scale.rules)), *steps):
        await run.take(one, one.at)
        if len(run.entries) == 64:
            await _commit(store, run)
    await _commit(store, run)
    return store


async def _commit(store: MemoryStore, run: Run) -> None:
    commit = run.commit()
    if commit is not None:
        await store.commit([commit])
        run.committed()


def _run(store: MemoryStore, book: CompiledRulebook, artifact: Artifact) -> Run:
    return Run(artifact, scene_of(book), 1, Pasts(store, books_of(book)), Memo())


def _taken(store: MemoryStore, book: CompiledRulebook, scale: Scale, behind: int) -> float:
    """CPU seconds of one event so many minutes, that is entries, behind the newest."""
    [loaded] = asyncio.run(store.load([Want(_CUSTOMER)]))
    assert loaded.artifact is not None
    artifact = loaded.artifact
    at = START + (60 + scale.deep - behind) * MINUTE + 1
    late = event(_CUSTOMER, "late", "claim.opened", at, {"claim_id": "claim-late", "amount": 5})

    def take() -> None:
        run = _run(store, book, artifact)
        loop.run_until_complete(run.take(late, artifact.now))
        assert DEFAULT_LIMITS.late_entries > behind
        assert run.entries[0].status == "ACCEPTED"

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        return cpu_seconds(take, scale.rounds)
