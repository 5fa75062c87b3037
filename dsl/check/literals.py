"""Numbers, money, dates and durations as the author writes them."""

from datetime import date
from fractions import Fraction

from artifact.span import Span, Unit
from artifact.workdays import Calendar
from dsl.check.symbols import Desk
from dsl.currency import DECIMALS
from dsl.errors import DiagnosticCode as Code
from dsl.syntax import Node, Place, Word
from dsl.typed import DayStart, Expression, Literal, Moment
from dsl.types import DATE, DURATION, MONEY, NUMBER, WHOLE

_LARGEST = 10**15
_LONGEST = 40
"""Characters of a number: nobody means more, and Python itself refuses to read thousands of digits."""


def number(desk: Desk, word: Word) -> Literal | None:
    """A number; whole if it has no decimals."""
    value = _exact(desk, word, word.text)
    if value is None:
        return None
    return Literal(value, NUMBER) if "." in word.text else Literal(int(value), WHOLE)


def whole(desk: Desk, word: Word, low: int, high: int) -> int | None:
    """A whole number within bounds."""
    value = Fraction(word.text) if len(word.text) <= _LONGEST else None
    if value is None or value.denominator != 1 or not low <= value <= high:
        desk.report(Code.NUMBER_INVALID, word, text=word.text[:_LONGEST], low=low, high=high)
        return None
    return int(value)


def percent(desk: Desk, word: Word) -> Literal | None:
    """A percentage, as the fraction that it is."""
    value = _exact(desk, word, word.text)
    return None if value is None else Literal(value / 100, NUMBER)


def money(desk: Desk, word: Word) -> Literal | None:
    """An amount in the rulebook's currency, in its smallest unit."""
    digits, currency = word.text.split()
    if currency not in DECIMALS:
        desk.unknown(Code.CURRENCY_UNKNOWN, word, currency, DECIMALS)
        return None
    if currency != desk.currency and not desk.unread_header:
        desk.report(Code.CURRENCY_OTHER, word, text=currency, currency=desk.currency)
    if currency != desk.currency:
        return None
    value = _exact(desk, word, digits)
    if value is None:
        return None
    minor = value * 10 ** DECIMALS[currency]
    if minor.denominator != 1:
        desk.report(Code.MONEY_TOO_FINE, word, text=word.text, decimals=DECIMALS[currency])
        return None
    return Literal(int(minor), MONEY)


def _exact(desk: Desk, word: Word, digits: str) -> Fraction | None:
    """What the digits say, or a report that it is more than can stand anywhere."""
    value = Fraction(digits) if len(digits) <= _LONGEST else None
    if value is None or value > _LARGEST:
        desk.report(Code.NUMBER_INVALID, word, text=word.text[:_LONGEST])
        return None
    return value


def span(desk: Desk, node: Node) -> Span | None:
    """A duration where working days have no meaning: one that is counted backwards, or compared."""
    found = wait(desk, node)
    if found is not None and found.calendar is not None:
        desk.report(Code.WORKING_TIME_MISPLACED, node)
        return None
    return found


def wait(desk: Desk, node: Node) -> Span | None:
    """A duration that time passes through; working days and hours are counted in a calendar."""
    unit, named = Unit(node.word(1).text), node.maybe_word(2)
    amount = whole(desk, node.word(0), 0, most_of(unit))
    if unit in _WORKING:
        calendar = calendar_for(desk, unit, named, node)
        return None if amount is None or calendar is None else Span(amount, unit, calendar)
    if named is not None:
        desk.report(Code.CALENDAR_MISPLACED, named, text=desk.tongue.spelled[f"UNIT:{unit}"][0])
    return None if amount is None else Span(amount, unit)


def window(desk: Desk, node: Node) -> Span | None:
    """As `wait`, but never 0: a wait, a silence or a promise of no length is a slip."""
    found = wait(desk, node)
    if found is not None and found.amount == 0:
        desk.report(Code.WINDOW_EMPTY, node)
        return None
    return found


_WORKING = (Unit.WORKING_DAY, Unit.WORKING_HOUR)
_MOST = {
    # Walked one by one: eight years of them are enough for any promise.
    Unit.WORKING_DAY: 2_000,
    Unit.WORKING_HOUR: 2_000,
    # Two centuries, after which the calendar still goes on: what is reckoned from today must not run beyond it.
    Unit.WEEK: 10_000,
    Unit.MONTH: 2_400,
    Unit.YEAR: 200,
}


def most_of(unit: Unit) -> int:
    """How many of a unit a duration may have."""
    return _MOST.get(unit, 100_000)


def calendar_for(desk: Desk, unit: Unit, named: Word | None, place: Place) -> Calendar | None:
    """The calendar that an author names, or the one of the rulebook, if it says what it is asked for."""
    name = named.text if named is not None else ""
    found = desk.calendars.find(name)
    if found is None and named is not None:
        desk.unknown(Code.NAME_UNKNOWN, named, name, [n for n in desk.calendars if n], what="a calendar")
        return None
    missing = _missing(found, unit)
    if missing is not None:
        desk.report(Code.CALENDAR_MISSING, place, what=desk.tongue.first[missing], name=name)
        return None
    return found


def _missing(calendar: Calendar | None, unit: Unit) -> str | None:
    """What a calendar does not say that is asked of it. Hours on days on which nobody works are none."""
    if calendar is None or not calendar.weekdays:
        return "_WORKING_HOURS" if unit is Unit.WORKING_HOUR else "_WORKING_DAYS"
    open_on = {day for hours in calendar.hours for day in hours.weekdays or calendar.weekdays}
    if unit is Unit.WORKING_HOUR and open_on.isdisjoint(calendar.weekdays):
        return "_WORKING_HOURS"
    return None


def duration(desk: Desk, node: Node) -> Literal | None:
    """A duration as a value."""
    value = span(desk, node)
    return None if value is None else Literal(value, DURATION)


def day(desk: Desk, word: Word) -> int | None:
    """The ordinal of a date."""
    try:
        found = date.fromisoformat(word.text)
    except ValueError:
        found = None
    if found is None or not 1800 <= found.year <= 2500:
        desk.report(Code.DATE_INVALID, word, text=word.text)
        return None
    return found.toordinal()


def minutes(desk: Desk, word: Word) -> int | None:
    """A time of day in minutes after midnight."""
    hour, _, minute = word.text.partition(":")
    if int(hour) > 23 or int(minute) > 59:
        desk.report(Code.TIME_INVALID, word, text=word.text)
        return None
    return int(hour) * 60 + int(minute)


def year_day(desk: Desk, word: Word) -> tuple[int, int] | None:
    """A day of every year, as month and day; 29 February is one, in the years that have it."""
    month, day = (int(part) for part in word.text.split("-"))
    if not 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):
        desk.report(Code.DATE_INVALID, word, text=f"{day} {desk.tongue.spelled['months'][month - 1]}")
        return None
    return month, day


def instant(desk: Desk, node: Node) -> Expression | None:
    """A date, or a date with a time of day."""
    found = day(desk, node.word(0))
    time = node.maybe_word(1)
    if time is None:
        return None if found is None else Literal(found, DATE)
    at = minutes(desk, time)
    return None if found is None or at is None else Moment(found, at)


def as_instant(value: Expression) -> Expression:
    """A date where an instant is wanted is the instant at which it begins."""
    return DayStart(value) if value.type.kind is DATE.kind else value
