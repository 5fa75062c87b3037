"""Scenario 5: a text waits for the morning, and she calls ten minutes before."""

from artifact.channel import Channel
from artifact.errors import ErrorCode
from artifact.message import DeliveryState, HoldKind, MessageState
from engine.view import inbox, words
from tests.scenarios.stage import Stage, play

NAME = "05_she_calls"
NIGHT, TEN_TO_EIGHT, EIGHT = (
    "2027-03-10T23:30+01:00",
    "2027-03-11T07:50+01:00",
    "2027-03-11T08:00+01:00",
)


def missing(stage: Stage) -> str:
    stage.event("document.missing", claim_id="S1", document="the invoice")
    return stage.only("document_missing").id


def called(stage: Stage) -> None:
    stage.event("interaction.started", channel="CONTACT_CENTRE", session="call-1", source="centre")


def told(stage: Stage, message: str) -> ErrorCode | None:
    job = stage.event(
        "delivery.told",
        message=message,
        interaction="call-1",
        wording="She will send a photo",
        source="centre",
        actor="marta",
    )
    return job.error.code if job.error is not None else None


def test_the_agent_sees_it_with_its_reason_and_its_wording() -> None:
    with play(NAME, NIGHT) as stage:
        id = missing(stage)
        stage.at(TEN_TO_EIGHT)
        called(stage)
        body = stage.artifact().body
        [item] = inbox(body, Channel.CONTACT_CENTRE, stage.books.live, stage.now)
        assert item.message.id == id
        assert {h.kind for h in item.message.holds} == {HoldKind.QUIET_HOURS}
        assert stage.sentence(id) == (
            "“Missing document” waits until today at 8:00 because of the customer's quiet hours. "
            "It may be told in person before."
        )
        said = words(stage.books.live, body, item.message, Channel.SMS, None, stage.now)
        assert said is not None
        assert said.body == "We need the invoice for your claim."


def test_once_she_is_told_the_text_and_the_mail_are_withdrawn() -> None:
    with play(NAME, NIGHT) as stage:
        id = missing(stage)
        stage.at(TEN_TO_EIGHT)
        called(stage)
        assert told(stage, id) is None
        message = stage.message(id)
        assert message.state is MessageState.REACHED
        assert {d.channel: d.state for d in message.deliveries} == {
            Channel.SMS: DeliveryState.WITHDRAWN,
            Channel.EMAIL: DeliveryState.WITHDRAWN,
            Channel.CONTACT_CENTRE: DeliveryState.TOLD,
        }
        [spoken] = [d for d in message.deliveries if d.state is DeliveryState.TOLD]
        assert (spoken.agent, spoken.because) == ("marta", "She will send a photo")
        assert stage.record(id).cause == "delivery.told"
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.sent == []


def test_if_she_is_not_told_eight_o_clock_stands() -> None:
    with play(NAME, NIGHT) as stage:
        id = missing(stage)
        before = stage.next(id)
        stage.at(TEN_TO_EIGHT)
        called(stage)
        assert stage.next(id) == before == "11 Mar 08:00"
        stage.pass_until("2027-03-11T12:00+01:00")
        assert stage.left(Channel.SMS) == ["11 Mar 08:00"]
        assert stage.left(Channel.EMAIL) == ["11 Mar 08:00"]


def test_if_both_come_at_eight_and_the_text_is_first_the_agent_hears_that_it_has_left() -> None:
    with play(NAME, NIGHT) as stage:
        id = missing(stage)
        stage.at(TEN_TO_EIGHT)
        called(stage)
        stage.at(EIGHT)
        stage.intend([f"{id}-SMS"])
        assert told(stage, id) is ErrorCode.ALREADY_LEFT
        assert stage.message(id).state is MessageState.UNDER_WAY


def test_if_both_come_at_eight_and_the_agent_is_first_the_text_never_leaves() -> None:
    with play(NAME, NIGHT) as stage:
        id = missing(stage)
        stage.at(TEN_TO_EIGHT)
        called(stage)
        stage.at(EIGHT)
        assert told(stage, id) is None
        assert stage.intend([f"{id}-SMS"]) == ()
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.sent == []
