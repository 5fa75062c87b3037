"""How messages wait in the language: until something happens, on working days, by the calendar of the customer."""

import pytest

from artifact.decision import EventStatus
from artifact.instant import format_instant
from artifact.limits import Limits
from artifact.message import HoldKind, MessageState
from engine.awaiting import ENDINGS
from tests.scenarios.stage import Stage, instant

HEAD = """rulebook waits zone "Europe/Madrid" end
vocabulary
  customer.province: text
  event claim.opened: (claim_id: text)
  event claim.assessed: (claim_id: text)
  event claim.decided: (claim_id: text)
  event weather.changed
end
calendar
  working days Monday to Friday
  holidays 19 March
  forbidden hours for phone 21:00 to 9:00
end
calendar catalonia for customers with (customer.province is "Barcelona")
  forbidden hours for phone 20:00 to 10:00
end
calendar canary for customers with (customer.province is "Las Palmas")
  quiet hours for phone 14:00 to 16:00
end
category offers basis existing_customer channels email end
category calls basis existing_customer channels phone end
topic offer category offers template words end
topic survey category calls template words end
situation claim one per claim_id opens on claim.opened closes on claim.decided end
template words in English text "Words." end
"""
UNTIL = (
    HEAD
    + """message rule "Wait for it" if unknown ignore for topic offer when claim is known
  then postpone until {} happens, at most 10 days, otherwise {} because "It is being decided" end
event rule "Assessing is deciding" on claim.assessed then raise event weather.changed end
"""
)
MONDAY = "2027-03-15T10:00+01:00"


def opened(text: str, at: str = MONDAY) -> Stage:
    stage = Stage(text, at)
    stage.event("claim.opened", claim_id="S1")
    stage.event("claim.opened", claim_id="S2")
    return stage


def state(stage: Stage, id: str) -> MessageState:
    stage.work()
    return stage.message(id).state


def test_it_waits_until_the_event_comes_about_its_own_subject() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    stage.event("claim.decided", claim_id="S1")  # before the hold began: that was another decision
    offer = stage.ask("offer", about=("claim", "S1"))
    record = stage.record(offer)
    assert [(h.kind, h.rule) for h in record.holds] == [(HoldKind.WHILE, "Wait for it")]
    assert "because it is being decided" in stage.sentence(offer)
    stage.at("2027-03-16T10:00+01:00").event("claim.decided", claim_id="S2")
    assert state(stage, offer) is MessageState.WAITING
    stage.at("2027-03-17T10:00+01:00").event("claim.decided", claim_id="S1")
    stage.work()
    assert stage.left() == ["17 Mar 10:00"]
    stage.curtain()


def test_a_message_about_nothing_waits_for_any_event_of_that_type() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    offer = stage.ask("offer")
    stage.event("claim.decided", claim_id="S2")
    stage.work()
    assert stage.left() == ["15 Mar 10:00"]
    assert stage.message(offer).state is not MessageState.WAITING


@pytest.mark.parametrize(("otherwise", "left"), [("block", []), ("deliver", ["25 Mar 10:00"])])
def test_what_never_comes_ends_at_the_limit(otherwise: str, left: list[str]) -> None:
    stage = opened(UNTIL.format("claim.decided", otherwise))
    stage.ask("offer")
    stage.pass_until("2027-03-30T10:00+02:00")
    assert stage.left() == left
    stage.curtain()


def test_an_event_that_a_rule_raises_ends_it_too() -> None:
    stage = opened(UNTIL.format("weather.changed", "block"))
    offer = stage.ask("offer")
    stage.event("claim.assessed", claim_id="S1")
    assert state(stage, offer) is not MessageState.WAITING
    stage.curtain()


def test_news_of_before_that_arrives_after_ends_it_as_well() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    stage.at("2027-03-16T10:00+01:00")
    offer = stage.ask("offer", about=("claim", "S1"))
    stage.event("weather.changed")
    stage.event("claim.decided", claim_id="S1", at="2027-03-15T18:00+01:00")
    assert state(stage, offer) is not MessageState.WAITING
    stage.curtain()


def test_once_it_has_come_the_rule_never_holds_that_message_again() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    offer = stage.ask("offer", expiresAt="2027-04-30T10:00:00Z", notBefore="2027-03-20T10:00:00+01:00")
    stage.event("claim.decided", claim_id="S1")
    stage.at("2027-03-18T10:00+01:00").event("claim.opened", claim_id="S3")
    assert [h.kind for h in stage.record(offer).holds] == [HoldKind.NOT_BEFORE]


def decided(stage: Stage, id: str, at: str) -> None:
    stage.at(at).event("claim.decided", source="core", id=id, claim_id="S1")


@pytest.mark.parametrize("later", ["2027-03-18T10:00+01:00", "2027-03-26T10:00+01:00"])
def test_what_is_taken_back_has_not_happened_and_what_has_not_left_waits_again(later: str) -> None:
    """As long as it would have waited without it: `at most` counts from the first hold."""
    stage = opened(UNTIL.format("claim.decided", "block"))
    offer = stage.ask("offer", notBefore="2027-04-20T10:00:00+02:00")
    decided(stage, "d1", "2027-03-16T10:00+01:00")
    assert HoldKind.WHILE not in [h.kind for h in stage.record(offer).holds]
    stage.at(later).correct("core", "d1")
    waits = later < "2027-03-25"
    assert (HoldKind.WHILE in [h.kind for h in stage.message(offer).holds]) is waits
    assert (stage.message(offer).state is MessageState.BLOCKED) is not waits
    decided(stage, "d2", later)
    assert HoldKind.WHILE not in [h.kind for h in stage.message(offer).holds]
    stage.curtain()


def test_what_has_come_twice_and_is_taken_back_once_has_happened() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    offer = stage.ask("offer", notBefore="2027-03-20T10:00:00+01:00")
    for id in ("d1", "d2"):
        decided(stage, id, "2027-03-16T10:00+01:00")
    stage.correct("core", "d1")
    assert [h.kind for h in stage.message(offer).holds] == [HoldKind.NOT_BEFORE]
    stage.correct("core", "d2")
    assert HoldKind.WHILE in [h.kind for h in stage.message(offer).holds]
    stage.curtain()


def test_what_a_rule_raised_is_taken_back_with_the_event_that_it_was_raised_for() -> None:
    stage = opened(UNTIL.format("weather.changed", "block"))
    offer = stage.ask("offer", notBefore="2027-03-20T10:00:00+01:00")
    stage.event("claim.assessed", source="core", id="a1", claim_id="S1")
    assert [h.kind for h in stage.message(offer).holds] == [HoldKind.NOT_BEFORE]
    stage.correct("core", "a1")
    assert HoldKind.WHILE in [h.kind for h in stage.message(offer).holds]
    stage.curtain()


def test_what_is_taken_back_deeper_than_the_memory_is_folded_anew_ends_no_hold_either() -> None:
    stage = Stage(UNTIL.format("claim.decided", "block"), MONDAY, Limits(late_entries=1))
    stage.event("claim.opened", claim_id="S1")
    offer = stage.ask("offer", notBefore="2027-03-20T10:00:00+01:00")
    decided(stage, "d1", "2027-03-16T10:00+01:00")
    for _ in range(3):
        stage.event("weather.changed")
    assert stage.correct("core", "d1").status is EventStatus.LATE
    assert HoldKind.WHILE in [h.kind for h in stage.message(offer).holds]
    stage.curtain()


def test_a_hold_that_very_many_events_have_ended_stays_ended() -> None:
    stage = opened(UNTIL.format("claim.decided", "block"))
    offer = stage.ask("offer", notBefore="2027-03-20T10:00:00+01:00")
    ids = [f"d{n}" for n in range(ENDINGS + 1)]
    for id in ids:
        decided(stage, id, "2027-03-16T10:00+01:00")
    for id in ids[:-1]:
        stage.correct("core", id)
    assert [h.kind for h in stage.message(offer).holds] == [HoldKind.NOT_BEFORE]
    assert [len(a.ended_by) for a in stage.message(offer).anchors] == [ENDINGS]
    stage.curtain()


WORKING = HEAD + """message rule "Work" if unknown ignore for topic offer when claim is open then {} end"""


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2027-03-15T07:00+01:00", "16 Mar 10:00"),  # before ten on a working day is still today
        ("2027-03-18T16:00+01:00", "22 Mar 10:00"),  # Friday the 19th is a holiday
        ("2027-03-21T23:59+01:00", "22 Mar 10:00"),
        ("2027-03-26T10:00+01:00", "29 Mar 10:00"),  # over the change of the clocks
    ],
)
def test_an_hour_of_the_next_working_day(at: str, until: str) -> None:
    stage = opened(WORKING.format("postpone until 10:00 on the next working day"), at)
    offer = stage.ask("offer")
    assert stage.wall(stage.record(offer).holds[0].until) == until


def test_periods_of_working_days_follow_each_other_without_a_day_between() -> None:
    stage = opened(WORKING.format("postpone for 2 working days, at most 3 times, otherwise block"))
    offer = stage.ask("offer")
    ends = []
    for _ in range(3):
        until = stage.record(offer).holds[0].until
        assert until is not None
        ends.append(stage.wall(until))
        stage.pass_until(until)
    assert ends == ["18 Mar 00:00", "23 Mar 00:00", "25 Mar 00:00"]
    assert state(stage, offer) is MessageState.BLOCKED


def test_a_fixed_wait_of_working_days_stands_when_a_holiday_is_added() -> None:
    text = WORKING.format("postpone for 4 working days")
    stage = opened(text)
    offer = stage.ask("offer")
    before = stage.record(offer).holds[0].until
    stage.event("claim.decided", claim_id="S1")
    stage.event("claim.decided", claim_id="S2")
    stage.publish(text.replace("19 March", "19 March, 17 March"))
    assert [h.until for h in stage.record(offer).holds] == [before]


def test_the_calendar_of_a_customer_follows_from_where_she_lives() -> None:
    stage = Stage(HEAD, "2027-03-15T20:30+01:00")
    stage.event("customer.updated", data={"province": "Barcelona"})
    survey = stage.ask("survey", expiresAt="2027-04-30T10:00:00Z")
    assert stage.next(survey) == "16 Mar 10:00"
    stage.event("customer.updated", data={"province": "Las Palmas"})  # forbidden hours are those of everyone
    stage.work()
    assert stage.left() == ["15 Mar 20:30"]


def test_where_it_is_not_known_the_calendar_of_everyone_holds() -> None:
    stage = Stage(HEAD, "2027-03-15T21:30+01:00")
    survey = stage.ask("survey")
    assert stage.next(survey) == "16 Mar 09:00"
    stage.event("customer.updated", data={"province": "Barcelona"})
    assert stage.next(survey) == "16 Mar 10:00"
    stage.curtain()


def test_a_named_calendar_keeps_what_it_does_not_say() -> None:
    stage = Stage(HEAD, "2027-03-16T14:30+01:00")
    stage.event("customer.updated", data={"province": "Las Palmas"})
    survey = stage.ask("survey")
    assert stage.next(survey) == "16 Mar 16:00"
    assert format_instant(instant("2027-03-16T16:00+01:00")) == "2027-03-16T15:00:00Z"
