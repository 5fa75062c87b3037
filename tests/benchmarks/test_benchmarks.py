"""Benchmarks run and say what they measured; no figure is judged here, for tests share the machine with each other."""

import json
from math import isfinite
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, benchmark, main
from benchmarks.line import Line, number, table
from benchmarks.scale import TINY
from tests.conftest import ROOT


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_works_at_tiny_sizes(name: str) -> None:
    lines = benchmark(name).measure(TINY)
    assert lines
    assert all(isfinite(line.value) for line in lines)
    assert len({line.name for line in lines}) == len(lines)


def test_the_command_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"
    assert main(["log_bytes", "--tiny", "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    assert found["lines"][0]["name"] == "decision record"
    assert found["machine"]["python"]
    assert "decision record" in capsys.readouterr().out


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["nothing"])
    assert stopped.value.code == 2
    assert "no benchmark is called nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "more_is_better", "verdict"),
    [
        (5, False, "goal"),
        (15, False, "floor"),
        (25, False, "not met"),
        (25, True, "goal"),
        (15, True, "floor"),
        (5, True, "not met"),
    ],
)
def test_a_line_says_which_limit_it_holds(value: float, more_is_better: bool, verdict: str) -> None:
    floor, goal = (10, 20) if more_is_better else (20, 10)
    assert Line("x", value, "us", floor, goal, more_is_better=more_is_better).verdict == verdict


def test_numbers_are_short() -> None:
    assert [number(n) for n in (0.33333, 12.345, 543.2, 12345.6)] == ["0.333", "12.3", "543", "12,346"]


def test_the_table_names_limits_by_their_direction() -> None:
    shown = table([Line("slow", 1, "us", 2, 1), Line("fast", 9, "/s", 5, 8, more_is_better=True)])
    assert "<= 2" in shown
    assert ">= 5" in shown


def test_every_benchmark_is_explained() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
