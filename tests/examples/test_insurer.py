"""The insurer's rulebook: without a remark, tried by its own tests, and the same in English and in Spanish."""

import re
from functools import cache
from pathlib import Path

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.advice.advise import advised_rulebook
from dsl.compile import Checked
from dsl.coverage import WatchedRulebook
from dsl.rulebook import Rulebook
from dsl.translate import meaning, translate_rulebook
from engine.pipeline.backtest import Received
from engine.pipeline.rulebook_tests import run_tests
from memento.backtesting import read_world
from memento.demo.as_lines import lines
from memento.demo.world import day
from memento.settings import Settings
from memento.wire import write_json
from tests.conftest import ROOT
from tests.examples.playing import played

FOLDER = ROOT / "examples" / "insurer"
TEXTS = {"en": "insurer.rules", "es": "insurer.es.rules"}
CUSTOMERS = 80
"""Enough for a death, a fraud, a storm, a complaint and every digest."""


@cache
def text_in(tongue: str) -> str:
    return (FOLDER / TEXTS[tongue]).read_text("utf-8")


@cache
def checked(tongue: str) -> Checked:
    return advised_rulebook(text_in(tongue), DEFAULT_LIMITS)


def book(tongue: str) -> Rulebook:
    found = checked(tongue).rulebook
    assert found is not None
    return found


@pytest.mark.parametrize("tongue", TEXTS)
def test_it_compiles_without_a_remark(tongue: str) -> None:
    assert checked(tongue).diagnostics == ()


@pytest.mark.parametrize("tongue", TEXTS)
async def test_its_own_tests_pass_and_make_every_rule_fire(tongue: str) -> None:
    found = checked(tongue).rulebook
    assert found is not None
    watched = WatchedRulebook.of(found)
    results = await run_tests(watched, checked(tongue).tests, DEFAULT_LIMITS)
    assert [(one.name, one.detail) for one in results if not one.passed] == []
    coverage = watched.coverage()
    assert len(coverage.rules) > 40
    assert [rule.name for rule in coverage.not_fired()] == []
    assert [(table.name, table.missed) for table in coverage.tables if table.missed] == []


def test_both_mean_the_same() -> None:
    english, spanish = checked("en").rulebook, checked("es").rulebook
    assert english is not None
    assert spanish is not None
    assert meaning(english) == meaning(spanish)


@pytest.mark.parametrize(("tongue", "other"), [("en", "es"), ("es", "en")])
def test_each_is_the_translation_of_the_other(tongue: str, other: str) -> None:
    """But for comments and the names of tests, which are the author's own."""
    translated = translate_rulebook(text_in(tongue), other, DEFAULT_LIMITS)
    assert translated.text is not None
    assert _without_asides(translated.text) == _without_asides(text_in(other))


def _without_asides(text: str) -> str:
    return re.sub(r'^ *#.*\n|(?<=^test )".*"$|(?<=^prueba )".*"$', "", text, flags=re.MULTILINE)


def a_day(folder: Path) -> list[Received]:
    """The demo's day as it reaches us."""
    file = folder / "day.ndjson"
    file.write_bytes(b"".join(write_json(line) + b"\n" for line in lines(day(1, CUSTOMERS))))
    world = read_world(file, None, (None, None), Settings())
    assert not any(world.bad.values())
    return world.received


async def test_both_decide_the_same_on_the_demos_day(tmp_path: Path) -> None:
    received = a_day(tmp_path)
    english, spanish = await played(book("en"), received), await played(book("es"), received)
    assert english.summary == spanish.summary
    assert english.decided() == spanish.decided()
    assert await english.remembered() == await spanish.remembered()


async def test_the_demos_day_meets_the_manners(tmp_path: Path) -> None:
    found = await (await played(book("en"), a_day(tmp_path))).outcomes()
    met = {name for name, count in found.items() if count}
    assert met >= {
        *("waiting_by_rule", "waiting_by_quiet_hours", "waiting_by_budget", "grouped", "conflict"),
        *("blocked_by_consent", "blocked_by_rule", "superseded", "joined"),
    }
