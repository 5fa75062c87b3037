"""Instants and lengths of time as a person says them aloud, in a language and in her zone. Never an offset or UTC."""

from artifact.instant import Instant, datetime_of
from artifact.span import zone_of

_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def spoken_instant(instant: Instant, now: Instant, zone: str) -> str:
    """`today at 8:00`, `tomorrow at 8:00`, or `Friday 1 May 2026 at 10:00`, on the wall clock of `zone`."""
    there = datetime_of(instant).astimezone(zone_of(zone))
    here = datetime_of(now).astimezone(zone_of(zone))
    time = f"{there.hour}:{there.minute:02d}"
    days = (there.date() - here.date()).days
    if days in (0, 1):
        return f"{'today' if days == 0 else 'tomorrow'} at {time}"
    day = f"{_ENGLISH_DAYS[there.weekday()]} {there.day} {_ENGLISH_MONTHS[there.month - 1]}"
    return f"{day} {there.year} at {time}" if there.year != here.year or abs(days) > 6 else f"{day} at {time}"


def spoken_list(items: list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
