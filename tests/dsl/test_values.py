"""Values are exact, both ways between JSON and the language."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.instant import DAY, parse_instant
from artifact.span import Span, Unit
from dsl.currency import DECIMALS
from dsl.types import CHANNEL, DATE, DURATION, INSTANT, MONEY, NUMBER, TEXT, WHOLE, YES_NO, Kind, Type
from dsl.values import date_of, day_start, later, later_date, length, reader, to_json
from tests.dsl.support import NOW, ZONE, customer, truth


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_is_its_decimal_text_and_never_its_binary_fraction(minor: int, currency: str) -> None:
    text = str(Decimal(minor).scaleb(-DECIMALS[currency]))
    read = reader(MONEY, currency)
    assert read({"amount": text, "currency": currency}) == minor
    if abs(minor) < 10**12:
        assert read(float(text)) == minor


def test_ten_cents_and_twenty_are_thirty() -> None:
    assert truth("customer.value + 0.20 EUR = 0.30 EUR", customer(value=0.1)) is True
    assert truth("customer.value * 3 = 0.30 EUR", customer(value=0.1)) is True
    assert truth("customer.churn * 3 = 0.3", customer(churn=0.1)) is True
    assert truth("customer.churn = 10 %", customer(churn=0.1)) is True


@pytest.mark.parametrize(
    ("raw", "minor"),
    [
        (12, 1200),
        (12.34, 1234),
        ("12.340", 1234),
        ("-0.5", -50),
        (12.345, None),
        (0.1 + 0.2, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
        (10**20, None),
        (True, None),
        ("12,34", None),
        ("twelve", None),
        ({"amount": 5, "currency": "USD"}, None),
        ({"amount": 5}, None),
        ([], None),
        (None, None),
    ],
)
def test_an_amount_that_is_none_is_unknown(raw: Any, minor: int | None) -> None:
    assert reader(MONEY, "EUR")(raw) == minor


@pytest.mark.parametrize(
    ("of", "raw"),
    [
        (TEXT, "x"),
        (YES_NO, True),
        (YES_NO, False),
        (WHOLE, 0),
        (WHOLE, -7),
        (NUMBER, 0.1),
        (NUMBER, 3),
        (MONEY, 12.34),
        (DATE, "2026-03-02"),
        (INSTANT, "2026-03-02T10:00:00Z"),
        (DURATION, "P14D"),
        (DURATION, "PT90M"),
        (Type(Kind.ONE_OF, ("a", "b")), "b"),
        (CHANNEL, "SMS"),
    ],
)
def test_what_was_read_is_written_as_it_was(of: Type, raw: Any) -> None:
    value = reader(of, "EUR")(raw)
    assert value is not None
    assert to_json(value, of, "EUR") == raw


@pytest.mark.parametrize(
    "of", [WHOLE, NUMBER, MONEY, DATE, INSTANT, DURATION, CHANNEL, Type(Kind.ONE_OF, ("a",))]
)
@given(
    raw=st.one_of(
        st.none(), st.booleans(), st.text(max_size=12), st.floats(), st.lists(st.integers(), max_size=2)
    )
)
def test_reading_never_raises(of: Type, raw: Any) -> None:
    reader(of, "EUR")(raw)


@given(st.integers(719_163, 766_000))
def test_a_day_begins_where_the_calendar_changes(day: int) -> None:
    for zone in ("Europe/Madrid", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"):
        start = day_start(day, zone)
        assert date_of(start, zone) == day
        assert date_of(start - 1, zone) == day - 1


def test_a_day_later_keeps_the_hour_across_a_change_of_the_clocks() -> None:
    before = parse_instant("2026-03-28T10:00:00+01:00")
    assert later(before, Span(1, Unit.DAY), ZONE) == parse_instant("2026-03-29T10:00:00+02:00")
    assert later(before, Span(24, Unit.HOUR), ZONE) == parse_instant("2026-03-29T11:00:00+02:00")


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    read = reader(DATE, "EUR")
    assert later_date(read("2026-01-31"), Span(1, Unit.MONTH)) == read("2026-02-28")
    assert later_date(read("2024-02-29"), Span(1, Unit.YEAR)) == read("2025-02-28")


def test_durations_are_compared_by_length() -> None:
    assert length(Span(2, Unit.WEEK)) == length(Span(14, Unit.DAY)) == 14 * DAY
    assert truth("customer.patience is at least 1 week", customer(patience="P7D")) is True
    assert truth("customer.patience + 1 day > 1 week", customer(patience="P7D")) is True


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("customer.born is in the last 1 year", False),
        ("customer.born is older than 66 years", True),
        ("customer.born is older than 67 years", False),
        ("customer.born + 66 years < today", True),
    ],
)
def test_a_birthday(condition: str, answer: bool) -> None:
    assert truth(condition, customer(born="1960-02-28")) is answer


def test_the_day_of_a_date_counts_whole() -> None:
    facts = customer(born="2026-03-02")
    for now in (day_start(date_of(NOW, ZONE), ZONE), day_start(date_of(NOW, ZONE) + 1, ZONE) - 1):
        assert truth("customer.born is today", facts, now) is True
        assert truth("customer.born is in the last 1 day", facts, now) is True
        assert truth("customer.born is in the next 1 day", facts, now) is True
        assert truth("customer.born < today", facts, now) is False
