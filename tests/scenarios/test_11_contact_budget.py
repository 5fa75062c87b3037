"""Scenario 11: one slot is left this week; the stronger takes it, and what fails gives it back."""

from artifact.instant import HOUR, Instant
from artifact.message import DeliveryState, HoldKind, MessageState
from artifact.span import Span, Unit, add_span
from tests.scenarios.stage import Sent, Stage, instant, play, rules_of

NAME = "11_contact_budget"
MONDAY = "2027-03-08T12:00+01:00"
EVENING = "2027-03-10T18:00+01:00"
WEEK = Span(7, Unit.DAY)


def one_slot_left(stage: Stage) -> str:
    """Two contacts were made on Monday; on Wednesday an offer is planned for the evening."""
    for _ in range(2):
        stage.ask("offer")
        stage.work()
        stage.at(stage.now + HOUR)
    stage.at("2027-03-10T09:00+01:00")
    offer = stage.ask("offer", notBefore=EVENING)
    assert stage.next(offer) == "10 Mar 18:00"
    return offer


def fullest_week(stage: Stage) -> int:
    """The most contacts in any window of seven days, but for those that pass caps."""
    at: list[Instant] = [c.at for c in stage.artifact().body.talk.contacts if c.topic != "fraud_alert"]
    return max(sum(first <= other < add_span(first, WEEK, "Europe/Madrid") for other in at) for first in at)


def test_a_stronger_message_takes_the_slot_and_what_was_planned_there_waits() -> None:
    with play(NAME, MONDAY) as stage:
        offer = one_slot_left(stage)
        stage.at("2027-03-10T10:00+01:00")
        retention = stage.ask("please_stay")
        stage.work()
        assert stage.left(topic="please_stay") == ["10 Mar 10:00"]
        record = stage.record(offer)
        assert (record.state, stage.next(offer)) == (MessageState.WAITING, "15 Mar 12:00")
        assert [(h.kind, h.rule) for h in record.holds if h.kind is HoldKind.BUDGET] == [
            (HoldKind.BUDGET, "weekly")
        ]
        assert stage.message(retention).state is MessageState.UNDER_WAY
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left(topic="offer")[2:] == ["15 Mar 12:00"]
        assert fullest_week(stage) == 3


def test_what_bounces_gives_its_contact_back_and_the_offer_is_decided_anew() -> None:
    with play(NAME, MONDAY) as stage:
        offer = one_slot_left(stage)
        stage.at("2027-03-10T10:00+01:00")
        retention = stage.ask("please_stay")
        stage.work()
        stage.at("2027-03-10T20:00+01:00")
        stage.event("delivery.failed", source="provider", delivery=f"{retention}-SMS", reason="bounced")
        assert [d.state for d in stage.message(retention).deliveries] == [DeliveryState.FAILED]
        assert (stage.record(offer).cause, stage.record(offer).state) == (
            "delivery.failed",
            MessageState.READY,
        )
        stage.work()
        assert stage.left(topic="offer")[2:] == ["10 Mar 20:00"]
        assert fullest_week(stage) == 3


def test_a_fraud_alert_passes_the_cap_and_the_night_and_counts() -> None:
    with play(NAME, MONDAY) as stage:
        offer = one_slot_left(stage)
        stage.at("2027-03-10T10:00+01:00")
        stage.ask("please_stay")
        stage.work()
        stage.at("2027-03-10T23:30+01:00")
        stage.ask("fraud_alert")
        stage.work()
        assert stage.left(topic="fraud_alert") == ["10 Mar 23:30"]
        assert stage.next(offer) == "15 Mar 13:00"
        assert len(stage.artifact().body.talk.contacts) == 4
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left(topic="offer")[2:] == ["15 Mar 13:00"]


def test_it_is_blocked_where_the_cap_says_so() -> None:
    text = rules_of(NAME).replace("otherwise postpone", "otherwise block")
    stage = Stage(text, MONDAY)
    offer = one_slot_left(stage)
    stage.at("2027-03-10T10:00+01:00")
    retention = stage.ask("please_stay")
    stage.work()
    assert (stage.record(offer).state, stage.record(offer).reason) == (MessageState.BLOCKED, "cap")
    stage.event("delivery.failed", source="provider", delivery=f"{retention}-SMS")
    assert (stage.record(offer).state, stage.next(offer)) == (MessageState.WAITING, "10 Mar 18:00")
    stage.curtain()


def test_no_week_ever_holds_a_fourth_whatever_bounces_and_whoever_presses() -> None:
    with play(NAME, MONDAY) as stage:
        bounces = {"please_stay": 2}

        def provider(sent: Sent) -> str | None:
            bounces[sent.topic] = bounces.get(sent.topic, 0) - 1
            return "delivery.failed" if bounces[sent.topic] >= 0 else "delivery.handed_over"

        stage.provider = provider
        for hours in range(0, 120, 8):
            stage.at(instant(MONDAY) + hours * HOUR)
            stage.ask("please_stay" if hours % 3 else "offer")
            stage.work()
        stage.pass_until("2027-04-20T10:00+02:00")
        assert fullest_week(stage) == 3
        assert len(stage.left()) > 8
