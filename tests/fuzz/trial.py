"""One rulebook through everything: parse, check, advise, format, compile, and a history run twice.

An author's text may be refused, never answered with an exception; what compiles is decided the same by the compiled
form and by the plain interpreter, and no dearer than was said when it was saved.
"""

import asyncio
from typing import NamedTuple

import msgspec

from artifact.customer import Artifact, encode_body
from artifact.errors import InputError
from artifact.event import Event
from artifact.instant import DAY
from artifact.limits import Limits
from dsl.advice.advise import advised
from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook
from dsl.cut import cut
from dsl.errors import Diagnostic, Lines, Severity
from dsl.format import format_rulebook
from dsl.lexicon import tongue_of
from dsl.oracle import InterpretedRulebook
from engine.judging import Memo
from engine.past import Past
from engine.pipeline.run import Run
from engine.scene import Scene
from tests.fuzz.corpus import corpus
from tests.fuzz.history import CUSTOMER, history
from tests.fuzz.mutate import rulebook

LIMITS = Limits()
EVENTS = 14
REPAIRS = 3


class Outcome(NamedTuple):
    """What became of one seed."""

    compiled: bool
    entries: int


def trial(seed: int) -> Outcome:
    """Raises AssertionError, or whatever escaped, where the language breaks its word."""
    text = rulebook(seed, corpus())
    checked = compile_rulebook(text, LIMITS)
    for _ in range(REPAIRS):
        if checked.rulebook is not None:
            break
        assert checked.diagnostics, text
        format_rulebook(text, LIMITS)
        text = repaired(text, checked.diagnostics)
        checked = compile_rulebook(text, LIMITS)
    if checked.rulebook is None:
        return Outcome(compiled=False, entries=0)
    advised(checked, LIMITS)
    written = format_rulebook(text, LIMITS)
    again = compile_rulebook(written, LIMITS)
    assert again.rulebook is not None, written
    assert (again.cost, list(again.rulebook.rules)) == (checked.cost, list(checked.rulebook.rules))
    book = checked.rulebook
    events = list(history(seed, book.program, EVENTS))
    plain = InterpretedRulebook(book.program, book.text, book.revision)
    fast, slow = (asyncio.run(_played(one, events)) for one in (book, plain))
    assert fast == slow
    return Outcome(compiled=True, entries=len(fast))


def repaired(text: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    """The text without the declarations in which an error stands: more of what is left compiles."""
    lines, wrong = Lines(text), {one.line for one in diagnostics if one.severity is not Severity.WARNING}
    kept = [
        one.text
        for one in cut(text, tongue_of(text))
        if wrong.isdisjoint(range(lines.place(one.start)[0], lines.place(one.start + len(one.text))[0] + 1))
    ]
    return "\n".join(kept)


async def _played(book: CompiledRulebook, events: list[Event]) -> list[bytes]:
    """The log of one customer, entry by entry, and her artifact."""
    scene = Scene(book, book.revision, LIMITS)
    run = Run(Artifact(CUSTOMER), scene, 1, _Pasts(), Memo())
    for event in events:
        await run.catch_up(event.at, event.at)
        try:
            await run.take(event, event.at)
        except InputError:
            continue
    await run.catch_up(events[-1].at + 90 * DAY)
    return [*(msgspec.msgpack.encode(entry) for entry in run.entries), encode_body(run.artifact.body)]


class _Pasts:
    async def of_event(self, run: Run, event: Event) -> Past:
        return Past(None, tuple(run.entries), {run.scene.revision: run.scene.book})

    async def of_rulebook(self, run: Run) -> None:
        """There is but one."""
