"""The bank's rulebook: it compiles without a remark, its own tests pass, and real history drives it through all states."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.advice.advise import advised_rulebook
from dsl.compile import Checked
from dsl.coverage import WatchedRulebook
from dsl.errors import DiagnosticCode
from dsl.rulebook import Rulebook
from engine.pipeline.backtest import Received
from engine.pipeline.rulebook_tests import run_tests
from memento.backtesting import read_world
from memento.exporting import memory_digest
from memento.settings import Settings
from tests.conftest import ROOT
from tests.examples.playing import played

RULES = ROOT / "examples" / "bank" / "bank.rules"
SHARE = 40
"""One customer in so many: enough to meet every state, quick enough for every run."""
OFTEN = 200 / SHARE
"""What happens 200 times in the whole history happens so often in that share of it."""


@cache
def checked() -> Checked:
    return advised_rulebook(RULES.read_text("utf-8"), DEFAULT_LIMITS)


def book() -> Rulebook:
    found = checked().rulebook
    assert found is not None
    return found


def test_it_compiles_and_what_is_remarked_is_meant() -> None:
    """Her income is that of all her accounts together."""
    assert checked().rulebook is not None
    assert {one.code for one in checked().diagnostics} == {DiagnosticCode.AGGREGATE_OF_ALL}


async def test_its_own_tests_pass_and_make_every_rule_fire() -> None:
    found = checked()
    assert found.rulebook is not None
    watched = WatchedRulebook.of(found.rulebook)
    results = await run_tests(watched, found.tests, DEFAULT_LIMITS)
    assert [(r.name, r.detail) for r in results if not r.passed] == []
    assert [rule.name for rule in watched.coverage().not_fired()] == []


def test_no_rule_reads_how_a_loan_ended() -> None:
    found = checked().rulebook
    assert found is not None
    assert "status" not in found.program.events["loan.granted"]


def excerpt(shared: Path, kind: str, id_field: str, folder: Path) -> Path:
    """The lines of some customers, as a file of their own."""
    whole = shared / "data" / f"berka_bank.{kind}.ndjson.gz"
    found = folder / f"{kind}.ndjson"
    with gzip.open(whole, "rt", encoding="utf-8") as lines, found.open("w", encoding="utf-8") as kept:
        kept.writelines(line for line in lines if int(json.loads(line)[id_field]) % SHARE == 0)
    return found


def some_customers(shared: Path, folder: Path, seeds: tuple[int | None, int | None]) -> list[Received]:
    events = excerpt(shared, "events", "customerId", folder)
    customers = excerpt(shared, "customers", "id", folder)
    world = read_world(events, customers, seeds, Settings())
    assert not any(world.bad.values())
    return world.received


SEEDS = (7, 11)


@pytest.mark.shared
async def test_real_history_takes_messages_through_every_state_it_can(shared: Path, tmp_path: Path) -> None:
    found = await played(book(), some_customers(shared, tmp_path, SEEDS))
    assert found.summary.refused == ()
    assert found.summary.messages > 20_000 / SHARE
    met = {(r.state.value, r.reason) for r in found.records}
    assert met >= {
        ("WAITING", "rule"),
        ("WAITING", "quiet_hours"),
        ("WAITING", "budget"),
        ("WAITING", "group"),
        ("BLOCKED", "rule"),
        ("BLOCKED", "consent"),
        ("READY", "ready"),
        ("UNDER_WAY", "under_way"),
        ("REACHED", "life_over"),
        ("SUPERSEDED", "newer_of_key"),
        ("JOINED", "same_key"),
        ("EXPIRED", "expired"),
    }
    outcomes = await found.outcomes()
    assert {name: count for name, count in outcomes.items() if count < OFTEN} == {
        name: outcomes[name] for name in ("conflict", "evicted")
    }


@pytest.mark.shared
async def test_what_is_remembered_does_not_hang_on_the_order_of_arrival(shared: Path, tmp_path: Path) -> None:
    in_order = await played(book(), some_customers(shared, tmp_path, (SEEDS[0], None)))
    scrambled = await played(book(), some_customers(shared, tmp_path, SEEDS))
    assert await memory_digest(in_order.store) == await memory_digest(scrambled.store)
