"""Authors at a terminal: a draft is previewed, published, followed, listed, shown and taken back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from memento.__main__ import main
from memento.client import Client
from memento.exits import Exit
from tests.memento.process import service

SMALL = """rulebook small
  zone "UTC"
  currency EUR
end
category news  basis contract  channels sms end
topic hello  category news  template plain end
template plain
  in English text "Hello."
end
"""
WAIT = """message rule "Hello waits"
  for topic hello
  then postpone for 2 days because "There is no hurry"
end
"""
TEST = """test "Hello waits"
  at 2 March 2026 10:00
  when message about hello
  expect postpone by rule "Hello waits"
end
"""
ASK = """mutation Ask($inputs: [MessageRequestInput!]!) {
  requestMessages(inputs: $inputs) { results { status userErrors { code } } }
}"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with service(tmp_path) as found:
        yield found


@pytest.fixture
def drafts(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "small": SMALL,
        "waits": SMALL + WAIT + TEST,
        "fails": SMALL + WAIT.replace("then", "when message.urgency is low\n  then") + TEST,
    }
    files = {name: tmp_path / f"{name}.rules" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text)
    return files


class Author:
    """Somebody at a terminal, in this process: starting one costs more than what it does."""

    def __init__(self, url: str, capture: pytest.CaptureFixture[bytes]) -> None:
        self.url, self._capture = url, capture

    def says(self, *words: str | Path, expect: int = Exit.OK) -> str:
        code = main([*map(str, words), "--url", self.url])
        out, err = self._capture.readouterr()
        assert code == expect, err.decode()
        return out.decode()

    def answer(self, *words: str | Path, expect: int = Exit.OK) -> Any:
        return json.loads(self.says(*words, "--json", expect=expect))


@pytest.fixture
def author(url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> Author:
    return Author(url, capfdbinary)


def ask(url: str, customers: int) -> None:
    at = "2026-03-02T10:00:00Z"
    inputs = [
        {
            "source": "crm",
            "id": "r1",
            "customerId": f"c{n}",
            "topic": "hello",
            "at": at,
            "notBefore": "2999-01-01T00:00:00Z",
        }
        for n in range(customers)
    ]
    with Client(url, "crm") as client:
        results = client.execute(ASK, {"inputs": inputs})["requestMessages"]["results"]
    assert {one["status"] for one in results} == {"ACCEPTED"}


def test_a_draft_goes_live_after_a_preview_and_is_taken_back(author: Author, drafts: dict[str, Path]) -> None:
    first = author.answer("publish", drafts["small"])["rollout"]
    assert (first["epoch"], first["state"]) == (2, "DONE")
    ask(author.url, 7)

    preview = author.answer("publish", drafts["waits"], "--preview", "--examples", "2")
    assert (preview["customers"], preview["messages"], preview["changed"]) == (7, 7, 7)
    assert preview["causes"] == [{"reason": "rule", "rule": "Hello waits", "count": 7}]
    assert [one["customerId"] for one in preview["examples"]] == ["c0", "c1"]
    again = author.answer("publish", drafts["waits"], "--preview", "--examples", "2")
    assert {**again, "examples": 0} == {**preview, "examples": 0}
    words = author.says("publish", drafts["waits"], "--preview")
    assert words.startswith("7 of 7 open messages of 7 customers would change\n")
    assert "WAITING -> WAITING" in words

    published = author.answer("publish", "--version", "3")["rollout"]
    assert (published["epoch"], published["state"]) == (3, "DONE")
    assert (published["total"], published["done"], published["changed"]) == (7, 7, 7)
    back = author.answer("publish", "--rollback")["rollout"]
    assert (back["epoch"], back["versionId"], back["changed"]) == (4, first["versionId"], 7)

    listed = author.answer("rulebook", "list")
    assert [(one["number"], one["state"]) for one in listed["versions"]] == [
        (3, "REPLACED"),
        (2, "LIVE"),
        (1, "REPLACED"),
    ]
    assert listed["rollout"]["epoch"] == 4
    assert author.says("rulebook", "show", "3") == (SMALL + WAIT + TEST)
    assert author.answer("rulebook", "show")["text"].strip() == SMALL.strip()
    assert "publication 4 is in force" in author.says("rulebook", "list")


def test_what_is_for_later_is_scheduled(author: Author, drafts: dict[str, Path], tmp_path: Path) -> None:
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    done = author.answer("publish", drafts["small"], "--at", at)["rollout"]
    assert done["state"] == "SCHEDULED"
    listed = author.answer("rulebook", "list")
    assert [one["state"] for one in listed["versions"]] == ["SCHEDULED", "LIVE"]
    assert author.answer("rulebook", "show")["number"] == 1
    missing = author.answer("rulebook", "show", "9", expect=Exit.INPUT)
    assert missing["error"]["code"] == "RULEBOOK_UNKNOWN"


def test_a_rulebook_whose_tests_fail_goes_live_only_if_one_insists(
    author: Author, drafts: dict[str, Path]
) -> None:
    preview = author.answer("publish", drafts["fails"], "--preview")
    assert preview["failingTests"] == ["Hello waits"]
    refused = author.answer("publish", drafts["fails"], expect=Exit.INPUT)
    assert refused["error"]["code"] == "RULEBOOK_TESTS_FAILED"
    done = author.answer("publish", drafts["fails"], "--even-if-tests-fail")
    assert done["rollout"]["state"] == "DONE"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "REQUIRED"),
        (("x.rules", "--version", "1"), "REQUIRED"),
        (("x.rules", "--rollback"), "NOT_ALLOWED"),
        (("--rollback", "--preview"), "REQUIRED"),
        (("--rollback", "--version", "1", "--at", "2030-01-01T00:00:00Z"), "NOT_ALLOWED"),
        (("no.rules",), "FILE_UNREADABLE"),
        (("--version", "1", "--url", "http://127.0.0.1:1/graphql"), "STORE_UNAVAILABLE"),
    ],
)
def test_what_does_not_go_together_is_told(
    words: tuple[str, ...], code: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["publish", *words, "--json"]) != Exit.OK
    assert json.loads(capfdbinary.readouterr()[0])["error"]["code"] == code
