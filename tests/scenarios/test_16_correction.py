"""Scenario 16: a payment is announced and turns out never to have been made."""

from artifact.channel import Channel
from artifact.message import MessageState
from tests.scenarios.stage import Stage, play

NAME = "16_correction"
NIGHT, LATER, NOON = "2027-03-10T23:30+01:00", "2027-03-10T23:40+01:00", "2027-03-11T12:00+01:00"


def announced(stage: Stage) -> str:
    stage.event("payment.made", source="payments", id="p-1", payment_id="P1", amount=500)
    return stage.only("payment_announced").id


def reversed_(stage: Stage) -> None:
    stage.answered(stage.correct("payments", "p-1", reason="wrong account"))


def test_reversed_before_anybody_saw_it_nothing_is_sent_and_nothing_is_corrected() -> None:
    with play(NAME, NIGHT) as stage:
        id = announced(stage)
        stage.work()
        assert stage.left() == ["10 Mar 23:30"]
        stage.at(LATER)
        reversed_(stage)
        assert (stage.message(id).state, stage.message(id).reason) == (MessageState.RETRACTED, "corrected")
        assert stage.record(id).cause == "event.corrected"
        stage.pass_until(NOON)
        assert stage.left(Channel.SMS) == []
        assert stage.left(topic="correction") == []
        assert stage.tasks() == []


def test_seen_in_the_app_one_correction_goes_there() -> None:
    with play(NAME, NIGHT) as stage:
        id = announced(stage)
        stage.work()
        stage.event("delivery.seen", source="app", delivery=f"{id}-APP")
        stage.at(LATER)
        reversed_(stage)
        stage.pass_until(NOON)
        assert [(s.topic, s.channel) for s in stage.sent] == [
            ("payment_announced", Channel.APP),
            ("correction", Channel.APP),
        ]
        correction = stage.only("correction")
        assert correction.correcting == id
        assert stage.records(correction.id)[0].cause == "event.corrected"


def test_left_as_a_text_one_correction_goes_after_it() -> None:
    with play(NAME, NIGHT) as stage:
        id = announced(stage)
        stage.pass_until("2027-03-11T09:00+01:00")
        reversed_(stage)
        stage.pass_until(NOON)
        assert stage.left(Channel.SMS, "payment_announced") == ["11 Mar 08:00"]
        assert [s.channel for s in stage.sent if s.topic == "correction"] == [Channel.SMS]
        assert stage.only("correction").correcting == id


def test_reversed_twice_it_is_corrected_once() -> None:
    with play(NAME, NIGHT) as stage:
        id = announced(stage)
        stage.work()
        stage.event("delivery.seen", source="app", delivery=f"{id}-APP")
        reversed_(stage)
        stage.correct("payments", "p-1", by="payments")
        stage.pass_until(NOON)
        assert len(stage.left(topic="correction")) == 1


def test_the_memory_is_as_if_it_had_never_been_said() -> None:
    with play(NAME, NIGHT) as told, play(NAME, NIGHT) as silent:
        announced(told)
        reversed_(told)
        assert told.artifact().body.facts == silent.artifact().body.facts
