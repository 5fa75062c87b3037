"""The service as an operator and a back-end meet it: started, fed, fed again, looked into, stopped, started again."""

import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memento.client import Client
from memento.exits import Exit
from tests.memento.process import INSURER, PATIENCE_SECONDS, answer, memento, service, start, write_day


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service of these tests keeps its things."""
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """A running service."""
    with service(folder) as found:
        yield found


@pytest.fixture(scope="module")
def day(folder: Path) -> Path:
    """A day's file with lines at fault among the good ones."""
    file = folder / "day.ndjson"
    write_day(file, customers=12)
    lines = file.read_bytes().splitlines()
    future = {**json.loads(lines[0]), "id": "future", "at": "2999-01-01T00:00:00Z"}
    whole = {**json.loads(lines[0]), "id": "whole", "data": {"n": 2**70}}
    half = {**json.loads(lines[0]), "id": "\ud800"}
    faults = [
        b"nonsense",
        *(json.dumps(fault).encode() for fault in (future, whole, half)),
        b'{"id": "1"}',
        b"[]",
    ]
    file.write_bytes(b"\n".join([*faults, *lines, lines[-1][:25]]))
    return file


@pytest.fixture(scope="module")
def fed(url: str, day: Path) -> dict[str, Any]:
    """What became of the day's file when the service was given it for the first time."""
    figures: dict[str, Any] = answer("ingest", day, "--url", url, expect=Exit.FINDING)
    return figures


def test_lines_at_fault_are_told_and_the_rest_is_taken(fed: dict[str, Any], day: Path) -> None:
    last = len(day.read_bytes().splitlines())
    assert {error["line"]: error["code"] for error in fed["errors"]} == {
        1: "LINE_INVALID",
        2: "EVENT_FROM_FUTURE",
        3: "NUMBER_INVALID",
        4: "TEXT_INVALID",
        5: "DATA_INVALID",
        6: "TYPE_INVALID",
        last: "LINE_INVALID",
    }
    assert fed["statuses"]["ACCEPTED"] > 100


@pytest.mark.usefixtures("fed")
def test_a_file_sent_again_is_all_duplicates(url: str, day: Path) -> None:
    before = answer("verify", "--store", day.parent / "brand.memento")
    again = answer("ingest", day, "--url", url, expect=Exit.FINDING)
    after = answer("verify", "--store", day.parent / "brand.memento")
    assert set(again["statuses"]) <= {"DUPLICATE", "REJECTED"}
    assert after["ok"] is True
    assert after["customers"] == before["customers"]


def test_a_second_service_on_the_file_is_refused(url: str, folder: Path) -> None:
    second = memento("serve", "--port", "0", "--store", folder / "brand.memento")
    assert second.returncode == Exit.UNAVAILABLE
    assert "STORE_IN_USE" in second.stderr


def test_a_second_service_on_the_port_is_refused(url: str) -> None:
    second = memento("serve", "--port", url.split(":")[2].split("/", maxsplit=1)[0], "--store", "memory")
    assert second.returncode == Exit.UNAVAILABLE
    assert "cannot listen" in second.stderr


def test_it_lives_and_is_ready(url: str) -> None:
    for place in ("health", "ready"):
        with urllib.request.urlopen(url.replace("graphql", place), timeout=10) as response:
            assert response.status == 200


@pytest.mark.usefixtures("fed")
def test_a_customer_and_her_messages_are_told_beside_the_running_service(url: str, folder: Path) -> None:
    store = folder / "brand.memento"
    shown = memento("customer", "C002", "--store", store)
    assert shown.returncode == Exit.OK
    assert "Bruno Ferrer" in shown.stdout
    assert "The adjuster calls within 2 working days (S-2041): " in shown.stdout
    with Client(url, "tests") as client:
        query = '{ messages(first: 1, where: {customerId: "C002"}) { nodes { id explanation } } }'
        [message] = client.execute(query)["messages"]["nodes"]
    told = memento("explain", message["id"], "--store", store)
    assert told.stdout.splitlines()[0] == message["explanation"]
    assert answer("explain", message["id"], "--store", store)["sentence"] == message["explanation"]


@pytest.mark.usefixtures("fed")
def test_a_decision_is_told_in_words_and_not_in_codes(folder: Path, url: str) -> None:
    query = "{ messages(first: 100) { nodes { id decisions(first: 20) { nodes { gates { outcome } } } } } }"
    with Client(url, "tests") as client:
        found = client.execute(query)["messages"]["nodes"]
    held = next(
        message["id"]
        for message in found
        for decision in message["decisions"]["nodes"]
        if any(gate["outcome"] in {"HELD", "BLOCKED"} for gate in decision["gates"])
    )
    told = memento("explain", held, "--store", folder / "brand.memento").stdout
    gates = re.findall(r"^    (?:life|rules|channels|consent|group|when|deadline): (.*)$", told, re.MULTILINE)
    assert gates
    assert [line for line in gates if len(line.split()) < 3 or "_" in line] == []


@pytest.mark.parametrize("words", [("customer", "nobody"), ("explain", "nothing")])
def test_what_is_not_known_ends_with_two(url: str, folder: Path, words: tuple[str, str]) -> None:
    assert "error" in answer(*words, "--store", folder / "brand.memento", expect=Exit.INPUT)


@pytest.mark.usefixtures("fed")
def test_the_past_of_a_customer_can_be_asked_for(folder: Path) -> None:
    words = ("customer", "C002", "--store", folder / "brand.memento")
    before = answer(*words, "--as-of", "2026-03-02T09:00:00+01:00")
    after = answer(*words, "--as-of", "2026-03-02T17:00:00+01:00")
    states = [
        [one["state"] for one in found["facts"]["situations"] if one["kind"] == "claim"]
        for found in (before, after)
    ]
    assert states == [["open"], ["accepted"]]


def test_interrupted_it_ends_well_and_starts_again_where_it_was(tmp_path: Path) -> None:
    for _ in range(2):
        process = start("serve", "--port", "0", "--store", "a.memento", "--rulebook", INSURER, cwd=tmp_path)
        assert process.stdout is not None
        said = [process.stdout.readline()]
        while not said[-1].startswith("Memento listens"):
            said.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert (process.returncode, err) == (0, "")
    # The rulebook was in force already, so the second start published nothing.
    assert len(said) == 1


@pytest.mark.parametrize("text", [b"nonsense", b"\xff\xfe"])
def test_a_rulebook_at_fault_ends_the_start_and_changes_nothing(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "bad.rules"
    file.write_bytes(text)
    done = memento(
        "serve", "--port", "0", "--store", tmp_path / "a.memento", "--rulebook", file, cwd=tmp_path
    )
    assert done.returncode == Exit.INPUT
    assert "RULEBOOK_INVALID" in done.stderr
    assert "Traceback" not in done.stderr


HALVES = {
    "customer": "query Q($half: ID!) { customer(id: $half) { id } }",
    "message": "query Q($half: ID!) { message(id: $half) { id } }",
    "messages": "query Q($half: String!) { messages(first: 1, where: {topic: $half}) { nodes { id } } }",
    "rulebookVersion": "query Q($half: ID!) { rulebookVersion(id: $half) { id } }",
    "previewRulebook": "query Q($half: ID!) { previewRulebook(versionId: $half, first: 1) { total } }",
    "publishRulebook": """mutation M($half: ID!) {
        publishRulebook(input: {id: "a", versionId: $half}) { userErrors { code } } }""",
    "tellMessage": """mutation M($half: ID!) {
        tellMessage(input: {id: "a", messageId: $half}) { userErrors { code } } }""",
    "acknowledgeDeliveries": """mutation M($half: ID!) { acknowledgeDeliveries(
        input: {id: $half, customerId: "c", deliveries: [{deliveryId: "d", outcome: SEEN}]}
    ) { userErrors { code } } }""",
}


@pytest.mark.parametrize("query", HALVES.values(), ids=HALVES.keys())
def test_half_a_character_in_whatever_is_asked_for_is_the_callers_fault_and_not_ours(
    url: str, query: str
) -> None:
    body = json.dumps({"query": query, "variables": {"half": "\ud800"}}).encode()
    headers = {"Content-Type": "application/json", "X-Memento-Actor": "tests"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as response:
        [error] = json.load(response)["errors"]
    assert error["extensions"]["code"] == "VARIABLES_INVALID"
    assert "half of a character" in error["message"]
