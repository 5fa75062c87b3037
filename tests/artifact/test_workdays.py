"""Working days and working hours: against a plain walk through the days, over years, countries and odd zones."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from artifact.instant import (
    DAY,
    HOUR,
    MINUTE,
    Instant,
    datetime_of,
    format_instant,
    instant_of,
    parse_instant,
)
from artifact.public_holidays import holidays_of, known_regions
from artifact.span import Span, Unit, add_span, following, next_working_time
from artifact.workdays import Calendar, OpenHours, open_hours, working_day_after, works_on

WEEK = (1, 2, 3, 4, 5)
REGIONS = ("ES", "ES-MD", "ES-CT", "US-CA", "DE-BY", "GB-SCT", "JP", "BR", "SA", "IN-MH", "CN", "IL")
ZONES = (
    "Europe/Madrid",
    "America/Havana",  # its clocks change at midnight
    "America/Sao_Paulo",  # so did these, and midnight was left out
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
)


def working(amount: int, calendar: Calendar) -> Span:
    return Span(amount, Unit.WORKING_DAY, calendar)


calendars = st.builds(
    Calendar,
    name=st.just("drawn"),
    zone=st.sampled_from(ZONES),
    weekdays=st.sampled_from([WEEK, (7, 1, 2, 3, 4), (1, 2, 3, 4, 5, 6), (3,)]),
    hours=st.sampled_from(
        [
            (OpenHours(540, 1080),),
            (OpenHours(540, 840), OpenHours(960, 1140)),
            (OpenHours(0, 1440),),
            (OpenHours(480, 720), OpenHours(600, 900), OpenHours(600, 700, (3,))),
        ]
    ),
    yearly=st.lists(st.tuples(st.integers(1, 12), st.integers(1, 28)) | st.just((2, 29)), max_size=5).map(
        tuple
    ),
    dated=st.lists(st.dates(date(2024, 1, 1), date(2028, 1, 1)).map(date.toordinal), max_size=5).map(tuple),
    regions=st.lists(st.sampled_from(REGIONS), max_size=2).map(tuple),
)
moments = st.integers(parse_instant("2023-01-01T00:00:00Z"), parse_instant("2028-12-31T00:00:00Z"))


def is_off(calendar: Calendar, day: date) -> bool:
    """By the words of the calendar, without any of our tables."""
    named = (day.month, day.day) in calendar.yearly or day.toordinal() in calendar.dated
    public = any(
        day in holidays.country_holidays(country, subdiv=part or None)
        for country, _, part in (region.partition("-") for region in calendar.regions)
    )
    return day.isoweekday() not in calendar.weekdays or named or public


@given(calendars, st.dates(date(2023, 1, 1), date(2028, 12, 31)))
def test_a_working_day_is_one_that_nothing_makes_a_day_off(calendar: Calendar, day: date) -> None:
    assert works_on(calendar, day.toordinal()) is not is_off(calendar, day)


@given(calendars, moments, st.integers(1, 25))
def test_working_days_end_at_the_last_instant_that_a_walk_through_the_days_finds(
    calendar: Calendar, moment: Instant, count: int
) -> None:
    zone = ZoneInfo(calendar.zone)
    day = datetime_of(moment).astimezone(zone).date()
    left = count
    while left:
        day += timedelta(days=1)
        left -= not is_off(calendar, day)
    end = add_span(moment, working(count, calendar), "UTC")
    assert datetime_of(end - 1).astimezone(zone).date() == day
    assert datetime_of(end).astimezone(zone).date() > day


@given(calendars, moments, moments, st.integers(0, 20), st.integers(0, 20), st.sampled_from([*Unit][-2:]))
def test_who_begins_later_or_has_more_time_never_ends_earlier(
    calendar: Calendar, one: Instant, other: Instant, few: int, many: int, unit: Unit
) -> None:
    assume(one <= other and few <= many and few > 0)
    assert add_span(one, Span(few, unit, calendar), "UTC") <= add_span(
        other, Span(many, unit, calendar), "UTC"
    )


@given(calendars, moments, st.integers(1, 9), st.integers(1, 9))
def test_working_days_that_follow_working_days_are_as_many_as_both(
    calendar: Calendar, moment: Instant, first: int, then: int
) -> None:
    end = add_span(moment, working(first, calendar), "UTC")
    assert following(end, working(then, calendar), "UTC") == add_span(
        moment, working(first + then, calendar), "UTC"
    )


@given(calendars, moments, st.integers(1, 40))
def test_working_hours_are_the_minutes_of_working_time_that_a_clock_counts(
    calendar: Calendar, moment: Instant, hours: int
) -> None:
    """Only where no clock changes: there the wall and elapsed time are one."""
    calm = Calendar("calm", "UTC", calendar.weekdays, calendar.hours, calendar.yearly, calendar.dated)
    moment -= moment % MINUTE
    minute, left = datetime_of(moment).replace(tzinfo=None), hours * 60
    while left:
        day = minute.date().toordinal()
        at = minute.hour * 60 + minute.minute
        if any(start <= at < end for start, end in open_hours(calm, day)):
            left -= 1
            minute += timedelta(minutes=1)
        else:
            ahead = [start for start, _ in open_hours(calm, day) if start > at]
            midnight = datetime.combine(minute.date(), time())
            minute = midnight + (timedelta(minutes=ahead[0]) if ahead else timedelta(days=1))
    found = add_span(moment, Span(hours, Unit.WORKING_HOUR, calm), "UTC")
    assert datetime_of(found).replace(tzinfo=None) == minute


def test_working_hours_are_elapsed_time_across_a_change_of_the_clocks() -> None:
    nights = Calendar("nights", "Europe/Madrid", (1, 2, 3, 4, 5, 6, 7), (OpenHours(0, 360),))
    spring = parse_instant("2027-03-28T00:00:00+01:00")
    autumn = parse_instant("2027-10-31T00:00:00+02:00")
    six = Span(6, Unit.WORKING_HOUR, nights)
    assert format_instant(add_span(spring, six, "UTC")) == "2027-03-28T23:00:00Z"  # five hours that night
    assert add_span(autumn, six, "UTC") == autumn + 6 * HOUR


@given(calendars, moments, st.integers(0, 1439), st.sampled_from(ZONES))
def test_the_next_working_day_is_after_today_on_her_wall(
    calendar: Calendar, moment: Instant, minute: int, zone: str
) -> None:
    found = next_working_time(moment, minute, calendar, zone)
    today = datetime_of(moment).astimezone(ZoneInfo(zone)).date().toordinal()
    there = datetime_of(found).astimezone(ZoneInfo(zone)).date().toordinal()
    assert there - working_day_after(calendar, today, 1) in (0, 1)  # 1: an hour of that day was left out
    assert found > moment


def test_no_time_at_all_stays_where_it_is() -> None:
    madrid = Calendar("madrid", "Europe/Madrid", WEEK)
    sunday = parse_instant("2026-11-22T10:00:00Z")
    assert add_span(sunday, working(0, madrid), "UTC") == sunday


def test_madrid_has_the_holidays_of_spain_and_its_own() -> None:
    spain, madrid = holidays_of("ES", 2026), holidays_of("ES-MD", 2026)
    assert date(2026, 5, 1).toordinal() in spain & madrid
    assert date(2026, 5, 2).toordinal() in madrid - spain
    assert {"ES", "ES-MD", "GB-SCT"} <= known_regions()
    assert not {"XX", "ES-XX", "Spain"} & known_regions()


def test_a_newer_holiday_leaves_a_calendar_called_the_same() -> None:
    one = Calendar("madrid", "Europe/Madrid", WEEK)
    other = Calendar("madrid", "Europe/Madrid", WEEK, dated=(date(2026, 5, 15).toordinal(),))
    assert repr(working(3, one)) == repr(working(3, other))
    assert one != other


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.WORKING_HOUR])
def test_a_calendar_that_never_works_is_an_error_and_no_endless_search(unit: Unit) -> None:
    idle = Calendar("idle", "UTC", ())
    with pytest.raises(OverflowError):
        add_span(0, Span(1, unit, idle), "UTC")


def test_working_days_are_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_span(10 * DAY, working(1, Calendar("m", "UTC", WEEK)), "UTC", -1)


def test_29_february_is_a_holiday_in_the_years_that_have_it() -> None:
    leap = Calendar("leap", "UTC", (1, 2, 3, 4, 5, 6, 7), yearly=((2, 29),))
    off = [year for year in range(2023, 2030) if not works_on(leap, date(year, 3, 1).toordinal() - 1)]
    assert off == [2024, 2028]


def test_the_last_day_ends_where_the_night_begins_in_zones_without_midnight() -> None:
    havana = Calendar("havana", "America/Havana", (1, 2, 3, 4, 5, 6, 7))
    saturday = instant_of(datetime(2027, 3, 12, 12, tzinfo=ZoneInfo("America/Havana")))
    assert format_instant(add_span(saturday, working(1, havana), "UTC")) == "2027-03-14T05:00:00Z"
