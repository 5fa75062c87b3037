"""Tests of a rulebook are typed data; what is wrong in them is told like anything else."""

from artifact.channel import Channel
from artifact.instant import parse_instant
from artifact.span import Span, Unit
from dsl.effects import Block, Deliver, Send
from dsl.interpret import Interpreter
from dsl.reading import Env
from dsl.trial import (
    Asks,
    ExpectEffect,
    ExpectNothing,
    Expects,
    ExpectTrue,
    GivenCommitment,
    GivenEvent,
    GivenFact,
    GivenSituation,
    Happens,
    Later,
    RulebookTest,
)
from tests.dsl.support import NOW, ZONE, Subject, checked, claim, codes, customer


def trial(text: str) -> RulebookTest:
    found = checked(f'test "T" at 2 March 2026 10:00 {text} end')
    assert found.diagnostics == ()
    [test] = found.tests
    return test


def test_a_test_begins_in_the_zone_of_the_rulebook() -> None:
    assert trial("expect nothing").at == parse_instant("2026-03-02T10:00:00+01:00")


def test_what_is_given_is_data() -> None:
    given = trial(
        'given customer.age is 44 and customer.tier is unknown and claim is refused for 5 days with (claim_id = "S1",'
        ' amount = 9.50 EUR) and bereavement is open and adjuster_call is broken with (claim_id = "S1")'
        ' and event claim.noted 3 days ago with (claim_id = "S1", amount = 2 EUR) and claim is closed'
    ).given
    assert given == (
        GivenFact("age", 44),
        GivenFact("tier", None),
        GivenSituation("claim", "S1", "refused", Span(5, Unit.DAY), {"claim_id": "S1", "amount": 9.5}),
        GivenSituation("bereavement", "", "open"),
        GivenCommitment("adjuster_call", "S1", "broken"),
        GivenEvent("claim.noted", Span(3, Unit.DAY), {"claim_id": "S1", "amount": 2}),
        GivenSituation("claim", "claim-1", "closed"),
    )


def test_steps_are_data() -> None:
    steps = trial(
        'when message about claim_update with (claim_id = "S1") after 3 days when event adjuster.called with'
        ' (claim_id = "S1") expect nothing'
    ).steps
    assert steps == (
        Asks("claim_update", Subject("claim", "S1"), "S1", {"claim_id": "S1"}),
        Later(Span(3, Unit.DAY)),
        Happens("adjuster.called", {"claim_id": "S1"}),
        Expects((ExpectNothing(),)),
    )


def test_expectations_are_data() -> None:
    [expects] = trial(
        'expect block because "No" and not deliver by sms and send apology by app and postpone until 5 March 2026 8:00'
        " and postpone for 3 days and claim is open"
    ).steps
    assert isinstance(expects, Expects)
    block, deliver, send, until, for_, holds = expects.outcomes
    assert block == ExpectEffect("block", Block(), because="No", text='block because "No"')
    assert deliver == ExpectEffect("deliver", Deliver((Channel.SMS,)), denied=True, text="not deliver by sms")
    assert send == ExpectEffect("send", Send("apology", (Channel.APP,)), text="send apology by app")
    assert isinstance(until, ExpectEffect)
    assert until.until == parse_instant("2026-03-05T08:00:00+01:00")
    assert isinstance(for_, ExpectEffect)
    assert for_.for_ == Span(3, Unit.DAY)
    assert isinstance(holds, ExpectTrue)
    assert holds.text == "claim is open"
    env = Env(customer(claim("S1")), ZONE, NOW, {"claim": "claim_id"})
    assert Interpreter("EUR").truth(holds.condition, env) is True


def test_faults_of_tests_are_told() -> None:
    assert codes('test "T" at 2 March 2026 10:00 when message about clam_update expect block end') == [
        "NAME_UNKNOWN"
    ]
    assert codes('test "T" at 2 March 2026 10:00 expect block by rule "Nobody" end') == ["NAME_UNKNOWN"]
    assert codes('test "T" at 2 March 2026 10:00 given claim is lost expect block end') == ["VALUE_UNKNOWN"]
    assert codes('test "T" at 2 March 2026 10:00 given customer.age is "old" expect block end') == [
        "TYPE_MISMATCH"
    ]
    assert codes('test "T" at 2 March 2026 10:00 given 3 contcts expect block end') == ["NAME_UNKNOWN"]
