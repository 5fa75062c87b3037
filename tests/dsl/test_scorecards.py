"""Scorecards: what a score comes to, what events add to it, and what is said of it."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.facts import Facts, Points
from dsl.effects import AddPoints
from dsl.oracle import InterpretedRulebook
from dsl.scorecards import score_of
from tests.dsl.support import NOW, ZONE, asked, book, claim, codes, customer, happened, rule
from tests.dsl.test_laws import SETTINGS
from tests.dsl.worlds import conditions, customers

CHURN = """
scorecard churn from 0 to 100, starting at 20
  add 25 when claim is open because "A claim" in Spanish "Un siniestro"
  add 0.5 * customer.age when customer.tier is gold
  subtract 30 when customer.value is over 10 EUR because "Loyal"
end
"""

S = "scorecard {} from 0 to 9, starting at 5 add 1 when {} is 1 end\n"


def read(text: str, facts: Facts) -> dict[str, Any]:
    """What a decision notes of the score; the interpreter notes the same."""
    compiled = book(text + rule("churn is at least 0"))
    found = compiled.judge(asked(), facts, ZONE, NOW)
    assert InterpretedRulebook(compiled.program).judge(asked(), facts, ZONE, NOW) == found
    assert [row.result for row in compiled.rows(found)] == ["FIRED"]
    return {name: value for name, value in found.reads.items() if name.startswith("churn")}


@pytest.mark.parametrize(
    ("facts", "value", "lines", "unknown"),
    [
        (customer(), 20, None, [2, 3]),
        (customer(claim("S1"), tier="basic", value=1), 45, [1], None),
        (customer(claim("S1"), tier="gold", age=81, value=1), 85.5, [1, 2], None),
        (customer(tier="basic", value=11), 0, [3], None),
        (customer(tier="gold", value=11), 0, [3], [2]),
    ],
)
def test_lines_that_hold_score_and_those_that_nobody_can_decide_are_named(
    facts: Facts, value: float, lines: list[int] | None, unknown: list[int] | None
) -> None:
    wanted = {"churn": value, "churn.lines": lines, "churn.unknown": unknown}
    assert read(CHURN, facts) == {name: each for name, each in wanted.items() if each is not None}


def test_what_events_added_counts_and_the_bounds_hold_on_reading_only() -> None:
    points = (Points("churn", 90, NOW), Points("other", 50, NOW), Points("churn", -5.5, NOW))
    facts = Facts(points=points)
    assert read(CHURN, facts)["churn"] == 100
    plan = book(CHURN).program.scorecards["churn"]
    assert score_of(plan, facts, [False, Fraction(-1, 3), None]).value == 100
    assert score_of(plan, facts, [False, -5, None]).value == Fraction("99.5")


def test_a_rule_adds_points_with_its_reason_and_without_knowing_them_adds_none() -> None:
    text = """
    event rule "E" on claim.noted then add event.amount / 1 EUR to churn because "Noted" and subtract 5 from churn end
    """
    rulebook = book(CHURN + text)
    raised = rulebook.react(happened("claim.noted", claim_id="S1", amount=7.5), Facts(), ZONE).raised
    added = [AddPoints("churn", 7.5, {"en": "Noted"}), AddPoints("churn", -5)]
    assert [one.effect for one in raised] == added
    raised = rulebook.react(happened("claim.noted", claim_id="S1"), Facts(), ZONE).raised
    assert [one.effect for one in raised] == added[1:]


def test_a_score_is_told_with_the_reasons_of_the_lines_that_score() -> None:
    [score] = book(CHURN).scores(customer(claim("S1"), tier="basic"), ZONE, NOW)
    assert (score.name, score.value, score.unknown) == ("churn", 45, (3,))
    assert score.reasons == ({"en": "A claim", "es": "Un siniestro"},)


def test_a_line_that_errs_makes_the_rule_err_and_is_unknown_to_who_reads_scores() -> None:
    text = """
    table t takes the only one | customer.age | => x | | over 1 | => 1 | | over 2 | => 2 | end
    scorecard churn from 0 to 9, starting at 1 add 2 when t.x is 1 add 3 when claim is known end
    """
    facts = customer(claim("S1"), age=9)
    broken = book(text + rule("churn is 1"))
    [row] = broken.rows(broken.judge(asked(), facts, ZONE, NOW))
    assert (row.result, row.detail) == ("ERROR", "rows 1 and 2 of the table t both apply")
    [score] = book(text).scores(facts, ZONE, NOW)
    assert (score.value, score.unknown) == (4, (1,))


def test_scores_tables_and_definitions_read_each_other() -> None:
    text = """
    vocabulary define likely as churn is over 40 end
    table t takes first | likely | => x | | yes | => 7 | | no | => 1 | end
    scorecard second from 0 to 10, starting at 0 add t.x when claim is open end
    """
    verdict = book(CHURN + text + rule("second is 7")).judge(asked(), customer(claim("S1")), ZONE, NOW)
    assert [one.rule for one in verdict.fired] == ["R"]
    assert verdict.reads["second"] == 7
    assert verdict.reads["t.x"] == "7 (row 1)"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("scorecard s from 10 to 1, starting at 5 add 1 when claim is open end", ["RANGE_EMPTY"]),
        ("scorecard s from 0 to 1, starting at 5 add 1 when claim is open end", ["VALUE_OUT_OF_RANGE"]),
        ("scorecard s from 0 to 9, starting at 5 add 1 EUR when claim is open end", ["TYPE_MISMATCH"]),
        ("scorecard s from 0 to 9, starting at 5 add 1 when s is 1 end", ["DEFINITION_CYCLE"]),
        (S.format("s", "r") + S.format("r", "s"), ["DEFINITION_CYCLE"]),
        ("scorecard claim from 0 to 9, starting at 5 add 1 when claim is open end", ["NAME_TAKEN"]),
        (
            "scorecard s from 0 to 9, starting at 5 add 1 when event.amount is 1 EUR end",
            ["NOT_READABLE_HERE"],
        ),
        ("scorecard s from 0 to 9, starting at 5 end", ["WORD_UNEXPECTED"]),
        (CHURN + rule("churn is over 200"), ["VALUE_OUT_OF_RANGE"]),
        (CHURN + rule("churn"), ["CONDITION_EXPECTED"]),
        (CHURN + rule("churm is over 20"), ["NAME_UNKNOWN"]),
        (CHURN + rule("claim is open", "add 5 to churn"), ["EFFECT_MISPLACED"]),
        ('event rule "E" on claim.noted then add 5 to churn end', ["NAME_UNKNOWN"]),
        (CHURN + 'event rule "E" on claim.noted then add 5 EUR to churn end', ["TYPE_MISMATCH"]),
        (
            CHURN + 'event rule "E" on claim.noted then set customer.age to 5 because "No" end',
            ["EFFECT_MISPLACED"],
        ),
    ],
)
def test_what_is_wrong_with_a_scorecard_is_said(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted


def test_a_rule_that_blocks_by_a_score_need_not_say_what_unknown_means() -> None:
    assert codes(CHURN + rule("churn is over 20", "block")) == []


@SETTINGS
@given(st.lists(conditions, min_size=1, max_size=4), customers())
def test_a_compiled_score_is_what_the_interpreter_says(lines: list[str], facts: Facts) -> None:
    own = [line for line in lines if not re.search(r"message\.|messages|contacts", line)]
    text = "\n".join(f"add {number + 1} when {line}" for number, line in enumerate(own))
    if text:
        read(f"scorecard churn from 0 to 3, starting at 0 {text} end\n", facts)
