"""Check a rulebook: every fault of the file at once, each with its place, the word at fault, and help.

Its own tests are run: a rulebook of which one fails is not published, and rules that none of them tries are named.
Hints take one line each. Nothing is stored. Exit code 1 where it could not be published.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from dsl.advice.advise import advised_rulebook, untested
from dsl.compile import Checked
from dsl.coverage import WatchedRulebook
from dsl.errors import Diagnostic, Severity, rendered
from engine.pipeline.rulebook_tests import run_tests
from memento.commands.shared import add_json, read_rulebook
from memento.exits import Exit
from memento.phrases import Phrases, numbered, phrases_for
from memento.settings import Settings
from memento.terminal import answer, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("rulebook", type=Path, metavar="RULEBOOK")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Check one file."""
    text = read_rulebook(args.rulebook, settings.limits)
    checked = advised_rulebook(text, settings.limits)
    untried, failed = _tested(checked, settings)
    checked = replace(checked, diagnostics=(*checked.diagnostics, *untried))
    ok = checked.rulebook is not None and not failed
    if args.json:
        answer(_data(checked, failed, ok=ok))
    else:
        for diagnostic in checked.diagnostics:
            say(_shown(diagnostic, args.rulebook, text.decode(errors="replace")))
        words = phrases_for(text.decode(errors="replace"))
        say(f"{args.rulebook}: {_verdict(checked, failed, words)}")
    return Exit.OK if ok else Exit.FINDING


def _tested(checked: Checked, settings: Settings) -> tuple[tuple[Diagnostic, ...], list[str]]:
    """What the rulebook's own tests leave untried, and the names of those that fail."""
    if checked.rulebook is None:
        return (), []
    watched = WatchedRulebook.of(checked.rulebook)
    results = asyncio.run(run_tests(watched, checked.tests, settings.limits))
    return untested(checked, watched.coverage()), [result.name for result in results if not result.passed]


def _data(checked: Checked, failed: list[str], *, ok: bool) -> dict[str, Any]:
    return {
        "ok": ok,
        "revision": checked.rulebook.revision if checked.rulebook is not None else None,
        "cost": checked.cost,
        "tests": len(checked.tests),
        "failedTests": failed,
        "diagnostics": checked.diagnostics,
    }


def _shown(diagnostic: Diagnostic, path: Path, text: str) -> str:
    place, told = f"{path}:{diagnostic.line}:{diagnostic.column}:", rendered(diagnostic, text)
    if diagnostic.severity is Severity.HINT:
        return f"{place} {told.splitlines()[0]}"
    return f"{place}\n{told}\n"


def _verdict(checked: Checked, failed: list[str], words: Phrases) -> str:
    book, tests = checked.rulebook, numbered(len(checked.tests), words.test)
    if book is None:
        faults = sum(one.severity in (Severity.CRITICAL, Severity.ERROR) for one in checked.diagnostics)
        return words.faulty.format(errors=numbered(faults, words.error))
    if failed:
        names = ", ".join(words.quoted.format(name) for name in failed)
        say_so = words.failing[len(failed) != 1]
        return say_so.format(failed=len(failed), tests=tests, names=names)
    return words.good.format(
        rules=numbered(len(book.rules), words.rule),
        topics=numbered(len(book.topics), words.topic),
        tests=tests,
        conditions=numbered(checked.cost, words.condition),
    )
