"""Numbers, money, dates and durations as the author writes them."""

from datetime import date
from fractions import Fraction

from artifact.span import Span, Unit
from dsl.check.symbols import Desk
from dsl.currency import DECIMALS
from dsl.errors import DiagnosticCode as Code
from dsl.syntax import Node, Word
from dsl.typed import DayStart, Expression, Literal, Moment
from dsl.types import DATE, DURATION, MONEY, NUMBER, WHOLE

_LARGEST = 10**15


def number(desk: Desk, word: Word) -> Literal | None:
    """A number; whole if it has no decimals."""
    value = Fraction(word.text)
    if abs(value) > _LARGEST:
        desk.report(Code.NUMBER_INVALID, word, text=word.text[:40])
        return None
    return Literal(int(value), WHOLE) if "." not in word.text else Literal(value, NUMBER)


def whole(desk: Desk, word: Word, low: int, high: int) -> int | None:
    """A whole number within bounds."""
    value = Fraction(word.text) if len(word.text) < 20 else Fraction(_LARGEST)
    if value.denominator != 1 or not low <= value <= high:
        desk.report(Code.NUMBER_INVALID, word, text=word.text[:40], low=low, high=high)
        return None
    return int(value)


def percent(desk: Desk, word: Word) -> Literal:
    """A percentage, as the fraction that it is."""
    return Literal(Fraction(word.text) / 100, NUMBER)


def money(desk: Desk, word: Word) -> Literal | None:
    """An amount in the rulebook's currency, in its smallest unit."""
    digits, currency = word.text.split()
    if currency not in DECIMALS:
        desk.unknown(Code.CURRENCY_UNKNOWN, word, currency, DECIMALS)
        return None
    if currency != desk.currency:
        desk.report(Code.CURRENCY_OTHER, word, text=currency, currency=desk.currency)
        return None
    minor = Fraction(digits) * 10 ** DECIMALS[currency]
    if minor.denominator != 1:
        desk.report(Code.MONEY_TOO_FINE, word, text=word.text, decimals=DECIMALS[currency])
        return None
    if minor > _LARGEST * 1000:
        desk.report(Code.NUMBER_INVALID, word, text=word.text[:40])
        return None
    return Literal(int(minor), MONEY)


def span(desk: Desk, node: Node) -> Span | None:
    """A duration. Working days come with calendars, later."""
    amount = whole(desk, node.word(0), 0, 100_000)
    unit = node.word(1).text
    if unit.startswith("working"):
        desk.report(Code.NOT_AVAILABLE, node, what=unit.replace("_", " ") + "s")
        return None
    return None if amount is None else Span(amount, Unit(unit))


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
