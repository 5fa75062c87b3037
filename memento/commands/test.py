"""Run the tests that a rulebook brings: each by itself, on virtual time, with the real engine; nothing is stored.

Tells also what they leave untried: rules that no test makes fire, conditions seen one way only, rows of tables that
never count. Exit code 1 where a test fails.
"""

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path

from dsl.coverage import Coverage, RuleSeen, WatchedRulebook
from engine.pipeline.rulebook_tests import TestResult, run_tests
from memento.commands.shared import add_json, compiled
from memento.exits import Exit
from memento.phrases import Phrases, phrases_for
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
        for line in _told(args.rulebook, checked.rulebook.text, results, coverage):
            say(line)
    return Exit.FINDING if failed else Exit.OK


def _told(rulebook: Path, text: str, results: list[TestResult], coverage: Coverage) -> Iterator[str]:
    """How each test ended, and what they leave untried, in the tongue of the rulebook."""
    words = phrases_for(text)
    failed = sum(not result.passed for result in results)
    for result in results:
        yield f"{words.passed if result.passed else words.failed}  {rulebook}:{result.line}  {result.name}"
        yield from (f"        {line}" for line in result.detail.splitlines())
    yield from _untried(coverage, words)
    yield words.ended.format(passed=len(results) - failed, failed=failed)


def _untried(coverage: Coverage, words: Phrases) -> Iterator[str]:
    fired = len(coverage.rules) - len(coverage.not_fired())
    yield words.fired.format(fired=fired, rules=len(coverage.rules))
    for rule in coverage.rules:
        unseen = words.unseen.get(rule.seen)
        for what in [unseen] if unseen else _one_way(rule, words):
            yield words.untried.format(kind=words.kinds[rule.kind], name=rule.name, what=what)
    for table in coverage.tables:
        if table.missed:
            rows = ", ".join(str(number) if number else words.otherwise for number in table.missed)
            yield words.untried_rows.format(name=table.name, rows=rows)


def _one_way(rule: RuleSeen, words: Phrases) -> list[str]:
    """The conditions of a rule that fired and were never seen to fail."""
    shown = (
        (one.text or words.nameless.format(number), one) for number, one in enumerate(rule.conditions, 1)
    )
    return [words.never_fails.format(text) for text, one in shown if not one.failed]
