"""Experiments: who is in which arm, for ever, and what an arm says."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.facts import Facts
from artifact.instant import DAY
from dsl.arms import share_of
from dsl.book import CompiledRulebook
from dsl.effects import Block, Rephrase
from dsl.oracle import InterpretedRulebook
from dsl.program import WHOLE_SHARE
from dsl.verdict import Verdict
from tests.dsl.support import NOW, ZONE, asked, book, codes, customer, rule

TEXT = """
experiment softer
  valid from 1 March 2026 to 30 June 2026
  for topic cross_sell
  when customer.tier is not platinum
  variant plain 45 % then deliver
  variant soft 25.5 % then rephrase with words and avoid sms
  holdout 9.5 %
  succeeds on claim.closed within 14 days
end
"""
GOLD = customer(tier="gold")


def judged(rulebook: CompiledRulebook, id: str, facts: Facts = GOLD, now: int = NOW) -> Verdict:
    message = replace(asked(), customer=id)
    found = rulebook.judge(message, facts, ZONE, now)
    assert InterpretedRulebook(rulebook.program).judge(message, facts, ZONE, now) == found
    return found


def arm_of(rulebook: CompiledRulebook, id: str) -> str:
    """The arm of a customer; empty for who is left alone."""
    fired = judged(rulebook, id).fired
    assert len(fired) <= 1
    return fired[0].rule if fired else ""


def test_over_many_customers_shares_are_what_the_author_wrote() -> None:
    rulebook, many = book(TEXT), 8000
    found = Counter(arm_of(rulebook, f"customer-{number}") for number in range(many))
    wanted = {"softer: plain": 0.45, "softer: soft": 0.255, "softer: holdout": 0.095, "": 0.2}
    assert set(found) == set(wanted)
    for arm, share in wanted.items():
        assert abs(found[arm] / many - share) < 0.02, arm


def test_a_customer_stands_where_she_always_stood_whatever_process_asks() -> None:
    """Known answers: another hash, or one with a seed of the process, would give others."""
    shares = [share_of("softer", id) * 1000 // WHOLE_SHARE for id in ("C-1", "C-2", "é", "")]
    assert shares == KNOWN


KNOWN = [802, 85, 846, 763]


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_another_version_of_the_rulebook_moves_nobody(id: str) -> None:
    first = arm_of(BOOKS[0], id)
    assert arm_of(BOOKS[1], id) == first
    grown = arm_of(BOOKS[2], id)
    assert grown == first or (first, grown) == ("", "softer: late")


BOOKS = (
    book(TEXT),
    book(TEXT + rule("claim is refused", "block", name="Another")),
    book(TEXT.replace("  holdout", "  variant late 20 % then deliver by app  holdout")),
)


def test_two_experiments_deal_their_shares_apart() -> None:
    other = TEXT.replace("softer", "warmer").replace("rephrase with words and avoid sms", "avoid sms")
    rulebook = book(TEXT + other)
    both = Counter(
        tuple(one.rule.split(": ")[1] for one in judged(rulebook, f"c{n}").fired) for n in range(4000)
    )
    assert abs(both["plain", "plain"] / 4000 - 0.45 * 0.45) < 0.03


def test_an_arm_says_what_a_message_rule_may_say_and_the_holdout_blocks() -> None:
    rulebook = book(TEXT)
    ids = [f"c{number}" for number in range(200)]
    of = {arm_of(rulebook, id): judged(rulebook, id) for id in ids}
    assert isinstance(of["softer: holdout"].fired[0].effects[0], Block)
    assert Rephrase("words") in of["softer: soft"].fired[0].effects
    assert rulebook.rules["softer: holdout"].holdout
    assert rulebook.rules["softer: soft"].conditions == (
        "customer.tier is not platinum",
        "variant soft 25.5 %",
    )


def test_who_does_not_meet_the_condition_or_comes_on_another_day_is_in_no_arm() -> None:
    rulebook = book(TEXT)
    ids = [f"c{number}" for number in range(60)]
    for facts, now in ((customer(tier="platinum"), NOW), (customer(), NOW), (GOLD, NOW + 200 * DAY)):
        assert [judged(rulebook, id, facts, now).fired for id in ids] == [()] * 60


def test_shares_up_to_everybody_are_fine_and_their_bounds_meet() -> None:
    text = TEXT.replace("25.5 %", "45.5 %")
    arms = book(text).program.experiments[0].arms
    gaps = [arm.low - before.high for before, arm in pairwise(arms)]
    assert all(0 <= gap <= 1 for gap in gaps)
    assert arms[0].low == 0
    assert arms[-1].high == WHOLE_SHARE
    assert Fraction(arms[1].high - arms[1].low, WHOLE_SHARE) == pytest.approx(Fraction("0.455"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (TEXT.replace("25.5 %", "45.6 %"), ["SHARES_OVER"]),
        (TEXT.replace("variant soft", "variant plain"), ["NAME_TAKEN"]),
        (TEXT.replace("variant soft", "variant holdout"), ["NAME_TAKEN"]),
        (TEXT + TEXT, ["NAME_TAKEN"]),
        (TEXT.replace("claim.closed within", "claim.closd within"), ["NAME_UNKNOWN"]),
        (TEXT.replace("then deliver", "then send apology"), ["EFFECT_MISPLACED"]),
        (TEXT.replace("when customer.tier", "when customer.tear"), ["NAME_UNKNOWN"]),
        (TEXT.replace("  for topic", "  if unknown apply for topic"), ["EFFECT_MISPLACED"]),
        (
            TEXT.replace("  for topic", '  exception to "R" for topic') + rule("claim is open"),
            ["EFFECT_MISPLACED"],
        ),
        ("experiment e holdout 10 % end", ["WORD_UNEXPECTED"]),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted
