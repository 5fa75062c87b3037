"""Scenario 24: a provider hangs until the hour at which nothing may leave any more."""

from artifact.channel import Channel
from artifact.message import DeliveryState, MessageState
from tests.scenarios.stage import Sent, Stage, instant, play

NAME = "24_slow_provider"
EVENING, TEN = "2027-03-10T21:59:30+01:00", "2027-03-10T22:00:30+01:00"
EIGHT = "2027-03-11T08:00+01:00"


def hangs_before_ten(sent: Sent) -> str | None:
    return None if sent.at < instant("2027-03-10T22:00+01:00") else "delivery.handed_over"


def hanging(stage: Stage, topic: str = "receipt") -> str:
    stage.provider = hangs_before_ten
    id = stage.ask(topic)
    stage.work()
    return id


def test_the_retry_after_ten_is_a_new_decision_for_the_morning_under_the_same_key() -> None:
    with play(NAME, EVENING) as stage:
        id = hanging(stage)
        assert stage.message(id).deliveries[0].state is DeliveryState.SENDING
        stage.pass_until(TEN)
        record = stage.record(id)
        assert (record.cause, record.state, record.reason) == (
            "delivery.retry",
            MessageState.WAITING,
            "quiet_hours",
        )
        assert record.next_at == instant(EIGHT)
        stage.pass_until("2027-03-11T12:00+01:00")
        assert [(s.delivery, s.at) for s in stage.sent] == [
            (f"{id}-SMS", instant(EVENING)),
            (f"{id}-SMS", instant(EIGHT)),
        ]
        [delivery] = stage.message(id).deliveries
        assert (delivery.state, delivery.attempts) == (DeliveryState.HANDED_OVER, 2)


def test_two_attempts_are_one_contact() -> None:
    with play(NAME, EVENING) as stage:
        id = hanging(stage)
        stage.pass_until("2027-03-11T12:00+01:00")
        assert [(c.delivery, c.at) for c in stage.artifact().body.talk.contacts] == [
            (f"{id}-SMS", instant(EIGHT))
        ]


def test_the_late_answer_of_the_first_attempt_ends_the_wait() -> None:
    with play(NAME, EVENING) as stage:
        id = hanging(stage)
        stage.pass_until(TEN)
        stage.event("delivery.delivered", source="provider", delivery=f"{id}-SMS")
        stage.pass_until("2027-03-11T12:00+01:00")
        assert [s.at for s in stage.sent] == [instant(EVENING)]
        assert stage.message(id).state is MessageState.REACHED


def test_consent_withdrawn_before_the_retry_leaves_it_in_doubt() -> None:
    with play(NAME, EVENING) as stage:
        stage.event("consent.given", category="marketing")
        id = hanging(stage, "offer")
        stage.pass_until(TEN)
        stage.event("consent.withdrawn", category="marketing")
        assert [(d.channel, d.state) for d in stage.message(id).deliveries] == [
            (Channel.SMS, DeliveryState.IN_DOUBT)
        ]
        assert stage.task_kinds() == ["in_doubt"]
        stage.pass_until("2027-03-11T12:00+01:00")
        assert len(stage.sent) == 1


def test_an_intent_that_the_process_did_not_outlive_is_made_again_when_it_has_run_out() -> None:
    with play(NAME, "2027-03-10T12:00+01:00") as stage:
        id = stage.ask("receipt")
        assert stage.intend([f"{id}-SMS"]) == (f"{id}-SMS",)
        stage.pass_until("2027-03-10T12:00:59+01:00")
        assert stage.sent == []
        stage.pass_until("2027-03-10T12:05+01:00")
        assert stage.left() == ["10 Mar 12:01"]
