"""Language programs and their transcripts. After a change that is meant: `python -m tests.dsl.record`."""

from pathlib import Path

import pytest

from dsl.compile import compile_rulebook
from tests.dsl.transcript import PROGRAMS, programs, transcript


@pytest.mark.parametrize("path", programs(), ids=[str(path.relative_to(PROGRAMS)) for path in programs()])
def test_a_program_says_what_its_transcript_says(path: Path) -> None:
    assert transcript(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", programs(), ids=[str(path.relative_to(PROGRAMS)) for path in programs()])
def test_a_bad_program_has_errors_and_a_good_one_has_none(path: Path) -> None:
    found = compile_rulebook(path.read_text(encoding="utf-8"))
    assert (found.rulebook is None) is ("bad" in path.parts)


def test_no_transcript_outlives_its_program() -> None:
    assert {path.with_suffix(".rules") for path in PROGRAMS.rglob("*.txt")} == set(programs())
