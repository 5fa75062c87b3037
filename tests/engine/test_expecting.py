"""`expect ... by rule` holds the rule that is named to account, and no other."""

import asyncio

import pytest

from engine.pipeline.rulebook_tests import run_tests
from tests.dsl.support import checked

RULES = """
scorecard worry from 0 to 10, starting at 0 add 1 when bereavement is open end
message rule "By topic" for topic cross_sell then block end
message rule "By category" for category marketing then block end
message rule "Softly" for category service then rephrase with words end
message rule "In person" for category service then avoid sms and deliver by phone end
event rule "Noted" on claim.noted then send apology and add 2 to worry end
event rule "Opened" on claim.opened then send claim_update by app end
"""
OFFER, UPDATE = "when message about cross_sell", "when message about claim_update"
NOTED = 'when event claim.noted with (claim_id = "S1")'


def detail(steps: str) -> str:
    """Why the test failed; empty where it passed."""
    found = checked(f'{RULES} test "T" at 2 March 2026 10:00 {steps} end')
    assert found.rulebook is not None, found.diagnostics
    [result] = asyncio.run(run_tests(found.rulebook, found.tests))
    return result.detail


@pytest.mark.parametrize(
    "steps",
    [
        f'{OFFER} expect block by rule "By topic"',
        f'{OFFER} expect block by rule "By category"',
        f'{UPDATE} expect rephrase with words by rule "Softly" and avoid sms by rule "In person"',
        f'{UPDATE} expect deliver by phone by rule "In person"',
        f'{NOTED} expect send apology by rule "Noted" and add 2 to worry by rule "Noted"',
    ],
)
def test_every_rule_that_says_so_may_be_named(steps: str) -> None:
    assert detail(steps) == ""


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (f'{OFFER} expect block by rule "Softly"', "the rule “Softly” was expected"),
        (f'{UPDATE} expect avoid sms by rule "Softly"', "the rule “Softly” does not say so"),
        (f'{UPDATE} expect rephrase with words by rule "By topic"', "the rule “By topic” did not fire"),
        (f'{NOTED} expect send apology by rule "Opened"', "send apology was expected"),
        (f'{NOTED} expect add 2 to worry by rule "Opened"', "other points were expected"),
    ],
)
def test_a_rule_that_did_not_say_so_is_not_believed(steps: str, told: str) -> None:
    assert told in detail(steps)
