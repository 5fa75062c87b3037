"""The demo: a seed says everything, and what it shows is what the API answers."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from memento.exits import Exit
from tests.memento.process import answer, memento, start


def test_the_same_seed_ends_in_the_same_summary() -> None:
    words = ("demo", "--once", "--customers", "12")
    first = answer(*words, PYTHONHASHSEED="1")
    assert answer(*words, PYTHONHASHSEED="2") == first
    assert first["customers"] == 12
    assert first["refused"] == {}
    assert sum(first["states"].values()) == first["messages"] > 20


def test_three_stories_are_told_in_words() -> None:
    told = memento("demo", "--once", "--customers", "3").stdout
    assert "Ana Vidal (C001)" in told
    assert "because it is a time of grief" in told
    assert "“news of the claim” waiting (group); “thanks for the document” waiting (group)" in told
    assert "[APP seen, SMS withdrawn, LETTER withdrawn]" in told
    assert "was joined to the same message from another department" in told


@pytest.mark.skipif(shutil.which("curl") is None, reason="NOT RUN: this machine has no curl")
def test_it_stays_up_with_queries_that_work_until_it_is_stopped() -> None:
    process = start("demo", "--customers", "3", "--port", "0")
    assert process.stdout is not None
    command = next(line for line in process.stdout if line.startswith("  curl "))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    [facts] = [json.loads(done.stdout)["data"]["customer"]["facts"]]
    assert facts["name"] == "Bruno Ferrer"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (Exit.OK, "")


def test_stopped_in_the_middle_it_says_so() -> None:
    process = start("demo", "--port", "0")
    assert process.stdout is not None
    assert "calls of an insurer's day" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (Exit.INTERRUPTED, "")


def test_the_day_can_be_written_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "day.ndjson"
    assert memento("demo", "--write", file, "--customers", "5").returncode == Exit.OK
    again = tmp_path / "again.ndjson"
    assert memento("demo", "--write", again, "--customers", "5", PYTHONHASHSEED="3").returncode == Exit.OK
    assert file.read_bytes() == again.read_bytes()
    types = {json.loads(line)["type"] for line in file.read_bytes().splitlines()}
    assert {"message.requested", "claim.opened", "interaction.started", "consent.withdrawn"} <= types
