"""Scenario 23: the fact that a protective rule reads is missing."""

from artifact.decision import RuleRow
from artifact.message import MessageState
from tests.scenarios.stage import instant, play

NAME = "23_blind_feed"
TEN = "2027-03-10T10:00+01:00"
DEBT, MOOD = "No selling to who owes us", "No survey to who is unhappy"


def test_a_rule_that_applies_to_the_unknown_lets_the_message_wait_and_the_record_names_the_missing_fact() -> (
    None
):
    with play(NAME, TEN) as stage:
        offer = stage.ask("offer")
        record = stage.record(offer)
        assert record.rules == (RuleRow(DEBT, "FIRED", "customer.debt"),)
        assert record.reads == {"customer.debt": None}
        assert (record.state, record.reason) == (MessageState.WAITING, "rule")
        assert record.next_at == instant("2027-03-12T10:00+01:00")
        assert stage.sentence(offer) == (
            "“Offer” waits until Friday 12 March at 10:00 because a payment may be pending."
        )


def test_still_blind_after_the_wait_it_is_blocked_as_the_rule_says() -> None:
    with play(NAME, TEN) as stage:
        offer = stage.ask("offer")
        stage.pass_until("2027-03-13T10:00+01:00")
        record = stage.record(offer)
        assert (record.state, record.reason, record.now) == (
            MessageState.BLOCKED,
            "rule_limit",
            instant("2027-03-12T10:00+01:00"),
        )
        assert stage.sentence(offer) == (
            "“Offer” is not sent because a payment may be pending. It may go when that no longer applies."
        )
        assert stage.sent == []


def test_once_the_fact_is_known_the_wait_that_had_begun_stands_and_then_it_goes() -> None:
    with play(NAME, TEN) as stage:
        offer = stage.ask("offer")
        stage.at("2027-03-11T10:00+01:00")
        stage.event("customer.updated", debt=0)
        stage.pass_until("2027-03-13T10:00+01:00")
        assert stage.left() == ["12 Mar 10:00"]
        assert stage.record(offer).rules == (RuleRow(DEBT, "NOT_MET", 1),)


def test_a_rule_that_ignores_the_unknown_lets_the_message_pass_and_the_record_names_the_missing_fact() -> (
    None
):
    with play(NAME, TEN) as stage:
        survey = stage.ask("survey")
        record = stage.record(survey)
        assert record.rules == (RuleRow(MOOD, "UNKNOWN", "customer.satisfaction"),)
        assert record.reads == {"customer.satisfaction": None}
        stage.work()
        assert stage.left() == ["10 Mar 10:00"]
