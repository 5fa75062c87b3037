"""Scenario 7: she withdraws her consent just before, just after, and while nobody knows."""

from artifact.channel import Channel
from artifact.facts import ConsentState
from artifact.message import DeliveryState, MessageState
from tests.scenarios.stage import Sent, Stage, instant, play

NAME = "07_consent_at_hand_over"
NIGHT, EIGHT = "2027-03-10T23:30+01:00", "2027-03-11T08:00+01:00"


def offered(stage: Stage) -> str:
    stage.event("consent.given", category="marketing", proof="web form")
    return stage.ask("offer")


def withdraw(stage: Stage) -> None:
    stage.event("consent.withdrawn", category="marketing", source="centre")


def hangs(sent: Sent) -> str | None:
    return None


def is_in_doubt(sent: Sent) -> str | None:
    return "delivery.in_doubt"


def test_recorded_before_the_intent_it_is_not_sent() -> None:
    with play(NAME, NIGHT) as stage:
        offer = offered(stage)
        stage.at(EIGHT)
        withdraw(stage)
        assert stage.intend([f"{offer}-SMS"]) == ()
        record = stage.record(offer)
        assert (record.state, record.reason, record.cause) == (
            MessageState.BLOCKED,
            "consent",
            "consent.withdrawn",
        )
        stage.pass_until("2027-03-20T12:00+01:00")
        assert stage.sent == []
        assert stage.sentence(offer) == (
            "“Offer” is not sent because the customer has not agreed to messages of this kind. "
            "It may go once the customer agrees."
        )


def test_given_again_it_goes_after_all() -> None:
    with play(NAME, NIGHT) as stage:
        offered(stage)
        stage.at(EIGHT)
        withdraw(stage)
        stage.at("2027-03-11T09:00+01:00")
        stage.event("consent.given", category="marketing", source="centre")
        stage.work()
        assert stage.left(Channel.SMS) == ["11 Mar 09:00"]


def test_recorded_after_the_provider_accepted_both_instants_are_kept_and_nothing_follows() -> None:
    with play(NAME, NIGHT) as stage:
        offer = offered(stage)
        stage.pass_until(EIGHT)
        stage.at("2027-03-11T08:01+01:00")
        withdraw(stage)
        assert [(r.now, r.cause) for r in stage.records(offer)][-2:] == [
            (instant(EIGHT), "delivery.handed_over"),
            (instant("2027-03-11T08:01+01:00"), "consent.withdrawn"),
        ]
        [sms] = [d for d in stage.message(offer).deliveries if d.channel is Channel.SMS]
        assert (sms.state, sms.left_at) == (DeliveryState.HANDED_OVER, instant(EIGHT))
        [consent] = stage.artifact().body.facts.consents
        assert (consent.state, consent.since) == (
            ConsentState.WITHDRAWN,
            instant("2027-03-11T08:01+01:00"),
        )
        stage.pass_until("2027-03-20T12:00+01:00")
        assert stage.left() == ["11 Mar 08:00"]


def test_with_an_outcome_that_nobody_knows_it_is_in_doubt_with_a_task() -> None:
    with play(NAME, NIGHT) as stage:
        offer = offered(stage)
        stage.provider = is_in_doubt
        stage.pass_until(EIGHT)
        withdraw(stage)
        message = stage.message(offer)
        assert message.state is MessageState.UNDER_WAY
        assert [(d.channel, d.state) for d in message.deliveries] == [(Channel.SMS, DeliveryState.IN_DOUBT)]
        assert stage.task_kinds() == ["in_doubt"]
        assert stage.sentence(offer) == (
            "“Offer” may have gone out by text message; a colleague is finding out."
        )


def test_withdrawn_while_the_provider_hangs_it_is_in_doubt_and_never_called_unsent() -> None:
    with play(NAME, NIGHT) as stage:
        offer = offered(stage)
        stage.provider = hangs
        stage.pass_until(EIGHT)
        withdraw(stage)
        stage.pass_until("2027-03-11T12:00+01:00")
        message = stage.message(offer)
        assert message.state is MessageState.UNDER_WAY
        assert [(d.channel, d.state) for d in message.deliveries] == [(Channel.SMS, DeliveryState.IN_DOUBT)]
        assert stage.task_kinds() == ["in_doubt"]
        assert len(stage.sent) == 1


def test_a_person_who_finds_out_that_it_never_arrived_ends_the_doubt() -> None:
    with play(NAME, NIGHT) as stage:
        offer = offered(stage)
        stage.provider = hangs
        stage.pass_until(EIGHT)
        withdraw(stage)
        stage.pass_until("2027-03-11T12:00+01:00")
        stage.event("staff.doubt_resolved", delivery=f"{offer}-SMS", arrived=False, source="centre")
        assert stage.message(offer).state is MessageState.BLOCKED
        assert stage.message(offer).reason == "consent"
        assert stage.tasks() == []
        assert stage.artifact().body.talk.contacts == ()
