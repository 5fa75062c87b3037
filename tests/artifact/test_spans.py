"""Lengths of time on the wall clock of a zone: what a day, a month and an hour are when the clocks change."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.instant import DAY, HOUR, MINUTE, Instant, datetime_of, format_instant, parse_instant
from artifact.span import Span, Unit, add_span, at_wall, local_day, next_wall_time, steady_offset, zone_of

MADRID = "Europe/Madrid"
PLAIN_UNITS = [unit for unit in Unit if unit not in (Unit.WORKING_DAY, Unit.WORKING_HOUR)]


def wall(instant: Instant, zone: str) -> datetime:
    return datetime_of(instant).astimezone(zone_of(zone)).replace(tzinfo=None)


def later(text: str, amount: int, unit: Unit, zone: str = MADRID) -> str:
    moved = add_span(parse_instant(text), Span(amount, unit), zone)
    return datetime_of(moved).astimezone(zone_of(zone)).isoformat()


@pytest.mark.parametrize(
    ("begin", "amount", "unit", "end"),
    [
        # A day keeps the hour on the wall, over the gap of spring and the overlap of autumn.
        ("2027-03-27T12:00:00+01:00", 1, Unit.DAY, "2027-03-28T12:00:00+02:00"),
        ("2027-10-30T12:00:00+02:00", 1, Unit.DAY, "2027-10-31T12:00:00+01:00"),
        ("2027-03-27T12:00:00+01:00", 1, Unit.WEEK, "2027-04-03T12:00:00+02:00"),
        # An hour that does not exist moves to the first instant after the gap.
        ("2027-03-27T02:30:00+01:00", 1, Unit.DAY, "2027-03-28T03:00:00+02:00"),
        ("2027-02-28T02:15:00+01:00", 1, Unit.MONTH, "2027-03-28T03:00:00+02:00"),
        # One that happens twice is the first of the two.
        ("2027-10-30T02:30:00+02:00", 1, Unit.DAY, "2027-10-31T02:30:00+02:00"),
        # Minutes and hours are elapsed time.
        ("2027-03-28T01:30:00+01:00", 1, Unit.HOUR, "2027-03-28T03:30:00+02:00"),
        ("2027-10-31T02:30:00+02:00", 60, Unit.MINUTE, "2027-10-31T02:30:00+01:00"),
        ("2027-03-27T12:00:00+01:00", 24, Unit.HOUR, "2027-03-28T13:00:00+02:00"),
        # A month keeps the day where the month has it, else takes its last one.
        ("2027-01-31T10:00:00+01:00", 1, Unit.MONTH, "2027-02-28T10:00:00+01:00"),
        ("2028-01-31T10:00:00+01:00", 1, Unit.MONTH, "2028-02-29T10:00:00+01:00"),
        ("2027-08-31T10:00:00+02:00", 1, Unit.MONTH, "2027-09-30T10:00:00+02:00"),
        ("2027-11-30T10:00:00+01:00", 3, Unit.MONTH, "2028-02-29T10:00:00+01:00"),
        ("2028-02-29T10:00:00+01:00", 1, Unit.YEAR, "2029-02-28T10:00:00+01:00"),
        ("2027-03-31T10:00:00+02:00", -1, Unit.MONTH, "2027-02-28T10:00:00+01:00"),
        ("2027-01-15T10:00:00+01:00", -1, Unit.YEAR, "2026-01-15T10:00:00+01:00"),
        ("2027-01-15T10:00:00+01:00", 0, Unit.DAY, "2027-01-15T10:00:00+01:00"),
    ],
)
def test_a_span_later(begin: str, amount: int, unit: Unit, end: str) -> None:
    assert later(begin, amount, unit) == end


def test_two_months_at_once_are_not_a_month_twice() -> None:
    begin = parse_instant("2027-12-31T10:00:00+01:00")
    month = Span(1, Unit.MONTH)
    assert format_instant(add_span(begin, month, MADRID, 2)) == "2028-02-29T09:00:00Z"
    once = add_span(add_span(begin, Span(2, Unit.MONTH), MADRID), month, MADRID)
    assert format_instant(once) == "2028-03-29T08:00:00Z"
    assert format_instant(add_span(begin, month, MADRID, 3)) == "2028-03-31T08:00:00Z"


zones = st.sampled_from(
    sorted(available_timezones() & {
        "Europe/Madrid", "Atlantic/Canary", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo",
        "America/Havana", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Chatham", "UTC", "Asia/Beirut",
    })
)  # fmt: skip
moments = st.integers(
    parse_instant("2024-01-01T00:00:00Z") // MINUTE, parse_instant("2028-01-01T00:00:00Z") // MINUTE
).map(lambda minutes: minutes * MINUTE)
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}


@given(moments, st.integers(-60, 60), st.sampled_from([Unit.DAY, Unit.WEEK]), zones)
def test_days_and_weeks_keep_the_hour_on_the_wall_unless_it_falls_into_a_gap(
    begin: Instant, amount: int, unit: Unit, zone: str
) -> None:
    wanted = wall(begin, zone) + timedelta(days=amount * _DAYS[unit])
    end = add_span(begin, Span(amount, unit), zone)
    if wall(end, zone) != wanted:
        assert wall(end - 1, zone) < wanted < wall(end, zone)


@given(moments, st.integers(-36, 36), st.sampled_from([Unit.MONTH, Unit.YEAR]), zones)
def test_months_keep_hour_and_day_or_take_the_last_day_there_is(
    begin: Instant, amount: int, unit: Unit, zone: str
) -> None:
    before, after = wall(begin, zone), wall(add_span(begin, Span(amount, unit), zone), zone)
    months = amount * (12 if unit is Unit.YEAR else 1)
    moved = (after.year - before.year) * 12 + after.month - before.month
    assert moved == months
    assert after.day == before.day or (after + timedelta(days=1)).month != after.month
    gap = timedelta(hours=1)
    assert timedelta() <= after - after.replace(hour=before.hour, minute=before.minute) <= gap


@given(moments, st.integers(-800, 800), zones)
def test_days_are_what_the_wall_says_wherever_the_clocks_change(begin: Instant, days: int, zone: str) -> None:
    assert add_span(begin, Span(days, Unit.DAY), zone) == at_wall(
        wall(begin, zone) + timedelta(days=days), zone
    )
    assert local_day(begin, zone) == wall(begin, zone).toordinal()


@given(st.integers(-25_000, 40_000), st.sampled_from(sorted(available_timezones())))
def test_a_day_is_steady_exactly_where_no_hour_of_it_or_of_its_neighbours_differs(
    day: int, zone: str
) -> None:
    """From 1901 to 2079, in every zone there is."""
    hours = (datetime_of((day - 1) * DAY + n * HOUR).astimezone(zone_of(zone)) for n in range(73))
    offsets = {moment.utcoffset() for moment in hours}
    offset = offsets.pop() if len(offsets) == 1 else None
    assert steady_offset(zone, day) == (None if offset is None else offset // timedelta(microseconds=1))


@given(moments, st.integers(-10_000, 10_000), zones)
def test_minutes_and_hours_are_elapsed_time_everywhere(begin: Instant, amount: int, zone: str) -> None:
    assert add_span(begin, Span(amount, Unit.MINUTE), zone) == begin + amount * MINUTE
    assert add_span(begin, Span(amount, Unit.HOUR), zone) == begin + amount * HOUR


@given(moments, moments, st.integers(0, 40), st.sampled_from(PLAIN_UNITS), zones)
def test_who_begins_later_never_ends_earlier_but_within_an_overlap(
    one: Instant, other: Instant, amount: int, unit: Unit, zone: str
) -> None:
    first, second = sorted((one, other))
    ends = [add_span(i, Span(amount, unit), zone) for i in (first, second)]
    assert ends[0] <= ends[1] or wall(first, zone) > wall(second, zone) or ends[0] - ends[1] <= HOUR


@given(moments, zones)
def test_every_instant_is_found_again_from_its_wall_clock_but_the_second_of_two(
    instant: Instant, zone: str
) -> None:
    again = at_wall(wall(instant, zone), zone)
    assert again <= instant
    assert wall(again, zone) == wall(instant, zone)


@given(moments, st.integers(0, 24 * 60 - 1), zones)
def test_the_next_time_on_the_wall_is_ahead_and_reads_so_unless_it_does_not_exist(
    instant: Instant, minute: int, zone: str
) -> None:
    found = next_wall_time(instant, minute, zone)
    assert instant < found <= instant + 26 * HOUR
    local = wall(found, zone)
    if local.hour * 60 + local.minute != minute:
        assert wall(found - 1, zone) < local.replace(hour=minute // 60, minute=minute % 60) < local


def test_a_zone_that_does_not_exist_is_said_so() -> None:
    with pytest.raises((KeyError, ValueError)):
        zone_of("Europe/Nowhere")
