"""Scenario 9: a claim is paid, and only then do we hear that it was accepted."""

import pytest

from artifact.customer import memory_bytes
from artifact.message import MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "09_out_of_order"
NOON = "2027-03-10T12:00+01:00"
CLAIM = ("claim", "S1")


def opened(stage: Stage) -> None:
    stage.event("claim.opened", claim_id="S1", about=CLAIM, seq=3, at="2027-03-10T09:00+01:00")


def accepted(stage: Stage, at: str) -> None:
    stage.event("claim.accepted", claim_id="S1", amount=900, about=CLAIM, seq=4, at=at)


def paid(stage: Stage, at: str) -> None:
    stage.event("claim.paid", claim_id="S1", amount=900, about=CLAIM, seq=5, at=at)


PAIRS = [
    pytest.param("2027-03-10T11:00+01:00", "2027-03-10T11:30+01:00", id="told apart by their instants"),
    pytest.param("2027-03-10T11:30+01:00", "2027-03-10T11:30+01:00", id="told apart by their numbers"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_memory_equals_that_of_the_ordered_run(first: str, second: str) -> None:
    with play(NAME, NOON) as ordered, play(NAME, NOON) as shuffled:
        for stage in (ordered, shuffled):
            opened(stage)
        accepted(ordered, first)
        paid(ordered, second)
        paid(shuffled, second)
        accepted(shuffled, first)
        assert memory_bytes(shuffled.artifact().body.facts) == memory_bytes(ordered.artifact().body.facts)
        [claim] = shuffled.artifact().body.facts.situations
        assert claim.state == "paid"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_is_known_late_and_is_no_longer_news_says_nothing(first: str, second: str) -> None:
    with play(NAME, NOON) as stage:
        opened(stage)
        paid(stage, second)
        stage.work()
        stage.at("2027-03-10T12:40+01:00")
        accepted(stage, first)
        stage.pass_until("2027-03-12T12:00+01:00")
        assert [(s.topic, s.at) for s in stage.sent] == [("claim_paid", instant(NOON))]
        late = stage.only("claim_accepted")
        assert (late.state, late.reason) == (MessageState.SUPERSEDED, "outdated")
        record = stage.record(late.id)
        assert (record.cause, record.revision) == ("claim.accepted", stage.books.revision)


def test_in_order_both_are_said() -> None:
    with play(NAME, NOON) as stage:
        opened(stage)
        accepted(stage, "2027-03-10T11:00+01:00")
        paid(stage, "2027-03-10T11:30+01:00")
        stage.work()
        assert [s.topic for s in stage.sent] == ["claim_accepted", "claim_paid"]
