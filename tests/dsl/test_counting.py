"""Events that happened, counted: in windows, with the event at hand or without it, and what must be kept for it."""

import pytest

from artifact.facts import Facts, Happened, Kept
from artifact.instant import parse_instant
from artifact.span import Span, Unit
from dsl.compile import compile_rulebook
from dsl.rulebook import Counted
from engine.pipeline.rulebook_tests import run_tests
from tests.dsl.support import DAY, HOUR, NOW, PRELUDE, asked, book, codes, happened, rule, truth

NOTED = Facts(
    events={
        "claim.noted": Kept(
            (
                Happened(NOW - 400 * DAY, {"amount": 5, "claim_id": "S1"}),
                Happened(NOW - 20 * DAY, {"amount": 10, "claim_id": "S1"}),
                Happened(NOW - 2 * HOUR, {"amount": 30, "claim_id": "S2"}),
            )
        )
    }
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("the number of claim.noted is 3", True),
        ("the number of claim.noted in the last 12 months is 2", True),
        ("sum of amount of claim.noted in the last 1 day is 30 EUR", True),
        ("average of amount of claim.noted in the last 30 days is 20 EUR", True),
        ("latest amount of claim.noted with (claim_id = 'S1') is 10 EUR", True),
        ("any claim.noted in the last 1 hour", False),
        ("no claim.noted with (claim.noted.amount > 30 EUR)", True),
        ("every claim.noted in the last 30 days with (amount >= 10 EUR)", True),
        ("any adjuster.called", False),
        ("sum of amount of care.needed is 0 EUR", True),
        ("average of amount of care.needed is known", False),
        ("any interaction.started with (channel is web)", False),
    ],
)
def test_events_are_counted_in_windows(condition: str, expected: bool) -> None:
    assert truth(condition.replace("'", '"'), NOTED) is expected


def test_a_count_flips_when_an_event_leaves_the_window() -> None:
    rules = book(rule("the number of claim.noted in the last 30 days is 2"))
    verdict = rules.judge(asked(), NOTED, "Europe/Madrid", NOW)
    assert verdict.flips_at == parse_instant("2026-03-12T10:00:00Z") + 0 * DAY
    assert not rules.judge(asked(), NOTED, "Europe/Madrid", verdict.flips_at or 0).fired


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("the number of claim.noted in the last 30 days is 3", True),
        ("sum of amount of claim.noted in the last 30 days is 140 EUR", True),
        ("event.amount is 5 * average of amount of claim.noted in the last 30 days", True),
        ("latest amount of claim.noted is 30 EUR", True),
        ("any claim.noted with (claim_id is event.claim_id)", False),
        ("the number of claim.noted with (claim_id is event.claim_id) is 1", True),
    ],
)
def test_totals_have_the_event_at_hand_among_them_and_nothing_else_does(condition: str, met: bool) -> None:
    rules = book(f'event rule "R" on claim.noted when {condition} then raise task look end')
    event = happened("claim.noted", amount=100, claim_id="S3")
    assert bool(rules.react(event, NOTED, "Europe/Madrid").raised) is met


def test_of_what_had_to_leave_a_count_says_so() -> None:
    facts = Facts(events={"claim.noted": Kept(NOTED.events["claim.noted"].rows[1:], NOW - 100 * DAY)})
    rules = book(
        rule(
            "the number of claim.noted in the last 12 months is 2 and the number of claim.noted in the last 99 days is 2"
        )
    )
    assert rules.judge(asked(), facts, "Europe/Madrid", NOW).reads == {
        "number of claim.noted in the last 12 months": {"value": 2, "of the newest": 2},
        "number of claim.noted in the last 99 days": 2,
    }


def test_what_is_kept_follows_from_what_is_read() -> None:
    rules = book(
        rule("sum of amount of claim.noted in the last 3 days with (claim_id is known) > 3 EUR", name="A")
        + rule("any claim.noted in the last 12 months", name="B")
        + 'event rule "C" on claim.opened when any death.notified then raise task look end'
    )
    assert rules.counted == {
        "claim.noted": Counted(("amount", "claim_id"), (Span(3, Unit.DAY), Span(12, Unit.MONTH))),
        "death.notified": Counted((), (), True),
    }


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("any claim.notd", ["NAME_UNKNOWN"]),
        ("sum of claim_id of claim.noted is 3", ["TYPE_MISMATCH"]),
        ("any claim.noted in the last 0 days", ["WINDOW_EMPTY"]),
        ("any claim.noted with (amont is 3 EUR)", ["NAME_UNKNOWN"]),
    ],
)
def test_what_is_wrong_is_said(condition: str, found: list[str]) -> None:
    assert codes(rule(condition)) == found


TESTED = """
event rule "Three notes" on claim.noted
  when the number of claim.noted in the last 12 months with (claim_id is event.claim_id) is at least 3
  then raise task look for desk
end
test "The third one is told"
  at 2 March 2026 10:00
  given event claim.noted 13 months ago with (claim_id = "S1")
    and event claim.noted 3 months ago with (claim_id = "S1")
    and event claim.noted 2 days ago with (claim_id = "S2")
  when event claim.noted with (claim_id = "S1")
  expect nothing
  after 1 day
  when event claim.noted with (claim_id = "S1")
  expect raise task look for desk and the number of claim.noted in the last 2 days is 2
end
"""


async def test_a_test_of_the_language_tells_what_happened_before() -> None:
    checked = compile_rulebook(PRELUDE + TESTED)
    assert checked.diagnostics == ()
    assert checked.rulebook is not None
    results = await run_tests(checked.rulebook, checked.tests)
    assert [(one.name, one.detail) for one in results if not one.passed] == []
