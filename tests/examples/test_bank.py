"""The bank's rulebook: it compiles without a remark, its own tests pass, and real history drives it through all states."""

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from artifact.decision import Record
from artifact.limits import DEFAULT_LIMITS
from artifact.message import HoldKind
from dsl.compile import Checked, compile_rulebook
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.pipeline.backtest import Received, Summary, backtest
from engine.pipeline.rulebook_tests import run_tests
from engine.traces import whole
from memento.backtesting import read_world
from memento.settings import Settings
from store.memory import MemoryStore
from tests.conftest import ROOT

RULES = ROOT / "examples" / "bank" / "bank.rules"
SHARE = 10
"""One customer in so many: enough to meet every state, quick enough for every run."""


@cache
def checked() -> Checked:
    return compile_rulebook(RULES.read_bytes())


def book() -> Rulebook:
    found = checked().rulebook
    assert found is not None
    return found


def test_it_compiles_without_a_remark() -> None:
    assert checked().rulebook is not None
    assert checked().diagnostics == ()


async def test_its_own_tests_pass() -> None:
    found = checked()
    assert found.rulebook is not None
    results = await run_tests(found.rulebook, found.tests, DEFAULT_LIMITS)
    assert [(r.name, r.detail) for r in results if not r.passed] == []
    assert len(results) >= 15


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


def some_customers(shared: Path, folder: Path) -> list[Received]:
    events = excerpt(shared, "events", "customerId", folder)
    customers = excerpt(shared, "customers", "id", folder)
    world = read_world(events, customers, (None, None), Settings())
    assert not any(world.bad.values())
    return world.received


async def played(received: list[Received]) -> tuple[Summary, list[Record]]:
    store, books = MemoryStore(lambda: 0), Books(_no_text, _no_book)
    books.put_in_force(book(), 1)
    summary = await backtest(store, books, received, None, DEFAULT_LIMITS, "test")
    return summary, [record for id in await _ids(store) for record in await _records(store, id)]


async def _no_text(revision: str) -> str | None:
    raise AssertionError(revision)


async def _no_book(text: str) -> Rulebook:
    raise AssertionError(text)


async def _ids(store: MemoryStore) -> list[str]:
    return list((await store.customers(None, 10_000)).items)


async def _records(store: MemoryStore, customer_id: str) -> list[Record]:
    entries = await store.history(customer_id, 0, 100_000)
    return [whole(kept, entry, None) for entry in entries for kept in entry.out]


@pytest.mark.shared
async def test_real_history_takes_messages_through_every_state_it_can(shared: Path, tmp_path: Path) -> None:
    summary, records = await played(some_customers(shared, tmp_path))
    assert summary.refused == ()
    assert summary.messages > 20_000 / SHARE
    met = {(r.state.value, r.reason) for r in records}
    assert met >= {
        ("WAITING", "rule"),
        ("WAITING", "quiet_hours"),
        ("BLOCKED", "rule"),
        ("BLOCKED", "consent"),
        ("BLOCKED", "cap"),
        ("READY", "ready"),
        ("UNDER_WAY", "under_way"),
        ("REACHED", "life_over"),
        ("SUPERSEDED", "newer_of_key"),
        ("EXPIRED", "expired"),
    }
    holds = Counter(h.kind for r in records for h in r.holds)
    assert set(holds) >= {HoldKind.FIXED, HoldKind.WHILE, HoldKind.QUIET_HOURS, HoldKind.BUDGET}
