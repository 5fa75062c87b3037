"""Scenario 21: she is said to have died, and it is not true."""

from artifact.message import MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "21_death"
NIGHT, MORNING = "2027-03-10T23:30+01:00", "2027-03-11T07:00+01:00"


def dies(stage: Stage) -> None:
    stage.event("customer.deceased", source="registry", id="d-1")


def lives(stage: Stage) -> None:
    stage.answered(stage.correct("registry", "d-1"))


def test_everything_to_her_stops_at_once_but_what_the_law_demands() -> None:
    with play(NAME, NIGHT) as stage:
        update, notice = stage.ask("claim_update"), stage.ask("notice", notBefore=MORNING)
        dies(stage)
        record = stage.record(update)
        assert (record.state, record.reason, record.cause) == (
            MessageState.BLOCKED,
            "deceased",
            "customer.deceased",
        )
        assert stage.sentence(update) == (
            "“Your claim” is not sent because the customer is registered as deceased. "
            "It may go if that notice is corrected."
        )
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left(topic="claim_update") == []
        assert stage.left(topic="notice") == ["11 Mar 07:00"]
        assert stage.message(notice).state is MessageState.UNDER_WAY


def test_what_is_asked_for_after_her_death_stops_as_well() -> None:
    with play(NAME, NIGHT) as stage:
        dies(stage)
        assert stage.message(stage.ask("offer")).reason == "deceased"


def test_a_notice_of_death_at_the_very_instant_of_hand_over_is_heard() -> None:
    with play(NAME, NIGHT) as stage:
        update = stage.ask("claim_update", channels=["SMS"])
        stage.at("2027-03-11T08:00+01:00")
        dies(stage)
        assert stage.intend([f"{update}-SMS"]) == ()


def test_once_the_notice_is_corrected_all_is_decided_anew_and_leaves_as_it_would_have() -> None:
    with play(NAME, NIGHT) as stage:
        update = stage.ask("claim_update", channels=["SMS"])
        planned = stage.record(update).next_at
        dies(stage)
        stage.at(MORNING)
        lives(stage)
        record = stage.record(update)
        assert (record.state, record.cause, record.next_at) == (
            MessageState.WAITING,
            "event.corrected",
            planned,
        )
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left(topic="claim_update") == ["11 Mar 08:00"]


def test_a_hold_that_had_begun_before_keeps_its_anchor() -> None:
    with play(NAME, NIGHT) as stage:
        stage.event("claim.opened", claim_id="S1")
        offer = stage.ask("offer")
        before = stage.record(offer).holds
        dies(stage)
        stage.at("2027-03-20T07:00+01:00")
        lives(stage)
        assert stage.record(offer).holds == before
        assert before[0].since == instant(NIGHT)
