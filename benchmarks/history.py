"""Reading the past: a customer as she was, and an old decision put into words again."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from artifact.customer import Artifact
from artifact.instant import MINUTE
from artifact.limits import DEFAULT_LIMITS
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_each
from benchmarks.world import START, NoPast, biography, books_of, event, rulebook, scene_of, topics_of
from dsl.book import CompiledRulebook
from engine.explaining import sentence
from engine.judging import Memo
from engine.pipeline.replay import Replay
from engine.pipeline.run import Run
from store.embedded import EmbeddedStore

_CUSTOMER = "c0"


def measure(scale: Scale) -> list[Line]:
    """In the embedded store, half way through a history."""
    book = rulebook(scale.rules)
    entries = min(scale.deep, 1_000)
    with TemporaryDirectory() as folder:
        store = EmbeddedStore.open(Path(folder) / "store", lambda: START)
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(_lived(store, book, scale, entries))
            replay = Replay(store, books_of(book), DEFAULT_LIMITS)
            return _lines(replay, book, loop, scale, entries)
        finally:
            loop.run_until_complete(store.close())
            loop.close()


def _lines(
    replay: Replay, book: CompiledRulebook, loop: asyncio.AbstractEventLoop, scale: Scale, entries: int
) -> list[Line]:
    then = START + (60 + entries // 2) * MINUTE
    calls = max(1, scale.calls // 30)

    def timed(read: Coroutine[Any, Any, object]) -> object:
        return loop.run_until_complete(read)

    async def explain() -> str:
        artifact = await replay.at_version(_CUSTOMER, entries // 2)
        assert artifact is not None
        body = artifact.body
        return sentence(book, body, body.talk.messages[0], "en", artifact.now)

    known = cpu_each(lambda: timed(replay.as_known_at(_CUSTOMER, then)), calls, scale.rounds)
    as_of = cpu_each(lambda: timed(replay.as_of(_CUSTOMER, then, None)), calls, scale.rounds)
    words = cpu_each(lambda: timed(explain()), calls, scale.rounds)
    about = f"a log of {entries:,} entries"
    return [
        Line("as we knew it then", known * 1e3, "ms", 5, 1, note=about),
        Line("as it was then (asOf)", as_of * 1e3, "ms", 5, 1, note=about),
        Line("an old decision explained again", words * 1e3, "ms", 5, 1, note=about),
    ]


async def _lived(store: EmbeddedStore, book: CompiledRulebook, scale: Scale, entries: int) -> None:
    run = Run(Artifact(_CUSTOMER), scene_of(book), 1, NoPast(), Memo())
    steps = (
        event(_CUSTOMER, f"step {n}", "step.taken", START + (60 + n) * MINUTE, {"step_id": "s", "amount": 5})
        for n in range(entries)
    )
    for one in (*biography(_CUSTOMER, topics_of(scale.rules)), *steps):
        await run.take(one, one.at)
        if len(run.entries) == 64:
            await _commit(store, run)
    await _commit(store, run)


async def _commit(store: EmbeddedStore, run: Run) -> None:
    commit = run.commit()
    if commit is not None:
        await store.commit([commit])
        run.committed()
