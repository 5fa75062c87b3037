"""Lists: who is meant, in which window, and what is made of many."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.facts import Facts, Happened, Interaction
from artifact.instant import Instant, parse_instant
from artifact.span import Span, Unit, add_span
from dsl.lists import in_window
from dsl.reading import Env
from dsl.typed import Items, Source
from tests.dsl.support import DAY, HOUR, NOW, asked, book, checked, claim, codes, customer, rule, truth

POLICIES = [
    {"product": "home", "expires": "2026-03-20", "premium": 300.10, "people": 2},
    {"product": "motor", "expires": "2026-12-01", "premium": "99.90", "people": 1},
]


def has(*policies: Any) -> Facts:
    return customer(policies=list(policies))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("any policy with (product is home)", True),
        ("any policies with (policy.premium is more than 500 EUR)", False),
        ("no policy with (premium is more than 500 EUR)", True),
        ("every policy with (people is at least 1)", True),
        ("every policy with (product is home)", False),
        ("the number of policies is 2", True),
        ("the number of policies with (product is motor) is at least 1", True),
        ("sum of premium of policies is 400 EUR", True),
        ("average of premium of policies is 200 EUR", True),
        ("average of people of policies is 1.5", True),
        ("latest premium of policies is 99.90 EUR", True),
        ("latest product of policies is motor", True),
        ("sum of premium of policies with (product is motor) + 1 EUR > 100 EUR", True),
        ("any policy with (expires is in the next 30 days)", True),
        ("any policy with (people = customer.age)", None),
    ],
)
def test_a_list_of_the_vocabulary_can_be_asked(condition: str, expected: bool | None) -> None:
    assert truth(condition, has(*POLICIES)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("any policy", False),
        ("no policy", True),
        ("every policy with (product is home)", True),
        ("the number of policies is 0", True),
        ("sum of premium of policies is 0 EUR", True),
        ("average of premium of policies is known", False),
        ("latest premium of policies is known", False),
    ],
)
def test_of_nothing_a_sum_is_0_and_an_average_or_a_latest_is_unknown(condition: str, expected: bool) -> None:
    assert truth(condition, has()) is expected


@pytest.mark.parametrize(
    "condition",
    ["any policy", "no policy", "every policy with (product is home)", "the number of policies is 0"],
)
def test_a_list_that_nobody_told_of_is_unknown(condition: str) -> None:
    assert truth(condition, Facts()) is None
    assert truth(condition, customer(policies="many")) is None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("any policy with (product is home)", True),
        ("any policy with (product is motor)", None),
        ("every policy with (product is motor)", False),
        ("every policy with (product is home)", None),
        ("the number of policies is 2", True),
        ("the number of policies with (product is home) is 1", None),
        ("the number of policies with (product is known and product is home) is 1", True),
        ("sum of premium of policies is 5 EUR", None),
    ],
)
def test_a_member_that_is_no_object_has_unknown_fields(condition: str, expected: bool | None) -> None:
    assert truth(condition, has({"product": "home", "premium": 5}, "nonsense")) is expected


def test_what_is_past_at_most_is_not_read_and_that_is_told() -> None:
    verdict = book(rule("sum of people of policies is 4")).judge(
        asked(), has(*[{"people": 1}] * 9), "Europe/Madrid", NOW
    )
    assert verdict.fired
    assert verdict.reads == {"sum of people of policies": {"value": 4, "of the newest": 4}}


def test_situations_are_counted_in_a_window_by_when_they_opened() -> None:
    facts = customer(
        claim("S1", opened=NOW - 3 * DAY, amount=5), claim("S2", opened=NOW - 40 * DAY, amount=10)
    )
    assert truth("the number of claim is 2", facts)
    assert truth("the number of claim in the last 1 month is 1", facts)
    assert truth("sum of amount of claim in the last 2 months is 15 EUR", facts)
    assert truth("latest amount of claim is 5 EUR", facts)
    assert truth("no claim in the last 3 days", facts)
    assert truth("any claim in the last 73 hours", facts)


def test_interactions_are_counted_by_when_they_began() -> None:
    facts = Facts(
        interactions=(
            Interaction("a", Channel.WEB, NOW - 2 * HOUR),
            Interaction("b", Channel.PHONE, NOW - 30 * HOUR, agent="Ana"),
        )
    )
    assert truth("the number of interactions in the last 24 hours is 1", facts)
    assert truth('any interactions in the last 2 days with (channel is phone and agent is "Ana")', facts)
    assert truth("latest channel of interactions is web", facts)
    assert truth("any interactions with (at is older than 1 day)", facts)


@pytest.mark.parametrize(
    ("window", "leaves"),
    [
        ("90 minutes", "2026-03-29T00:30:00Z"),
        ("24 hours", "2026-03-29T23:00:00Z"),
        ("1 day", "2026-03-29T22:00:00Z"),  # the clocks go forward: the day has 23 hours
        ("1 month", "2026-04-28T22:00:00Z"),
    ],
)
def test_a_window_ends_when_its_row_leaves_on_the_calendar_of_the_customer(window: str, leaves: str) -> None:
    began = parse_instant("2026-03-28T23:00:00Z")
    facts = Facts(interactions=(Interaction("a", Channel.WEB, began),))
    rules = book(rule(f"any interactions in the last {window}"))
    verdict = rules.judge(asked(), facts, "Europe/Madrid", began)
    assert verdict.fired
    assert verdict.flips_at == parse_instant(leaves)
    assert not rules.judge(asked(), facts, "Europe/Madrid", parse_instant(leaves)).fired
    assert rules.judge(asked(), facts, "Europe/Madrid", parse_instant(leaves) - 1).fired


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("any policy in the last 3 days", ["LIST_UNDATED"]),
        ("any interactions in the last 0 hours", ["WINDOW_EMPTY"]),
        ("sum of product of policies is 3", ["TYPE_MISMATCH"]),
        ("sum of premum of policies is 3 EUR", ["FIELD_UNKNOWN"]),
        ("any policy with (at is in the last 3 days)", ["NAME_UNKNOWN"]),
        ("any polcy", ["NAME_UNKNOWN"]),
        ("any policy with (any claim)", ["QUANTIFIER_NESTED"]),
        ("any policy with (the number of claim is 2)", ["QUANTIFIER_NESTED"]),
        ("the number of policies with (sum of premium of policies > 1 EUR) is 1", ["QUANTIFIER_NESTED"]),
        ("the number of policies is more than 3 EUR", ["TYPE_MISMATCH"]),
        ("average of premium of policies > 3", ["TYPE_MISMATCH"]),
        ("the number of policies", ["CONDITION_EXPECTED"]),
    ],
)
def test_what_is_wrong_with_a_list_is_said(condition: str, found: list[str]) -> None:
    assert codes(rule(condition)) == found


def test_the_nearest_list_and_the_nearest_field_are_offered() -> None:
    helps = [
        checked(rule(text)).diagnostics[0].help for text in ("any polcy", "sum of premum of policies > 3 EUR")
    ]
    assert helps == ["did you mean `policy`?", "did you mean `premium`?"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("any policy", ["UNKNOWN_UNDECIDED"]),
        ("any claim with (amount > 3 EUR)", ["UNKNOWN_UNDECIDED"]),
        ("sum of amount of claim > 3 EUR", ["UNKNOWN_UNDECIDED"]),
        ("latest state of claim is open", ["UNKNOWN_UNDECIDED"]),
        ("latest state of claim is known and latest state of claim is open", []),
        ("the number of claim is 3", []),
        ("the number of interactions in the last 3 days is 3", []),
    ],
)
def test_a_rule_that_blocks_says_what_an_unknown_list_does(condition: str, found: list[str]) -> None:
    assert codes(rule(condition, "block")) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("list cars, each car, at most 0: (a1: text)", ["NUMBER_INVALID"]),
        ("list cars, each car, at most 201: (a1: text)", ["NUMBER_INVALID"]),
        ("list cars, each car, at most 3: (a1: text, a1: money)", ["NAME_TAKEN"]),
        ("list policies, each car, at most 3: (a1: text)", ["NAME_TAKEN"]),
    ],
)
def test_what_is_wrong_with_the_declaration_of_a_list_is_said(text: str, found: list[str]) -> None:
    assert codes(f"vocabulary {text} end") == found


def test_the_cost_of_a_rulebook_counts_what_its_lists_may_hold() -> None:
    plain = book(rule("customer.age is 44")).cost
    assert book(rule("any policy with (premium > 3 EUR)")).cost == plain + 4
    assert book(rule("the number of policies is 3 and any policy")).cost == plain + 9


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-60 * DAY, 3 * DAY), max_size=6),
    st.sampled_from(list(Unit)[:6]),
    st.integers(1, 40),
    st.sampled_from(["Pacific/Apia", "Europe/Madrid", "America/Sao_Paulo"]),
)
def test_a_row_is_in_the_window_until_the_calendar_says_that_the_span_has_passed(
    ages: list[Instant], unit: Unit, amount: int, zone: str
) -> None:
    """Although what is long past is left out without asking the calendar."""
    span, now = Span(amount, unit), parse_instant("2012-01-05T12:00:00Z")
    rows = [Happened(now + age, {}) for age in ages]
    found = list(in_window(Items(Source.EVENTS, "e", "e", 9, span), rows, Env(Facts(), zone, now, {})))
    assert found == [row for row in rows if row.at <= now < add_span(row.at, span, zone)]
