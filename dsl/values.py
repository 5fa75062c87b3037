"""Values between JSON and the language, exact both ways.

In a running rule a `one of`, a text or a channel is a str, a whole number an int, a number an int or a Fraction, money
a whole number of the smallest unit of the rulebook's currency, a date its ordinal, an instant microseconds, a duration
a Span or (the difference of two instants) microseconds. None is unknown. What is not of the declared type is unknown
too: a reader never guesses and never raises.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from artifact.channel import Channel
from artifact.errors import InputError
from artifact.instant import DAY, HOUR, MINUTE, SECOND, Instant, format_instant, parse_instant
from artifact.span import Span, Unit, add_span, at_wall
from artifact.workdays import working_day_after
from dsl.currency import DECIMALS
from dsl.types import Kind, Type

Value: TypeAlias = Any
"""A value of the language; which of the forms above is known from its Type."""

Reader: TypeAlias = Callable[[Any], Value]

LARGEST = 10**15
"""No amount and no count of a brand is beyond this; what is, is not of its type."""

_NOMINAL = {
    Unit.MINUTE: MINUTE,
    Unit.HOUR: HOUR,
    Unit.DAY: DAY,
    Unit.WEEK: 7 * DAY,
    Unit.MONTH: 30 * DAY,
    Unit.YEAR: 365 * DAY,
    Unit.WORKING_DAY: 7 * DAY // 5,
    Unit.WORKING_HOUR: 7 * DAY // 40,
}
"""Lengths by which durations are compared. Added to an instant, a month is a month of the calendar.

Working time is compared by the checker alone, as a week of five days of eight hours.
"""


def reader(of: Type, currency: str) -> Reader:
    """What turns plain JSON into a value of this type, or into None."""
    if of.kind is Kind.ONE_OF:
        known = frozenset(of.values)
        return lambda raw: raw if type(raw) is str and raw in known else None
    if of.kind is Kind.MONEY:
        decimals = DECIMALS.get(currency, 2)
        return lambda raw: _money(raw, currency, decimals)
    if of.kind in (Kind.WHOLE, Kind.NUMBER):
        read: Reader = _whole if of.kind is Kind.WHOLE else exact_number
        return read if of.low is None or of.high is None else _bounded(read, of.low, of.high)
    return _READERS[of.kind]


def _bounded(read: Reader, low: int, high: int) -> Reader:
    def bounded(raw: Any) -> Value:
        value = read(raw)
        return value if value is not None and low <= value <= high else None

    return bounded


def _whole(raw: Any) -> Value:
    if type(raw) is int:
        return raw if -LARGEST <= raw <= LARGEST else None
    if type(raw) is float and raw.is_integer() and abs(raw) <= LARGEST:
        return int(raw)
    return None


def exact_number(raw: Any) -> Value:
    """The number that the JSON text said, not its nearest binary fraction."""
    if type(raw) is int:
        return raw if -LARGEST <= raw <= LARGEST else None
    return _exact_float(raw) if type(raw) is float else None


@lru_cache(maxsize=4096)
def _exact_float(raw: float) -> Value:
    if not -LARGEST <= raw <= LARGEST:  # NaN too
        return None
    number = Fraction(Decimal(repr(raw)))
    return number.numerator if number.denominator == 1 else number


def _money(raw: Any, currency: str, decimals: int) -> Value:
    """`12.5`, or `{"amount": "12.50", "currency": "EUR"}`. Another currency than the rulebook's is unknown to it."""
    if type(raw) is dict:
        if raw.get("currency") != currency:
            return None
        raw = raw.get("amount")
    if type(raw) is int:
        return raw * 10**decimals if -LARGEST <= raw <= LARGEST else None
    if type(raw) is str:
        return _money_text(raw, decimals)
    return _money_float(raw, decimals) if type(raw) is float else None


def _money_float(raw: float, decimals: int) -> Value:
    units = 10**decimals
    if abs(raw) * units < 10**15:  # so short a decimal is this float's and no other's
        minor = round(raw * units)
        return minor if minor / units == raw else None
    number = _exact_float(raw)
    return None if number is None else _minor(number, decimals)


def _money_text(raw: str, decimals: int) -> Value:
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", raw, re.ASCII):
        return None
    return _minor(Fraction(raw), decimals)


def _minor(number: int | Fraction, decimals: int) -> int | None:
    minor = number * 10**decimals
    return int(minor) if minor == int(minor) else None


def _text(raw: Any) -> Value:
    return raw if type(raw) is str else None


def _yes_no(raw: Any) -> Value:
    return raw if type(raw) is bool else None


def _channel(raw: Any) -> Value:
    name = raw.upper() if type(raw) is str else ""
    return name if name in Channel.__members__ else None


def _date(raw: Any) -> Value:
    return _date_text(raw) if type(raw) is str and len(raw) == 10 else None


@lru_cache(maxsize=4096)
def _date_text(raw: str) -> Value:
    try:
        return date.fromisoformat(raw).toordinal()
    except ValueError:
        return None


def _instant(raw: Any) -> Value:
    return _instant_text(raw) if type(raw) is str and len(raw) <= 40 else None


@lru_cache(maxsize=4096)
def _instant_text(raw: str) -> Value:
    try:
        return parse_instant(raw)
    except InputError:
        return None


_SPAN = re.compile(r"P(?:(\d{1,6})([YMWD])|T(\d{1,6})([HM]))", re.ASCII)
_DAYS = {"Y": Unit.YEAR, "M": Unit.MONTH, "W": Unit.WEEK, "D": Unit.DAY}
_HOURS = {"H": Unit.HOUR, "M": Unit.MINUTE}
_LETTERS = {unit: f"P{{}}{letter}" for letter, unit in _DAYS.items()} | {
    unit: f"PT{{}}{letter}" for letter, unit in _HOURS.items()
}


def _duration(raw: Any) -> Value:
    """ISO 8601 with one part: P14D, PT2H."""
    found = _SPAN.fullmatch(raw) if type(raw) is str else None
    if found is None:
        return None
    if found[1]:
        return Span(int(found[1]), _DAYS[found[2]])
    return Span(int(found[3]), _HOURS[found[4]])


_READERS: dict[Kind, Reader] = {
    Kind.TEXT: _text,
    Kind.YES_NO: _yes_no,
    Kind.CHANNEL: _channel,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.DURATION: _duration,
}


def to_json(value: Value, of: Type, currency: str) -> Any:
    """A value as plain JSON; the inverse of `reader`, None for unknown."""
    if value is None or of.kind in (Kind.ONE_OF, Kind.TEXT, Kind.YES_NO, Kind.CHANNEL, Kind.WHOLE):
        return value
    if of.item is not None:
        return [to_json(each, of.item, currency) for each in value]
    if of.kind is Kind.NUMBER:
        return _json_number(value)
    if of.kind is Kind.MONEY:
        return _json_number(Fraction(value, 10 ** DECIMALS.get(currency, 2)))
    if of.kind is Kind.DATE:
        return date.fromordinal(value).isoformat()
    if of.kind is Kind.INSTANT:
        return format_instant(value)
    return _LETTERS[value.unit].format(value.amount) if isinstance(value, Span) else f"PT{value // MINUTE}M"


def _json_number(value: int | Fraction) -> int | float:
    whole = int(value)
    return whole if whole == value else float(value)


def length(duration: Span | int) -> int:
    """A duration in microseconds, for comparing."""
    return duration if isinstance(duration, int) else duration.amount * _NOMINAL[duration.unit]


def later(moment: Instant, duration: Span | int, zone: str, times: int = 1) -> Instant:
    """An instant a duration later on the calendar of `zone`."""
    if isinstance(duration, int):
        return moment + duration * times
    if duration.unit in _ELAPSED:
        return moment + length(duration) * times
    return _moved(moment, duration, zone, times)


_ELAPSED = frozenset({Unit.MINUTE, Unit.HOUR})


@lru_cache(maxsize=8192)
def _moved(moment: Instant, duration: Span, zone: str, times: int) -> Instant:
    return add_span(moment, duration, zone, times)


@lru_cache(maxsize=8192)
def later_date(day: int, duration: Span, times: int = 1) -> int:
    """A date (its ordinal) a duration of days or more later."""
    if duration.calendar is not None:
        return working_day_after(duration.calendar, day, duration.amount * times)
    noon = datetime.combine(date.fromordinal(day), datetime.min.time()).replace(hour=12)
    moved = add_span(_utc(noon), duration, "UTC", times)
    return int(_EPOCH_ORDINAL + moved // DAY)


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _utc(moment: datetime) -> Instant:
    return (moment.toordinal() - _EPOCH_ORDINAL) * DAY + moment.hour * 3600 * SECOND


@lru_cache(maxsize=8192)
def day_start(day: int, zone: str) -> Instant:
    """The instant at which a date (its ordinal) begins in `zone`."""
    return at_wall(datetime.fromordinal(day), zone)


@lru_cache(maxsize=1024)
def wall_instant(day: int, minutes: int, zone: str) -> Instant:
    """The instant of a date and a time of day, in minutes after midnight, in `zone`."""
    return at_wall(datetime.fromordinal(day).replace(hour=minutes // 60, minute=minutes % 60), zone)


def date_of(moment: Instant, zone: str) -> int:
    """The date (its ordinal) that a calendar in `zone` shows: the last one that has begun."""
    guess = _EPOCH_ORDINAL + moment // DAY
    day = guess + 1
    while day_start(day, zone) > moment:
        day -= 1
    return day
