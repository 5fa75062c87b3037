"""Filters that write money, dates and times as the reader's language does. Everything else is Liquid's own.

They replace Liquid's `date`, which reads a clock.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, NamedTuple

from liquid.context import RenderContext as LiquidContext
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context

from artifact.errors import InputError
from artifact.instant import datetime_of, parse_instant
from artifact.span import zone_of
from dsl.currency import DECIMALS
from dsl.lexicon import tongue
from dsl.syntax import misread

_EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CZK": "Kč", "JPY": "¥", "PLN": "zł"}


class Manner(NamedTuple):
    """How to write for this reader."""

    language: str
    zone: str
    currency: str


class _Style(NamedTuple):
    """Thousands, decimals, and where the sign of the currency stands."""

    thousands: str
    decimal: str
    money: str


_STYLES = {
    "en": _Style(",", ".", "{sign}{amount}"),
    "es": _Style(".", ",", "{amount} {sign}"),
    "cs": _Style("\N{NO-BREAK SPACE}", ",", "{amount}\N{NO-BREAK SPACE}{sign}"),
}
_PLAIN = _Style("", ".", "{amount} {sign}")


def _manner(context: LiquidContext) -> Manner:
    found = context.globals.get("_manner")
    if not isinstance(found, Manner):
        raise misread(found)
    return found


@with_context
def money(value: Any, *, context: LiquidContext) -> str:
    """`1,234.50` in the rulebook's currency, or an amount with its own."""
    manner = _manner(context)
    currency = manner.currency
    if isinstance(value, dict):
        currency, value = str(value.get("currency", currency)), value.get("amount")
    style = _STYLES.get(manner.language, _PLAIN)
    amount = _digits(_decimal(value), DECIMALS.get(currency, 2), style)
    sign = _SIGNS.get(currency, currency)
    minus = "-" if amount.startswith("-") else ""
    form = style.money if len(sign) == 1 or style is not _STYLES["en"] else "{amount} {sign}"
    return minus + form.format(amount=amount.lstrip("-"), sign=sign)


@with_context
def number(value: Any, decimals: int = 0, *, context: LiquidContext) -> str:
    """A number with the reader's separators."""
    return _digits(
        _decimal(value), min(max(int(decimals), 0), 10), _STYLES.get(_manner(context).language, _PLAIN)
    )


def _decimal(value: Any) -> Decimal:
    if type(value) is str or type(value) is int:
        text = str(value)
    elif type(value) is float:
        text = repr(value)
    else:
        raise FilterArgumentError("this is not a number", token=None)
    try:
        found = Decimal(text)
    except ArithmeticError as error:
        raise FilterArgumentError(f"`{text[:40]}` is not a number", token=None) from error
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise FilterArgumentError(f"`{text[:40]}` is not a number", token=None)
    return found


def _digits(value: Decimal, decimals: int, style: _Style) -> str:
    text = f"{value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT):,f}"
    whole, _, fraction = text.partition(".")
    return whole.replace(",", style.thousands) + (style.decimal + fraction if fraction else "")


def _moment(value: Any, zone: str) -> datetime | date:
    text = value if type(value) is str else ""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime_of(parse_instant(text)).astimezone(zone_of(zone))
    except (ValueError, InputError) as error:
        raise FilterArgumentError(
            f"`{str(value)[:40]}` is neither a date nor an instant", token=None
        ) from error


def _month_name(month: int, language: str) -> str:
    if language not in ("en", "es"):
        return f"{month:02d}"
    return _MONTHS[language][month - 1]


_MONTHS = {
    "en": [name.capitalize() for name in tongue("en").months],
    "es": list(tongue("es").months),
}


def _day(moment: date, language: str) -> str:
    name = _month_name(moment.month, language)
    if language == "en":
        return f"{moment.day} {name} {moment.year}"
    if language == "es":
        return f"{moment.day} de {name} de {moment.year}"
    return f"{moment.day}. {moment.month}. {moment.year}" if language == "cs" else moment.isoformat()[:10]


@with_context
def date_(value: Any, *_: Any, context: LiquidContext) -> str:
    """2 March 2026, in her zone."""
    manner = _manner(context)
    return _day(_moment(value, manner.zone), manner.language)


@with_context
def time_(value: Any, *, context: LiquidContext) -> str:
    """10:30, in her zone."""
    found = _moment(value, _manner(context).zone)
    if not isinstance(found, datetime):
        raise FilterArgumentError("a date has no time of day", token=None)
    return f"{found.hour}:{found.minute:02d}"


@with_context
def instant(value: Any, *, context: LiquidContext) -> str:
    """2 March 2026, 10:30."""
    manner = _manner(context)
    found = _moment(value, manner.zone)
    day = _day(found, manner.language)
    return f"{day}, {found.hour}:{found.minute:02d}" if isinstance(found, datetime) else day


@with_context
def month(value: Any, *, context: LiquidContext) -> str:
    """The name of the month."""
    manner = _manner(context)
    return _month_name(_moment(value, manner.zone).month, manner.language)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "number": number,
    "date": date_,
    "time": time_,
    "instant": instant,
    "month": month,
}
