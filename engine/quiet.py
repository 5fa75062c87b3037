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
from artifact.span import at_wall, local_day, zone_of
from dsl.rulebook import QuietHours

_DAY_MINUTES = 24 * 60


def opens_at(instant: Instant, windows: tuple[QuietHours, ...], zone: str) -> Instant:
    """The first instant at or after `instant` that lies in none of the windows.

    Raises OverflowError when the windows leave no opening within ten days.
    """
    moment = instant
    for _ in range(64):
        end = max(
            [end for start, end in _near(windows, local_day(moment, zone), zone) if start <= moment < end],
            default=None,
        )
        if end is None:
            return moment
        moment = end
        if moment - instant > 10 * 86_400_000_000:
            break
    raise OverflowError("no opening within ten days")


def windows_for(quiet: Iterable[QuietHours], channel: Channel, *, statutory: bool) -> tuple[QuietHours, ...]:
    """The windows of one kind that bear on a channel."""
    return tuple([w for w in quiet if w.statutory is statutory and channel in w.channels])


# The same hours bear on all messages of all customers of a zone.
@lru_cache(maxsize=16_384)
def _near(windows: tuple[QuietHours, ...], today: int, zone: str) -> tuple[tuple[Instant, Instant], ...]:
    """The windows that start on this date, the one before or the one after."""
    days = [date.fromordinal(today + n) for n in (-1, 0, 1)]
    return tuple(span for window in windows for day in days if (span := _span(window, day, zone)) is not None)


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
