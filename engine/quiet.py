"""Quiet and statutory hours on the customer's wall clock, as spans of instants.

In a gap of the clocks an edge moves to the first instant after it; in an overlap quiet time starts at the first
occurrence of its start and ends at the last occurrence of its end. So the wall clock at hand-over never reads inside
a window.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from artifact.channel import Channel
from artifact.instant import Instant, datetime_of, instant_of
from artifact.span import at_wall, zone_of
from dsl.rulebook import QuietHours

_DAY_MINUTES = 24 * 60


def opens_at(instant: Instant, windows: tuple[QuietHours, ...], zone: str) -> Instant:
    """The first instant at or after `instant` that lies in none of the windows.

    Raises OverflowError when the windows leave no opening within ten days.
    """
    moment = instant
    for _ in range(64):
        ends = [end for start, end in _near(moment, windows, zone) if start <= moment < end]
        if not ends:
            return moment
        moment = max(ends)
        if moment - instant > 10 * 86_400_000_000:
            break
    raise OverflowError("no opening within ten days")


def windows_for(quiet: Iterable[QuietHours], channel: Channel, *, statutory: bool) -> tuple[QuietHours, ...]:
    """The windows of one kind that bear on a channel."""
    return tuple(w for w in quiet if w.statutory is statutory and channel in w.channels)


def _near(moment: Instant, windows: tuple[QuietHours, ...], zone: str) -> list[tuple[Instant, Instant]]:
    today = datetime_of(moment).astimezone(zone_of(zone)).date()
    return [
        span
        for window in windows
        for days in (-1, 0, 1)
        if (span := _span(window, today + timedelta(days=days), zone)) is not None
    ]


@lru_cache(maxsize=65_536)
def _span(window: QuietHours, day: date, zone: str) -> tuple[Instant, Instant] | None:
    """The window that starts on this day, or None where it starts on other weekdays only."""
    if window.weekdays and day.isoweekday() not in window.weekdays:
        return None
    over_night = window.end_minute <= window.start_minute
    end_day = day + timedelta(days=1) if over_night or window.end_minute == _DAY_MINUTES else day
    start = at_wall(_wall(day, window.start_minute), zone)
    return start, _last_at_wall(_wall(end_day, window.end_minute % _DAY_MINUTES), zone)


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60))


def _last_at_wall(local: datetime, zone: str) -> Instant:
    """As at_wall, but the second of two occurrences."""
    info = zone_of(zone)
    late = local.replace(tzinfo=info, fold=1)
    instant = instant_of(late.astimezone(UTC))
    if datetime_of(instant).astimezone(info).replace(tzinfo=None) == local:
        return instant
    return at_wall(local, zone)
