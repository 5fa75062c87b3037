"""The same submissions once more: grouped otherwise, without anything kept hot, or with a process that dies."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, cast

from artifact.customer import encode_body
from artifact.decision import Entry
from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.pipeline.kernel import Kernel
from store.port import Commit, CommitResult, Store
from tests.scenarios.stage import Line, Stage, compiled, settled


class Killed(Exception):  # what befell the process, no error of its own
    """The process is gone."""


class Mortal:
    """A store whose process dies at its `at`-th commit, before or after that was applied."""

    def __init__(self, store: Store, at: int, *, applied: bool) -> None:
        self._store, self._left, self._applied = store, at, applied

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, commits: Iterable[Commit]) -> list[CommitResult]:
        self._left -= 1
        if self._left == 0 and not self._applied:
            raise Killed
        results = await self._store.commit(list(commits))
        if self._left == 0:
            raise Killed
        return results


def mortal(at: int, *, applied: bool) -> Callable[[Store], Store]:
    """What puts such a store around another."""
    return lambda store: cast("Store", Mortal(store, at, applied=applied))


def again(
    script: list[Line],
    *,
    limits: Limits = DEFAULT_LIMITS,
    kept_hot: int = 1_000,
    compiler: Callable[[str], Rulebook] = compiled,
    around: Callable[[Store], Store] = lambda store: store,
    grouped: bool = False,
    twice: bool = False,
) -> Stage:
    """A script played again: line by line, or what comes at one instant in one group.

    `twice` wakes the customer once more after each line. Whoever is killed starts anew and submits again.
    """
    stage = Stage(None, script[0].now, limits, compiler=compiler, kept_hot=kept_hot, around=around)
    for _, lines in groupby(script, key=lambda line: (line.now, line.text) if grouped else id(line)):
        _play(stage, list(lines))
        if twice:
            _play(stage, [Line(stage.now)])
    return stage


def _play(stage: Stage, lines: list[Line]) -> None:
    stage.now = lines[0].now
    text = lines[0].text
    if text is not None:
        stage.publish(text, sweep=False)
        return
    try:
        settled(stage.kernel.process([line.job() for line in lines]))
    except Killed:
        stage.kernel = Kernel(stage.store, stage.books, stage.limits, "stage")
        settled(stage.kernel.process([line.job() for line in lines]))


def log_of(stage: Stage) -> list[Entry]:
    """All that is in the log of the one customer."""
    return settled(stage.store.history("ana", 0, 100_000))


def books_of(stage: Stage) -> Books:
    """The rulebooks that were ever published, as an operator's command has them."""
    return Books(stage.published.text_of, stage.published.compile)


def kept(stage: Stage) -> tuple[bytes, list[Entry]]:
    """All that must not depend on how it came about: the bytes of the artifact, and the log with its decisions."""
    return encode_body(stage.artifact().body), log_of(stage)
