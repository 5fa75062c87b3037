"""Conditions on time answer by columns what each would answer by itself, and tell the very instant of the next change."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact.facts import Facts
from artifact.instant import DAY, HOUR, Instant, format_instant, parse_instant
from dsl.book import CompiledRulebook
from dsl.oracle import InterpretedRulebook
from tests.dsl.support import NOW, ZONE, asked, book, claim, customer, judged, rule

CALENDAR = "calendar working days Monday to Friday holidays 6 January end\n"
SPANS = ("90 minutes", "2 hours", "1 day", "3 days", "2 weeks", "1 month", "13 months", "200 years")
FORMS = [
    "{0} is in the last {1}",
    "{0} is in the next {1}",
    "{0} is older than {1}",
    "not ({0} is in the last {1})",
    "not ({0} is older than {1})",
]
BESIDE_NOW = ["{0} < {1}", "{0} <= {1}", "{0} > {1}", "{0} >= {1}", "{0} is {1}", "not ({0} < {1})"]
WORKING = (
    "customer.last_visit is older than 2 working days",
    "customer.last_visit is in the last 1 working day",
    "not (customer.last_visit is in the last 3 working days)",
)


def _conditions() -> list[str]:
    visits = [form.format("customer.last_visit", span) for form, span in product(FORMS, SPANS)]
    days = [form.format("customer.born", span) for form, span in product(FORMS, SPANS[2:])]
    closed = [form.format("claim.closed", span) for form, span in product(FORMS, ("3 days", "1 month"))]
    beside = [form.format("customer.last_visit", "now") for form in BESIDE_NOW]
    return visits + days + closed + beside + [form.format("customer.born", "today") for form in BESIDE_NOW]


@pytest.fixture(scope="module")
def large() -> CompiledRulebook:
    """A rule for each condition, and one for each two that stand beside each other."""
    found = [*_conditions(), *WORKING]
    found += [f"{one} and {other}" for one, other in zip(found, found[7:], strict=False)]
    text = "".join(
        rule(each, name=f"R{n}", meta=f"if unknown {'apply' if n % 3 else 'ignore'}")
        for n, each in enumerate(found)
    )
    return book(CALENDAR + text)


MOMENTS = (
    *(NOW + shift for shift in (-15 * DAY, -3 * DAY, -2 * HOUR, -1, 0, 1, 2 * HOUR, 3 * DAY)),
    *map(parse_instant, ("2026-03-29T00:30:00Z", "2025-10-26T00:30:00Z", "2026-01-31T22:59:00Z")),
    *map(parse_instant, ("9999-12-30T12:00:00Z", "0001-01-02T12:00:00Z")),
)


@pytest.mark.parametrize("moment", MOMENTS, ids=format_instant)
def test_a_column_of_moments_answers_as_each_condition_by_itself(
    large: CompiledRulebook, moment: Instant
) -> None:
    shown = format_instant(moment)
    facts = customer(claim("S1", closed_at=moment, open=False), last_visit=shown, born=shown[:10])
    plain = InterpretedRulebook(large.program)
    for now in (NOW, moment + 1, moment + 3 * DAY, moment + 3 * DAY - 1):
        if abs(now - NOW) < 999 * DAY:
            _same(large, plain, facts, now)


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Pacific/Apia", "America/Sao_Paulo"])
def test_columns_on_time_go_by_the_calendar_of_the_customer(large: CompiledRulebook, zone: str) -> None:
    moment = parse_instant("2011-12-29T10:30:00Z")  # Samoa had no 30 December that year
    facts = customer(last_visit=format_instant(moment), born="2011-12-29")
    plain = InterpretedRulebook(large.program)
    for now in range(moment - DAY, moment + 4 * DAY, 7 * HOUR):
        _same(large, plain, facts, now, zone)


ZONES = ("Pacific/Apia", "Pacific/Kwajalein", "Asia/Manila", "Australia/Lord_Howe", "America/Juneau", "UTC")
"""Some of which have skipped a day, or had one twice."""


@settings(max_examples=80, deadline=None)
@given(st.integers(-48_000, 30_000), st.integers(0, DAY - 1), st.integers(-500, 500), st.sampled_from(ZONES))
def test_wherever_the_clocks_are_and_however_they_were_moved(
    large: CompiledRulebook, day: int, time: Instant, hours: int, zone: str
) -> None:
    moment = day * DAY + time
    facts = customer(last_visit=format_instant(moment), born=format_instant(moment)[:10])
    _same(large, InterpretedRulebook(large.program), facts, moment + hours * HOUR, zone)


def _same(
    fast: CompiledRulebook, slow: InterpretedRulebook, facts: Facts, now: Instant, zone: str = ZONE
) -> None:
    verdict = fast.judge(asked(), facts, zone, now)
    assert verdict == slow.judge(asked(), facts, zone, now)
    told = {row.rule for row in verdict.rows} | {one.rule for one in verdict.fired}
    rows = {row for row in fast.rows(verdict) if row.rule not in told}
    assert rows == {row for row in slow.plain_rows(asked(), facts, zone, now) if row.rule not in told}


def test_nothing_is_known_of_a_moment_that_nobody_told(large: CompiledRulebook) -> None:
    _same(large, InterpretedRulebook(large.program), customer(), NOW)


def test_a_rule_that_is_ruled_out_sets_no_time_to_look_again() -> None:
    facts = customer(age=43, last_visit=format_instant(NOW - DAY))
    verdict = judged(rule("customer.last_visit is in the last 3 days and customer.age is 44"), facts)
    assert verdict.flips_at is None
    assert "customer.last_visit" not in verdict.reads
    left = judged(rule("customer.last_visit is in the last 3 days and customer.age is 43"), facts)
    assert left.flips_at == NOW + 2 * DAY


def test_the_last_day_of_the_calendar_is_a_day_like_any_other() -> None:
    """Systems of record write 9999-12-31 for `never`."""
    facts = customer(born="9999-12-31")
    text = rule("customer.born < today", name="Past") + rule("customer.born >= today", name="To come")
    text += rule("customer.born is older than 1 month", name="Long past")
    verdict = judged(text, facts)
    assert [one.rule for one in verdict.fired] == ["To come"]
    assert verdict.flips_at is None
    assert {row.result for row in book(text).rows(verdict)} == {"FIRED", "NOT_MET"}
