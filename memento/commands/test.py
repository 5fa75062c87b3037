"""Run the tests that a rulebook brings: each by itself, on virtual time, with the real engine; nothing is stored.

Exit code 1 where one fails.
"""

import argparse
import asyncio
from pathlib import Path

from engine.pipeline.rulebook_tests import TestResult, run_tests
from memento.commands.shared import add_json, compiled
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import answer, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("rulebook", type=Path, metavar="RULEBOOK")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Run them all."""
    checked = compiled(args.rulebook, settings)
    assert checked.rulebook is not None
    results = asyncio.run(run_tests(checked.rulebook, checked.tests, settings.limits))
    failed = sum(not result.passed for result in results)
    if args.json:
        answer({"ok": not failed, "tests": results})
    else:
        _tell(args.rulebook, results)
        say(f"{len(results) - failed} passed, {failed} failed")
    return Exit.FINDING if failed else Exit.OK


def _tell(rulebook: Path, results: list[TestResult]) -> None:
    for result in results:
        say(f"{'passed' if result.passed else 'FAILED'}  {rulebook}:{result.line}  {result.name}")
        for line in result.detail.splitlines():
            say(f"        {line}")
