"""Lengths of time as people say them, and the clock arithmetic of a customer's zone.

Minutes and hours are elapsed time; days, weeks, months and years follow the calendar of a zone, so that "one day
later" keeps the hour on the wall across a change of the clocks. Working days and working hours follow a calendar of
the brand, in that calendar's zone: days begin with the next working day and end at 24:00.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from artifact.instant import DAY, HOUR, MINUTE, Instant, datetime_of, instant_of
from artifact.workdays import IDLE_DAYS, Calendar, open_hours, working_day_after


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"


class Span(
    msgspec.Struct, frozen=True, gc=False, cache_hash=True, omit_defaults=True, repr_omit_defaults=True
):
    """`amount` of one unit: 14 days. Working days and hours name the calendar that they are counted in."""

    amount: int
    unit: Unit
    calendar: Calendar | None = None


_ELAPSED = {Unit.MINUTE: MINUTE, Unit.HOUR: HOUR}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises KeyError or ValueError for one that does not exist."""
    return ZoneInfo(name)


def add_span(instant: Instant, span: Span, zone: str, times: int = 1) -> Instant:
    """The instant `times` spans later (earlier for a negative number) on the calendar of `zone`."""
    amount = span.amount * times
    if span.calendar is not None:
        return _add_working(instant, amount, span.unit, span.calendar)
    if span.unit in _ELAPSED:
        return instant + amount * _ELAPSED[span.unit]
    if span.unit in _DAYS:
        return _add_days(instant, amount * _DAYS[span.unit], zone)
    local = datetime_of(instant).astimezone(zone_of(zone)).replace(tzinfo=None)
    return at_wall(_add_months(local, amount * _MONTHS[span.unit]), zone)


def _add_days(instant: Instant, days: int, zone: str) -> Instant:
    """The same hour on the wall so many days later: as many times 24 hours, less what the clocks went forward meanwhile."""
    later = instant + days * DAY
    before, after = steady_offset(zone, instant // DAY), steady_offset(zone, later // DAY)
    if before is not None and after is not None:
        return later + before - after
    local = datetime_of(instant).astimezone(zone_of(zone)).replace(tzinfo=None)
    return at_wall(local + timedelta(days=days), zone)


# Zone arithmetic is the dearest part of planning, and few days and zones are asked for again and again.
@lru_cache(maxsize=16_384)
def steady_offset(zone: str, day: int) -> Instant | None:
    """How far the clocks of `zone` are ahead of UTC on a day since 1970 (UTC), in microseconds.

    None where they change on that day, the day before or the day after: then the wall must be asked. Also where the
    calendar ends.
    """
    info, begin = zone_of(zone), (day - 1) * DAY
    try:  # nowhere have clocks ever changed twice within three days, so both ends tell
        before, after = (datetime_of(at).astimezone(info).utcoffset() for at in (begin, begin + 3 * DAY))
    except OverflowError:
        return None
    return _micro(before) if before is not None and before == after else None


_EPOCH_DAY = date(1970, 1, 1).toordinal()


def local_day(instant: Instant, zone: str) -> int:
    """The date (its ordinal) that the wall calendar of `zone` shows."""
    offset = steady_offset(zone, instant // DAY)
    if offset is not None:
        return _EPOCH_DAY + (instant + offset) // DAY
    return datetime_of(instant).astimezone(zone_of(zone)).toordinal()


def _add_working(instant: Instant, amount: int, unit: Unit, calendar: Calendar) -> Instant:
    """Refuses to count backwards: the checker admits working days only where time goes forward."""
    if amount < 0:
        raise ValueError("working days are counted forward")
    if amount == 0:
        return instant
    day = local_day(instant, calendar.zone)
    if unit is Unit.WORKING_DAY:
        return at_wall(datetime.fromordinal(working_day_after(calendar, day, amount) + 1), calendar.zone)
    return _add_working_hours(instant, day, amount * HOUR, calendar)


def _add_working_hours(instant: Instant, day: int, left: int, calendar: Calendar) -> Instant:
    """The instant at which so much working time has passed. `day` is the date at the beginning."""
    idle = 0
    while idle <= IDLE_DAYS:
        windows = _open(calendar, day)
        for start, end in windows:
            begin = max(start, instant)
            if end - begin >= left:
                return begin + left
            left -= max(0, end - begin)
        day, idle = day + 1, 0 if windows else idle + 1
    raise OverflowError("no working hours for years")


@lru_cache(maxsize=4096)
def _open(calendar: Calendar, day: int) -> tuple[tuple[Instant, Instant], ...]:
    """The working hours of a date as instants."""
    midnight = datetime.fromordinal(day)
    return tuple(
        (
            at_wall(midnight + timedelta(minutes=start), calendar.zone),
            at_wall(midnight + timedelta(minutes=end), calendar.zone),
        )
        for start, end in open_hours(calendar, day)
    )


def next_working_time(instant: Instant, minute: int, calendar: Calendar, zone: str) -> Instant:
    """The instant at which the wall clock of `zone` reads `minute` on the next working day after today there."""
    day = datetime.fromordinal(working_day_after(calendar, local_day(instant, zone), 1))
    return at_wall(day + timedelta(minutes=minute), zone)


def following(end: Instant, span: Span, zone: str) -> Instant:
    """The end of the span that follows one that ended at `end`: the day that ended at 24:00 counts as the last one."""
    return add_span(end - 1 if span.unit is Unit.WORKING_DAY else end, span, zone)


def _add_months(local: datetime, months: int) -> datetime:
    """A month later keeps the day where that month has it, else takes its last day."""
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def at_wall(local: datetime, zone: str) -> Instant:
    """The instant at which the wall clock of `zone` reads `local`.

    In a gap: the first instant after it. In an overlap: the first of the two (PEP 495, fold 0).
    """
    aware = local.replace(tzinfo=zone_of(zone), fold=0)
    instant = instant_of(aware.astimezone(UTC))
    if datetime_of(instant).astimezone(aware.tzinfo).replace(tzinfo=None) == local:
        return instant
    return _end_of_gap(local, zone)


def _end_of_gap(local: datetime, zone: str) -> Instant:
    """First instant after a gap that holds `local`: before it the offset is the old one, by PEP 495 fold 0."""
    info = zone_of(zone)
    before = local.replace(tzinfo=info, fold=0).utcoffset()
    after = local.replace(tzinfo=info, fold=1).utcoffset()
    if before is None or after is None:  # a zone always has offsets; states it for the type checker
        raise AssertionError(zone)
    low = instant_of(local.replace(tzinfo=UTC)) - _micro(max(before, after))
    high = instant_of(local.replace(tzinfo=UTC)) - _micro(min(before, after))
    while high - low > 1:
        middle = (low + high) // 2
        offset = datetime_of(middle).astimezone(info).utcoffset()
        low, high = (middle, high) if offset == before else (low, middle)
    return high


def _micro(delta: timedelta) -> int:
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def next_wall_time(instant: Instant, minute: int, zone: str) -> Instant:
    """The first instant after `instant` at which the wall clock of `zone` reads `minute` minutes past midnight."""
    at = time(minute // 60, minute % 60)
    local = datetime_of(instant).astimezone(zone_of(zone)).replace(tzinfo=None)
    for days in range(3):
        candidate = at_wall(datetime.combine(local.date() + timedelta(days=days), at), zone)
        if candidate > instant:
            return candidate
    raise AssertionError((instant, minute, zone))
