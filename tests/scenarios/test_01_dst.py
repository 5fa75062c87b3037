"""Scenario 1: the night on which the clocks change, and a customer who moves west while something waits."""

from artifact.message import HoldKind
from tests.scenarios.stage import instant, play

NAME = "01_dst"


def test_a_text_of_the_evening_leaves_at_eight_by_the_new_clock() -> None:
    with play(NAME, "2027-03-27T23:30+01:00") as stage:
        offer = stage.ask("offer", channels=["SMS"])
        record = stage.record(offer)
        assert record.next_at == instant("2027-03-28T06:00Z")
        assert [h.kind for h in record.holds] == [HoldKind.QUIET_HOURS]
        assert "until tomorrow at 8:00" in stage.sentence(offer)
        stage.pass_until("2027-03-28T23:00+02:00")
        assert [s.at for s in stage.sent] == [instant("2027-03-28T08:00+02:00")]


def test_a_window_that_ends_at_an_hour_which_that_night_lacks_opens_after_the_gap() -> None:
    with play(NAME, "2027-03-28T00:30+01:00") as stage:
        stage.ask("offer", channels=["PUSH"])
        stage.pass_until("2027-03-28T12:00+02:00")
        assert [s.at for s in stage.sent] == [instant("2027-03-28T03:00+02:00")]


def test_a_window_that_ends_at_an_hour_which_that_night_has_twice_opens_once_at_the_second() -> None:
    with play(NAME, "2027-10-31T00:30+02:00") as stage:
        early = stage.ask("offer", channels=["PUSH"])
        stage.at("2027-10-31T02:45+02:00")
        late = stage.ask("offer", channels=["PUSH"])
        assert stage.record(early).next_at == stage.record(late).next_at == instant("2027-10-31T02:30+01:00")
        stage.pass_until("2027-10-31T12:00+01:00")
        assert [s.at for s in stage.sent] == [instant("2027-10-31T02:30+01:00")] * 2


def test_who_moves_west_while_it_waits_has_quiet_hours_computed_anew_but_keeps_her_anchored_holds() -> None:
    with play(NAME, "2027-03-27T23:30+01:00") as stage:
        stage.event("trial.started")
        offer, trial = stage.ask("offer"), stage.ask("trial_offer")
        assert stage.record(trial).holds[0].until == instant("2027-03-28T23:30+02:00")
        stage.at("2027-03-28T01:00+01:00")
        stage.event("preference.set", zone="Atlantic/Canary")
        assert stage.record(offer).next_at == instant("2027-03-28T08:00+01:00")
        hold = stage.record(trial).holds[0]
        assert (hold.kind, hold.until) == (HoldKind.FIXED, instant("2027-03-28T23:30+02:00"))
        stage.pass_until("2027-03-29T12:00+01:00")
        assert stage.left(topic="offer") == ["28 Mar 08:00"]
        assert stage.left(topic="trial_offer") == ["29 Mar 08:00"]
