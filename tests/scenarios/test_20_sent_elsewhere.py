"""Scenario 20: a system that does not ask yet has sent a text, and it counts."""

from tests.scenarios.stage import play

NAME = "20_sent_elsewhere"


def test_it_takes_the_last_slot_of_today() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        stage.ask("reminder")
        stage.work()
        stage.at("2027-03-10T11:00+01:00")
        stage.event("message.sent_elsewhere", source="old-crm", topic="reminder", channel="SMS")
        stage.at("2027-03-10T12:00+01:00")
        offer = stage.ask("offer")
        assert stage.next(offer) == "11 Mar 00:00"
        assert stage.record(offer).reason == "budget"
        assert stage.record(offer).holds[0].rule == "daily_sms"
        assert stage.sentence(offer) == (
            "“Offer” waits until tomorrow at 0:00 because the customer has had enough messages for now. "
            "It goes when there is room, or may be told in person before."
        )
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left(topic="offer") == ["11 Mar 00:00"]


def test_it_takes_the_slot_of_an_offer_that_was_planned_for_later_today() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        stage.ask("reminder")
        stage.work()
        offer = stage.ask("offer", notBefore="2027-03-10T18:00+01:00")
        assert stage.next(offer) == "10 Mar 18:00"
        stage.at("2027-03-10T11:00+01:00")
        stage.event("message.sent_elsewhere", source="old-crm", topic="news", channel="SMS")
        record = stage.record(offer)
        assert (record.cause, stage.next(offer)) == ("message.sent_elsewhere", "11 Mar 00:00")
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left(topic="offer") == ["11 Mar 00:00"]


def test_what_was_sent_yesterday_and_is_known_today_takes_no_slot_of_today() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        stage.ask("reminder")
        stage.work()
        stage.event(
            "message.sent_elsewhere",
            source="old-crm",
            topic="news",
            channel="SMS",
            at="2027-03-09T20:00+01:00",
        )
        stage.ask("offer")
        stage.work()
        assert stage.left(topic="offer") == ["10 Mar 10:00"]


def test_what_was_shown_in_a_place_elsewhere_is_no_contact() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        for _ in range(3):
            stage.event("message.sent_elsewhere", source="old-crm", topic="news", channel="APP")
        stage.ask("offer")
        stage.work()
        assert stage.left(topic="offer") == ["10 Mar 10:00"]
