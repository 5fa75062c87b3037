"""Check a rulebook: every fault of the file at once, each with its place, the word at fault, and help.

Its own tests are run to tell which rules none of them tries. Nothing is stored. Exit code 1 where it could not be published.
"""

import argparse
import asyncio
from pathlib import Path

from msgspec.structs import replace

from dsl.advice.advise import advised_rulebook, untested
from dsl.compile import Checked
from dsl.coverage import WatchedRulebook
from dsl.errors import Diagnostic, rendered
from engine.pipeline.rulebook_tests import run_tests
from memento.commands.shared import add_json, read_rulebook
from memento.exits import Exit
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
    book = checked.rulebook
    if book is not None:
        checked = replace(checked, diagnostics=(*checked.diagnostics, *_untested(checked, settings)))
    if args.json:
        answer(
            {
                "ok": book is not None,
                "revision": book.revision if book is not None else None,
                "cost": checked.cost,
                "tests": len(checked.tests),
                "diagnostics": checked.diagnostics,
            }
        )
        return Exit.OK if book is not None else Exit.FINDING
    for diagnostic in checked.diagnostics:
        say(f"{args.rulebook}:{diagnostic.line}:{diagnostic.column}:")
        say(rendered(diagnostic, text.decode(errors="replace")) + "\n")
    if book is None:
        say(f"{args.rulebook}: {len(checked.diagnostics)} finding(s); this cannot be published")
        return Exit.FINDING
    say(
        f"{args.rulebook}: can be published. {len(book.rules)} message rules, {len(book.topics)} topics, "
        f"{len(checked.tests)} tests; the dearest message reads {checked.cost} conditions"
    )
    return Exit.OK


def _untested(checked: Checked, settings: Settings) -> tuple[Diagnostic, ...]:
    assert checked.rulebook is not None
    watched = WatchedRulebook.of(checked.rulebook)
    asyncio.run(run_tests(watched, checked.tests, settings.limits))
    return untested(checked, watched.coverage())
