"""Instants: which texts are one, which are refused and how, and that nothing is lost on the way through."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.errors import ErrorCode, InputError
from artifact.instant import (
    DAY,
    EARLIEST,
    LATEST,
    SECOND,
    datetime_of,
    format_instant,
    instant_of,
    parse_instant,
)

NINE = "2026-11-21T08:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T09:30:00+01:00",
        "2026-11-21T09:30:00+0100",
        "2026-11-21T09:30:00+01",
        "2026-11-21T09:30+01:00",
        "2026-11-21 09:30:00+01:00",
        "2026-11-21t09:30:00+01:00",
        "2026-11-21T08:30:00Z",
        "2026-11-21t08:30:00z",
        "2026-11-21T08:30Z",
        "2026-11-21T08:30:00.0Z",
        "2026-11-21T08:30:00,000Z",
        "2026-11-21T08:30:00.000000000Z",
        "2026-11-21T08:30:00-00:00",
        "2026-11-21T08:30:00+00:00",
        "2026-11-20T22:30:00-10:00",
        "2026-11-22T08:29:00+23:59",
        "2026-11-21T14:15:00+05:45",
    ],
)
def test_one_instant_may_be_written_in_many_ways(text: str) -> None:
    assert format_instant(parse_instant(text)) == NINE


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-11-21T08:30:00.5Z", "2026-11-21T08:30:00.5Z"),
        ("2026-11-21T08:30:00.123Z", "2026-11-21T08:30:00.123Z"),
        ("2026-11-21T08:30:00.123456Z", "2026-11-21T08:30:00.123456Z"),
        ("2026-11-21T09:30:00.123456+01:00", "2026-11-21T08:30:00.123456Z"),
        ("2026-11-21T08:30:00.1234569Z", "2026-11-21T08:30:00.123456Z"),
        ("2026-11-21T08:30:00.000000999Z", "2026-11-21T08:30:00Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
        ("9999-12-30T23:59:59Z", "9999-12-30T23:59:59Z"),
    ],
)
def test_fractions_are_kept_to_the_microsecond_and_years_to_the_edges(text: str, canonical: str) -> None:
    assert format_instant(parse_instant(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-21",
        "09:30:00Z",
        "20261121T093000Z",
        "2026-W47-6T09:30:00Z",
        "2026-325T09:30:00Z",
        "26-11-21T09:30:00Z",
        "2026-11-21T9:30:00Z",
        "2026-11-21T09Z",
        "2026-11-21T09:30:00 +01:00",
        "2026-11-21T09:30:00UTC",
        "2026-11-21T09:30:00+1",
        "2026-11-21T09:30:00+1:00",
        "2026-11-21T09:30:00+24:00",
        "2026-11-21T09:30:00+01:60",
        "2026-11-21T09:30:00.Z",
        "2026-11-21T09:30:00.1234567890Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T25:00:00Z",
        "2026-11-21T09:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-00-21T09:30:00Z",
        "2026-13-21T09:30:00Z",
        "2026-02-29T09:30:00Z",
        "1900-02-29T09:30:00Z",
        "2026-02-30T09:30:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "-2026-11-21T09:30:00Z",
        "+2026-11-21T09:30:00Z",
        "٢٠٢٦-11-21T09:30:00Z",
        "2026-11-21T09:30:00Z\n",
        " 2026-11-21T09:30:00Z",
        "2026-11-21T09:30:00Z" + " " * 50,
        "1763717400",
    ],
)
def test_what_is_no_instant_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_instant(text, ("inputs", "0", "at"))
    assert refused.value.code is ErrorCode.INSTANT_INVALID
    assert refused.value.path == ("inputs", "0", "at")


@pytest.mark.parametrize(
    "text", ["2026-11-21T09:30:00", "2026-11-21T09:30", "2026-11-21 09:30:00.5", "2026-02-30T09:30:00"]
)
def test_an_instant_without_an_offset_is_refused_before_anything_else(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_instant(text)
    assert refused.value.code is ErrorCode.INSTANT_WITHOUT_OFFSET
    assert f"{text}Z" in (refused.value.help or "")


def test_a_datetime_without_an_offset_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        instant_of(datetime(2026, 11, 21, 9, 30))
    assert refused.value.code is ErrorCode.INSTANT_WITHOUT_OFFSET


instants = st.integers(EARLIEST, LATEST)
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(instants)
def test_an_instant_survives_its_text(instant: int) -> None:
    assert parse_instant(format_instant(instant)) == instant


@given(instants.filter(lambda i: EARLIEST + DAY < i < LATEST - DAY), offsets)
def test_an_instant_is_the_same_on_every_clock(instant: int, offset: timezone) -> None:
    assert parse_instant(datetime_of(instant).astimezone(offset).isoformat()) == instant


@given(instants, instants)
def test_canonical_texts_of_whole_seconds_sort_as_the_instants_do(one: int, other: int) -> None:
    one, other = one // SECOND * SECOND, other // SECOND * SECOND
    assert (one < other) == (format_instant(one) < format_instant(other))


@given(st.text(max_size=45))
def test_any_text_is_an_instant_or_a_typed_error(text: str) -> None:
    refused: ErrorCode | None = None
    try:
        parse_instant(text)
    except InputError as error:
        refused = error.code
    assert refused in {None, ErrorCode.INSTANT_INVALID, ErrorCode.INSTANT_WITHOUT_OFFSET}


def test_the_epoch_is_zero() -> None:
    assert instant_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0 == parse_instant("1970-01-01T01:00:00+01:00")
