"""Scenario 17: there is newer news of a claim than what she has just read."""

from artifact.channel import Channel
from artifact.message import DeliveryState, MessageState
from tests.scenarios.stage import Stage, play

NAME = "17_newer_after_seen"
NIGHT, LATER, NOON = "2027-03-10T23:30+01:00", "2027-03-10T23:40+01:00", "2027-03-11T12:00+01:00"


def update(stage: Stage, state: str, seq: int) -> str:
    id = stage.ask("claim_update", source="claims", seq=seq, data={"claim_id": "S1", "state": state})
    stage.work()
    return id


def test_the_newer_one_goes_to_both_channels_marked_as_correcting_the_older() -> None:
    with play(NAME, NIGHT) as stage:
        older = update(stage, "accepted", 1)
        stage.event("delivery.seen", source="app", delivery=f"{older}-APP")
        stage.at(LATER)
        newer = update(stage, "under review", 2)
        assert stage.message(newer).correcting == older
        stage.pass_until(NOON)
        assert [(s.channel, s.text, stage.wall(s.at)) for s in stage.sent] == [
            (Channel.APP, "Your claim is accepted.", "10 Mar 23:30"),
            (Channel.APP, "Your claim is under review.", "10 Mar 23:40"),
            (Channel.SMS, "Your claim is under review.", "11 Mar 08:00"),
        ]


def test_the_older_one_that_was_shown_but_not_seen_is_taken_back_and_replaced() -> None:
    with play(NAME, NIGHT) as stage:
        older = update(stage, "accepted", 1)
        stage.at(LATER)
        update(stage, "under review", 2)
        message = stage.message(older)
        assert (message.state, message.reason) == (MessageState.SUPERSEDED, "newer_of_key")
        assert {d.state for d in message.deliveries} == {DeliveryState.WITHDRAWN}
        stage.pass_until(NOON)
        assert [s.text for s in stage.sent if s.channel is Channel.SMS] == ["Your claim is under review."]


def test_an_older_one_that_comes_after_the_newer_says_nothing() -> None:
    with play(NAME, NIGHT) as stage:
        update(stage, "under review", 2)
        stage.at(LATER)
        older = update(stage, "accepted", 1)
        message = stage.message(older)
        assert (message.state, message.reason) == (MessageState.SUPERSEDED, "older_of_key")
        stage.pass_until(NOON)
        assert {s.text for s in stage.sent} == {"Your claim is under review."}
