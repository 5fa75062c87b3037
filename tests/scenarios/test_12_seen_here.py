"""Scenario 12: what is seen in the app falls silent elsewhere, but for proof."""

from artifact.channel import Channel
from artifact.message import DeliveryState, MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "12_seen_here"
TEN = "2027-03-10T10:00+01:00"


def asked(stage: Stage, topic: str = "document_missing") -> str:
    id = stage.ask(topic)
    stage.work()
    return id


def seen(stage: Stage, id: str, at: str | None = None) -> None:
    stage.answered(stage.event("delivery.seen", source="app", delivery=f"{id}-APP", at=at))


def test_unseen_it_follows_by_text_and_then_by_letter_counted_from_the_first_hand_over() -> None:
    with play(NAME, TEN) as stage:
        id = asked(stage)
        stage.at("2027-03-10T10:30+01:00")
        assert stage.sentence(id) == (
            "“Missing document” has gone out in the app; if it is not seen, "
            "it follows by text message today at 12:00."
        )
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left(Channel.APP) == ["10 Mar 10:00"]
        assert stage.left(Channel.SMS) == ["10 Mar 12:00"]
        assert stage.left(Channel.LETTER) == ["15 Mar 10:00"]


def test_read_a_minute_before_neither_text_nor_letter_leaves() -> None:
    with play(NAME, TEN) as stage:
        id = asked(stage)
        stage.at("2027-03-10T11:59+01:00")
        seen(stage, id)
        message = stage.message(id)
        assert message.state is MessageState.REACHED
        assert {d.channel: (d.state, d.because) for d in message.deliveries} == {
            Channel.APP: (DeliveryState.SEEN, None),
            Channel.SMS: (DeliveryState.WITHDRAWN, "REACHED_ELSEWHERE"),
            Channel.LETTER: (DeliveryState.WITHDRAWN, "REACHED_ELSEWHERE"),
        }
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left() == ["10 Mar 10:00"]


def test_read_in_time_the_letter_that_is_demanded_as_proof_still_goes_and_the_record_names_the_rule() -> None:
    with play(NAME, TEN) as stage:
        id = asked(stage, "refusal")
        stage.at("2027-03-10T11:59+01:00")
        seen(stage, id)
        record = stage.record(id)
        assert record.state is MessageState.UNDER_WAY
        assert {p.channel: p.state for p in record.plan} == {
            Channel.APP: DeliveryState.SEEN,
            Channel.LETTER: DeliveryState.PLANNED,
            Channel.SMS: DeliveryState.WITHDRAWN,
        }
        assert ("A refusal needs proof", "FIRED") in [(r.rule, r.result) for r in record.rules]
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left(Channel.SMS) == []
        assert stage.left(Channel.LETTER) == ["15 Mar 10:00"]
        assert stage.message(id).state is MessageState.UNDER_WAY
        stage.event("delivery.delivered", source="post", delivery=f"{id}-LETTER")
        assert stage.message(id).state is MessageState.REACHED


def test_read_without_a_network_the_text_has_left_and_the_record_says_seen_before_and_known_after() -> None:
    with play(NAME, TEN) as stage:
        id = asked(stage)
        stage.at("2027-03-10T12:05+01:00")
        seen(stage, id, at="2027-03-10T11:59+01:00")
        assert stage.left(Channel.SMS) == ["10 Mar 12:00"]
        [app] = [d for d in stage.message(id).deliveries if d.channel is Channel.APP]
        assert app.seen_at == instant("2027-03-10T11:59+01:00")
        assert app.changed_at == stage.record(id).now == instant("2027-03-10T12:05+01:00")
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left(Channel.LETTER) == []


def test_told_by_an_agent_while_a_follower_waits_the_follower_is_withdrawn() -> None:
    with play(NAME, TEN) as stage:
        id = asked(stage)
        stage.at("2027-03-10T11:00+01:00")
        stage.answered(stage.event("delivery.told", source="centre", message=id, actor="marta"))
        assert stage.message(id).state is MessageState.REACHED
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left() == ["10 Mar 10:00"]
