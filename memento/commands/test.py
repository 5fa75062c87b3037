"""Run the tests that a rulebook brings: each by itself, on virtual time, with the real engine; nothing is stored.

Tells also what they leave untried: rules that no test makes fire, conditions seen one way only, rows of tables that
never count. Exit code 1 where a test fails.
"""

import argparse
import asyncio
from pathlib import Path

from dsl.coverage import Coverage, RuleSeen, Seen, WatchedRulebook
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
    watched = WatchedRulebook.of(checked.rulebook)
    results = asyncio.run(run_tests(watched, checked.tests, settings.limits))
    coverage = watched.coverage()
    failed = sum(not result.passed for result in results)
    if args.json:
        answer({"ok": not failed, "tests": results, "coverage": coverage})
    else:
        _tell(args.rulebook, results)
        _tell_untried(coverage)
        say(f"{len(results) - failed} passed, {failed} failed")
    return Exit.FINDING if failed else Exit.OK


def _tell(rulebook: Path, results: list[TestResult]) -> None:
    for result in results:
        say(f"{'passed' if result.passed else 'FAILED'}  {rulebook}:{result.line}  {result.name}")
        for line in result.detail.splitlines():
            say(f"        {line}")


_NOT_FIRED = {Seen.NEVER: "no test asks it", Seen.CANDIDATE: "asked, and never fires"}


def _tell_untried(coverage: Coverage) -> None:
    fired = len(coverage.rules) - len(coverage.not_fired())
    say(f"{fired} of {len(coverage.rules)} rules fired")
    for rule in coverage.rules:
        what = _NOT_FIRED.get(rule.seen)
        for line in [what] if what else _one_way(rule):
            say(f"untried {rule.kind} “{rule.name}”: {line}")
    for table in coverage.tables:
        if table.missed:
            rows = ", ".join(str(number) if number else "otherwise" for number in table.missed)
            say(f"untried table {table.name}: row {rows}")


def _one_way(rule: RuleSeen) -> list[str]:
    """The conditions of a rule that fired and were never seen to fail."""
    shown = ((one.text or f"condition {number}", one) for number, one in enumerate(rule.conditions, 1))
    return [f"`{text}` never fails" for text, one in shown if not one.failed]
