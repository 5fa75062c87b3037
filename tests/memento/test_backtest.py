"""Backtests: the same input ends in the same digest, however it is run, stopped and started again."""

import asyncio
import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from memento.__main__ import main
from memento.exits import Exit
from store.embedded import EmbeddedStore
from tests.memento.process import INSURER, PATIENCE_SECONDS, answer, memento, start, write_day

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
CUSTOMERS = 300 if LONG else 40
KILLS, KILLED_CUSTOMERS = (60, 500) if LONG else (20, 160)
"""Enough customers for more groups to become durable than there are kills, so that each strikes before the end."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of some customers, read only."""
    file = tmp_path_factory.mktemp("day") / "day.ndjson"
    write_day(file, customers=CUSTOMERS)
    return file


@pytest.fixture(scope="module")
def undisturbed(day: Path) -> dict[str, Any]:
    """What the day ends in."""
    figures: dict[str, Any] = answer("backtest", INSURER, day)
    return figures


def entries_of(store: Path) -> int:
    async def count() -> int:
        opened = EmbeddedStore.open(store, lambda: 0, read_only=True)
        try:
            return (await opened.totals()).entries
        finally:
            await opened.close()

    return asyncio.run(count())


def test_the_figures_have_these_names(undisturbed: dict[str, Any]) -> None:
    names = {"events", "customers", "messages", "states", "reasons", "rejected"}
    assert set(undisturbed) == names | {
        "manners",
        "experiments",
        "events_per_second",
        "memory_digest",
        "digest",
    }


def test_what_the_manners_did_is_told_beside_what_would_have_been(undisturbed: dict[str, Any]) -> None:
    manners = undisturbed["manners"]
    assert set(manners) == {"asked", "with", "without", "outcomes"}
    assert manners["without"]["contacts"] == manners["asked"] > manners["with"]["contacts"] > 0
    assert manners["outcomes"]["waiting_by_rule"] > 0
    assert sum(undisturbed["states"].values()) == undisturbed["messages"] > 50
    assert undisturbed["rejected"] == 0


def test_the_digest_is_that_of_the_exported_lines_whatever_the_hash_seed(
    day: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    store = tmp_path / "day.memento"
    figures = answer("backtest", INSURER, day, "--store", store, PYTHONHASHSEED="7")
    exported = memento("export", "--store", store, PYTHONHASHSEED="8")
    lines = sorted(exported.stdout.encode().splitlines())
    facts = [json.loads(line) for line in lines if line.startswith(b'{"customerId"') and b'"facts"' in line]
    memories = sorted(
        json.dumps(
            {"customerId": f["customerId"], "facts": f["facts"]},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        for f in facts
        if "decision" not in f
    )
    assert figures["digest"] == hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    assert (
        figures["memory_digest"] == hashlib.sha256("".join(f"{m}\n" for m in memories).encode()).hexdigest()
    )
    assert without_speed(figures) == without_speed(undisturbed)


def without_speed(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figures.items() if name != "events_per_second"}


def test_the_order_of_arrival_does_not_change_the_memory(day: Path) -> None:
    ordered = answer("backtest", INSURER, day, "--spread", "3")
    shuffled = answer("backtest", INSURER, day, "--spread", "3", "--scramble", "5")
    assert shuffled["events"] > ordered["events"]
    assert shuffled["memory_digest"] == ordered["memory_digest"]


def test_killed_again_and_again_it_keeps_what_it_acknowledged_and_ends_the_same(tmp_path: Path) -> None:
    store, day = tmp_path / "killed.memento", tmp_path / "long day.ndjson"
    write_day(day, customers=KILLED_CUSTOMERS)
    whole = 0
    for kill in range(KILLS):
        process = start("backtest", INSURER, day, "--store", store, MEMENTO_LIMIT_COMMIT_EVENTS="8")
        assert process.stdout is not None
        told = 0
        for line in process.stdout:
            if line.startswith("acknowledged "):
                told = int(line.split()[1])
                # Each run is let go a little further than the one before, and killed in the middle of its work.
                if told > whole:
                    time.sleep(0.003 * (kill % 5))
                    process.kill()
                    break
        process.kill()
        rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
        told = max([told, *(int(line.split()[1]) for line in rest.splitlines() if line.startswith("ack"))])
        assert process.returncode == -signal.SIGKILL, f"run {kill} came to its end"
        folded = entries_of(store)
        assert folded >= told > whole
        whole = folded
    ended = answer("backtest", INSURER, day, "--store", store)
    assert ended["digest"] == answer("backtest", INSURER, day)["digest"]
    assert answer("verify", "--store", store)["ok"] is True


def test_verify_finds_a_store_that_was_tampered_with(day: Path, tmp_path: Path) -> None:
    store = tmp_path / "tampered.memento"
    answer("backtest", INSURER, day, "--store", store)
    connection = apsw.Connection(str(store))
    connection.execute("DELETE FROM log WHERE n = 2")
    connection.close()
    verdict = answer("verify", "--store", store, expect=Exit.FINDING)
    assert {breach["invariant"] for breach in verdict["breaches"]} >= {"I7"}


def test_bad_lines_are_told_and_the_rest_is_run(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, day: Path
) -> None:
    lines = day.read_bytes().splitlines()[:300]
    (tmp_path / "bad.ndjson").write_bytes(b"\n".join([b"nonsense", *lines, lines[-1][:30]]))
    assert main(["backtest", str(INSURER), str(tmp_path / "bad.ndjson"), "--json"]) == Exit.FINDING
    out, err = capfdbinary.readouterr()
    figures = json.loads(out)
    assert (figures["events"], figures["rejected"]) == (300, 2)
    assert b"bad.ndjson:1: LINE_INVALID" in err
    assert b"bad.ndjson:302: LINE_INVALID" in err


def test_another_rulebook_on_the_same_store_is_refused(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, day: Path
) -> None:
    other = tmp_path / "other.rules"
    other.write_text(INSURER.read_text().replace("small_debt", "tiny_debt").replace("30 EUR", "31 EUR"))
    (tmp_path / "few.ndjson").write_bytes(b"\n".join(day.read_bytes().splitlines()[:5]))
    words = [str(tmp_path / "few.ndjson"), "--store", str(tmp_path / "few.memento"), "--json"]
    assert main(["backtest", str(INSURER), *words]) == Exit.OK
    capfdbinary.readouterr()
    assert main(["backtest", str(other), *words]) == Exit.INPUT
    assert json.loads(capfdbinary.readouterr()[0])["error"]["code"] == "EDIT_CONFLICT"


def test_nothing_after_the_end_is_given(capfdbinary: pytest.CaptureFixture[bytes], day: Path) -> None:
    assert main(["backtest", str(INSURER), str(day), "--until", "2026-03-02T06:00:00Z", "--json"]) == Exit.OK
    figures = json.loads(capfdbinary.readouterr()[0])
    assert 0 < figures["events"] < len(day.read_bytes().splitlines())
