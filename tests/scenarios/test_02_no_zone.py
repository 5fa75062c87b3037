"""Scenario 2: whose clock is read where nobody knows hers."""

from artifact.decision import GateOutcome
from artifact.message import GateName
from tests.scenarios.stage import Stage, instant, play

NAME = "02_no_zone"


def when(stage: Stage, message: str) -> tuple[GateOutcome, str]:
    row = next(g for g in stage.record(message).gates if g.gate is GateName.WHEN)
    return row.outcome, row.reason


def test_while_her_zone_is_unknown_the_rulebook_s_holds_and_the_record_says_so() -> None:
    with play(NAME, "2027-06-01T05:30Z") as stage:
        receipt = stage.ask("receipt")
        assert stage.record(receipt).next_at == instant("2027-06-01T08:00+02:00")
        assert when(stage, receipt) == (GateOutcome.HELD, "zone_of_rulebook")


def test_once_her_zone_is_known_it_is_decided_anew_by_her_clock() -> None:
    with play(NAME, "2027-06-01T05:30Z") as stage:
        receipt = stage.ask("receipt")
        stage.at("2027-06-01T05:40Z")
        stage.event("preference.set", zone="Atlantic/Canary")
        assert stage.record(receipt).cause == "preference.set"
        assert stage.record(receipt).next_at == instant("2027-06-01T08:00+01:00")
        assert when(stage, receipt) == (GateOutcome.HELD, "")
        stage.pass_until("2027-06-01T12:00Z")
        assert [s.at for s in stage.sent] == [instant("2027-06-01T07:00Z")]


def test_a_zone_that_is_east_of_the_rulebook_s_lets_it_leave_at_once() -> None:
    with play(NAME, "2027-06-01T05:30Z") as stage:
        stage.ask("receipt")
        stage.event("preference.set", zone="Europe/Helsinki")
        stage.work()
        assert [s.at for s in stage.sent] == [instant("2027-06-01T05:30Z")]
