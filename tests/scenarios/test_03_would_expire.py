"""Scenario 3: what is of no use after nine o'clock is said before, on another channel, or not at all."""

from artifact.channel import Channel
from artifact.decision import GateOutcome, GateRow
from artifact.message import GateName, MessageState
from tests.scenarios.stage import instant, play

NAME = "03_would_expire"
NINE = "2027-06-01T09:00+02:00"


def test_a_message_whose_first_channel_opens_too_late_goes_now_on_another_permitted_one() -> None:
    with play(NAME, "2027-06-01T08:00+02:00") as stage:
        id = stage.ask("appointment", expiresAt=NINE)
        stage.work()
        assert [(s.channel, s.at) for s in stage.sent] == [(Channel.APP, instant("2027-06-01T08:00+02:00"))]
        assert [d.channel for d in stage.message(id).deliveries] == [Channel.APP]
        stage.pass_until("2027-06-01T12:00+02:00")
        assert len(stage.sent) == 1


def test_without_another_channel_it_is_blocked_and_a_person_is_alerted() -> None:
    with play(NAME, "2027-06-01T08:00+02:00") as stage:
        id = stage.ask("appointment", expiresAt=NINE, channels=["PHONE", "SMS"])
        record = stage.record(id)
        assert (record.state, record.reason) == (MessageState.BLOCKED, "expires_before_window")
        assert record.gates[-1] == GateRow(GateName.DEADLINE, GateOutcome.BLOCKED, "expires_before_window")
        assert record.next_at is None
        assert [(t.kind, t.is_alert) for t in stage.tasks()] == [("expires_before_window", True)]
        assert stage.sentence(id) == (
            "“Branch appointment” is not sent because it would be out of date before it may go. "
            "It may still be told in person before it expires."
        )


def test_advertising_that_would_come_too_late_is_blocked_without_an_alert() -> None:
    with play(NAME, "2027-06-01T08:00+02:00") as stage:
        id = stage.ask("open_day", expiresAt=NINE)
        assert stage.message(id).state is MessageState.BLOCKED
        stage.pass_until("2027-06-02T12:00+02:00")
        assert stage.tasks() == []


def test_it_is_never_late() -> None:
    with play(NAME, "2027-06-01T08:00+02:00") as stage:
        id = stage.ask("appointment", expiresAt=NINE, channels=["PHONE"])
        stage.pass_until("2027-06-02T12:00+02:00")
        assert stage.sent == []
        assert stage.message(id).state is MessageState.EXPIRED
        assert stage.record(id).now == instant(NINE)


def test_a_message_that_ends_the_instant_its_window_opens_is_too_late() -> None:
    with play(NAME, "2027-06-01T08:00+02:00") as stage:
        edge = stage.ask("appointment", expiresAt="2027-06-01T09:30+02:00", channels=["PHONE"])
        after = stage.ask("appointment", expiresAt="2027-06-01T09:30:00.000001+02:00", channels=["PHONE"])
        assert stage.message(edge).state is MessageState.BLOCKED
        assert stage.message(after).state is MessageState.WAITING
        stage.pass_until("2027-06-01T12:00+02:00")
        assert [s.at for s in stage.sent] == [instant("2027-06-01T09:30+02:00")]
