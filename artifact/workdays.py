"""Working days: which dates a calendar of the brand counts, and at which hours it works.

Dates only; what that means in instants is artifact.span's. A calendar holds what its author wrote and nothing that
follows from it, so that a newer list of holidays leaves it the same calendar.
"""

from datetime import date
from functools import lru_cache

import msgspec

from artifact.public_holidays import holidays_of

DAY_MINUTES = 24 * 60

IDLE_DAYS = 3 * 366
"""No brand is closed for longer: the lists of an author have a limit, so that years cannot be covered."""


class OpenHours(msgspec.Struct, frozen=True, gc=False):
    """Minutes after midnight, the end after the start. `weekdays` (1 Monday .. 7); empty: on every working day."""

    start_minute: int
    end_minute: int
    weekdays: tuple[int, ...] = ()


class Calendar(msgspec.Struct, frozen=True, gc=False):
    """When the brand works. `weekdays` empty: nobody said; so with `hours`.

    `yearly` are holidays as (month, day), `dated` as ordinals, `regions` by ISO 3166.
    """

    name: str
    zone: str
    weekdays: tuple[int, ...] = ()
    hours: tuple[OpenHours, ...] = ()
    yearly: tuple[tuple[int, int], ...] = ()
    dated: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Its name: what a rule says of waiting stays the same when a holiday is added (dsl.rulebook.RuleFace.wait_said)."""
        return f"Calendar({self.name!r})"


@lru_cache(maxsize=1024)
def _holidays(calendar: Calendar, year: int) -> frozenset[int]:
    yearly = {
        date(year, month, day).toordinal() for month, day in calendar.yearly if _exists(year, month, day)
    }
    return frozenset(yearly | set(calendar.dated)).union(*(holidays_of(r, year) for r in calendar.regions))


def _exists(year: int, month: int, day: int) -> bool:
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def works_on(calendar: Calendar, day: int) -> bool:
    """Whether a date (its ordinal) is a working day."""
    found = date.fromordinal(day)
    return found.isoweekday() in calendar.weekdays and day not in _holidays(calendar, found.year)


def working_day_after(calendar: Calendar, day: int, count: int) -> int:
    """The ordinal of the `count`-th working day after a date; the date itself for 0.

    Raises OverflowError where there is none for years on end.
    """
    idle = 0
    while count:
        day, idle = day + 1, idle + 1
        if works_on(calendar, day):
            count, idle = count - 1, 0
        elif idle > IDLE_DAYS:
            raise OverflowError("no working day for years")
    return day


@lru_cache(maxsize=4096)
def open_hours(calendar: Calendar, day: int) -> tuple[tuple[int, int], ...]:
    """The hours of a date in minutes after midnight, in order and without overlap; none on a day off."""
    if not works_on(calendar, day):
        return ()
    weekday = date.fromordinal(day).isoweekday()
    found: list[tuple[int, int]] = []
    for start, end in sorted(
        (h.start_minute, h.end_minute) for h in calendar.hours if not h.weekdays or weekday in h.weekdays
    ):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
