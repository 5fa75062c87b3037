"""Parameters: typed by their values, in force from a day on in the customer's zone."""

import pytest

from artifact.facts import Facts
from artifact.instant import parse_instant
from dsl.effects import RaiseTask
from tests.dsl.support import DAY, NOW, asked, book, checked, codes, customer, happened, judged, rule

DATED = """
parameters
  floor is 30 EUR
  limit is 8 % from 1 January 2026
  limit is 6 % from 1 April 2026
  since is 1 March 2026
  start is 2 March 2026 10:00
  patience is 2 days
  town is "gold"
  loud is no
  share is 1
  share is 0.5 from 3 March 2026
  cold is -5
end
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("customer.value is more than floor", "FIRED"),
        ("customer.churn is more than limit", "NOT_MET"),
        ("customer.last_visit is at least since", "FIRED"),
        ("customer.last_visit is at least start", "NOT_MET"),
        ("customer.patience is more than patience", "FIRED"),
        ("customer.tier is town", "FIRED"),
        ("loud", "NOT_MET"),
        ("customer.age * share is 44", "FIRED"),
        ("customer.age is more than cold", "FIRED"),
        ("customer.value is between floor and floor * 2", "FIRED"),
        ("limit is known", "FIRED"),
    ],
)
def test_a_parameter_stands_wherever_a_value_can(condition: str, expected: str) -> None:
    facts = customer(
        value=50, churn=0.07, last_visit="2026-03-02T08:59:00Z", patience="P3D", tier="gold", age=44
    )
    [row] = judged(DATED + rule(condition), facts).rows
    assert row.result == expected


def test_the_row_of_a_day_is_in_force_from_its_beginning_in_the_zone_of_the_customer() -> None:
    rules = book(DATED + rule("customer.churn is more than limit"))
    facts = customer(churn=0.07)
    before = rules.judge(asked(), facts, "America/New_York", parse_instant("2026-04-01T03:59:59Z"))
    after = rules.judge(asked(), facts, "America/New_York", parse_instant("2026-04-01T04:00:00Z"))
    assert (before.fired, bool(after.fired)) == ((), True)
    assert before.flips_at == parse_instant("2026-04-01T04:00:00Z")
    assert (before.reads["limit"], after.reads["limit"]) == (0.08, 0.06)
    assert after.flips_at is None


def test_before_its_first_day_a_parameter_is_unknown() -> None:
    rules = book(DATED + rule("customer.churn is more than limit"))
    early = rules.judge(asked(), customer(churn=0.07), "Europe/Madrid", parse_instant("2025-12-31T22:59:59Z"))
    assert [(row.result, row.detail) for row in early.rows] == [("UNKNOWN", "limit")]
    assert early.flips_at == parse_instant("2025-12-31T23:00:00Z")


def test_a_rule_that_blocks_says_what_happens_before_the_first_day() -> None:
    assert codes(DATED + rule("0.5 is more than limit", "block")) == ["UNKNOWN_UNDECIDED"]
    assert codes(DATED + rule("1 is more than share", "block")) == []


def test_an_event_reads_the_value_of_its_own_instant() -> None:
    rules = book(
        """parameters large is 10 EUR large is 1,000 EUR from 1 March 2026 end
        event rule "R" on claim.opened when event.amount is more than large then raise task look end"""
    )
    new, old = happened("claim.opened", amount=50), happened("claim.opened", at=NOW - 3 * DAY, amount=50)
    assert rules.react(new, Facts(), "Europe/Madrid").raised == ()
    [raised] = rules.react(old, Facts(), "Europe/Madrid").raised
    assert isinstance(raised.effect, RaiseTask)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("parameters p is 3 p is 4 end", ["PARAMETER_REPEATED"]),
        ("parameters p is 3 p is 4 EUR from 1 May 2026 end", ["TYPE_MISMATCH"]),
        ("parameters p is 3 from 31 February 2026 end", ["DATE_INVALID"]),
        ("parameters p is gold end", ["VALUE_EXPECTED"]),
        ("parameters p is unknown end", ["VALUE_EXPECTED"]),
        ("parameters claim is 3 end", ["NAME_TAKEN"]),
        ("parameters customer.age is 3 end", ["NAME_TAKEN"]),
        ("parameters p is 3 USD end", ["CURRENCY_OTHER"]),
        ("parameters p is 3 end " + rule("customer.value is more than p"), ["TYPE_MISMATCH"]),
        ("parameters daily_limit is 3 end " + rule("customer.age is more than daily_limt"), ["NAME_UNKNOWN"]),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_at_its_place(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_the_nearest_parameter_is_offered() -> None:
    [diagnostic] = checked(
        "parameters daily_limit is 3 end " + rule("customer.age is more than daily_limt")
    ).diagnostics
    assert diagnostic.help == "did you mean `daily_limit`?"


def test_a_parameter_whose_value_is_refused_is_not_called_unknown_where_it_is_read() -> None:
    assert codes("parameters long is 201 years end\n" + rule("customer.patience > LONG")) == [
        "NUMBER_INVALID"
    ]
