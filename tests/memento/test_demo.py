"""The demo: a seed says everything, and what it shows is what the API answers."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path

import pytest

from memento.client import Client
from memento.exits import Exit
from tests.memento.process import answer, memento, start

INGEST = "mutation($inputs: [EventInput!]!) { ingestEvents(inputs: $inputs) { results { userErrors { code message } } } }"


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


@pytest.fixture
def played() -> Iterator[list[str]]:
    """The closing words of a demo that stays up; at the end it is stopped, and ends well."""
    process = start("demo", "--customers", "3", "--port", "0")
    assert process.stdout is not None
    told = list(takewhile(lambda line: not line.startswith("The API is at"), process.stdout))
    yield told[next(n for n, line in enumerate(told) if line.startswith("Here it is")) :]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (Exit.OK, "")


def pasted(words: list[str]) -> dict[str, str]:
    """The commands below each title, as a shell is given them, and what they answer."""
    titles = [n for n, line in enumerate(words) if line.endswith(":\n") and not line.startswith(" ")]
    python = f'python3() {{ {shlex.quote(sys.executable)} "$@"; }}\n'
    answers = {}
    for begin, end in pairwise([*titles, len(words)]):
        script = python + "".join(words[begin + 1 : end])
        if "curl" in script:
            done = subprocess.run(
                ["sh", "-c", script], capture_output=True, text=True, timeout=60, check=True
            )
            answers[words[begin]] = done.stdout
    return answers


@pytest.mark.skipif(shutil.which("curl") is None, reason="NOT RUN: this machine has no curl")
def test_it_stays_up_and_every_command_it_names_plays_on(played: list[str]) -> None:
    assert played[0].startswith("Here it is Tuesday 3 March 2026, 10:00")
    storm, offer, bruno, blocked = pasted(played).values()
    assert '"ACCEPTED"' in storm
    assert "“an offer” waits because a claim is being settled" in offer
    assert "News of your claim S-9: it is open." in bruno
    assert "because the customer has lost a relative" in blocked


def test_what_an_actor_of_today_sends_to_it_is_refused_with_the_clock_it_goes_by(played: list[str]) -> None:
    url = next(word for line in played for word in line.split() if word.startswith("http"))
    today = {
        "source": "s",
        "id": "1",
        "customerId": "C002",
        "type": "claim.opened",
        "at": "2036-01-01T00:00:00Z",
    }
    with Client(url, "newcomer") as client:
        [result] = client.execute(INGEST, {"inputs": [today]})["ingestEvents"]["results"]
    [error] = result["userErrors"]
    assert error["code"] == "EVENT_FROM_FUTURE"
    assert "which reads 2026-03-03T09:0" in error["message"]


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
