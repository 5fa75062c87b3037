"""Conditions on time as windows: from when until when they hold. That is how the next change is known exactly.

A window is measured from the moment forward (`in the last 14 days` holds until 14 days after the moment), because
adding a span to a fixed moment is unambiguous on any calendar, and subtracting one from a moving `now` is not.
"""

from functools import lru_cache

from artifact.errors import InputError
from artifact.instant import DAY, HOUR, LATEST, MINUTE, Instant
from artifact.span import Span, Unit
from dsl.reading import Env
from dsl.typed import Form, Within
from dsl.types import Kind
from dsl.values import Value, day_start, later, later_date

Window = tuple[Instant | None, Instant | None]
"""First instant in it, first instant after it. None: no bound."""

NEVER: Instant = LATEST + 1
"""Where the calendar ends. What is reached then, or later, is never reached."""

LENGTHS = {
    Unit.MINUTE: (MINUTE, MINUTE),
    Unit.HOUR: (HOUR, HOUR),
    Unit.DAY: (DAY, DAY),
    Unit.WEEK: (7 * DAY, 7 * DAY),
    Unit.MONTH: (28 * DAY, 31 * DAY),
    Unit.YEAR: (365 * DAY, 366 * DAY),
}
"""How long a unit is at the least and at the most, as long as nobody moves the clocks."""

SHIFT = 28 * HOUR
"""More than the clocks of a zone ever move: they may skip a day."""

_BEYOND = (OverflowError, ValueError, InputError)


def window_of(condition: Within, moment: Value, zone: str) -> Window:
    """When this condition holds for this moment (an instant, or a date)."""
    if condition.moment.type.kind is Kind.DATE:
        return _of_date(condition.form, moment, condition.span, zone)
    return _of_instant(condition.form, moment, condition.span, zone)


def _of_instant(form: Form, moment: Instant, span: Span | None, zone: str) -> Window:
    if form is Form.REACHED:
        return moment, None
    if form is Form.PASSED:
        return moment + 1, None
    if span is None:
        return moment, moment + 1
    if form is Form.IN_NEXT:
        return moved(moment, span, zone, -1), moment + 1
    end = moved(moment, span, zone)
    return (moment, end) if form is Form.IN_LAST else (end, None)


def _of_date(form: Form, day: int, span: Span | None, zone: str) -> Window:
    if form is Form.REACHED:
        return begun(day, zone), None
    if form is Form.PASSED:
        return begun(day, zone, 1), None
    if span is None:
        return begun(day, zone), begun(day, zone, 1)
    if form is Form.IN_NEXT:
        return moved_day(day, span, zone, -1), begun(day, zone, 1)
    end = moved_day(day, span, zone)
    return (begun(day, zone), end) if form is Form.IN_LAST else (end, None)


def moved(moment: Instant, span: Span, zone: str, times: int = 1) -> Instant:
    """An instant a span later; beyond the calendar NEVER, or as long before its beginning."""
    try:
        return later(moment, span, zone, times)
    except _BEYOND:
        return NEVER * times


def moved_day(day: int, span: Span, zone: str, times: int = 1) -> Instant:
    """The beginning of the date that is a span later; beyond the calendar as `moved`."""
    try:
        return day_start(later_date(day, span, times), zone)
    except _BEYOND:
        return NEVER * times


def begun(day: int, zone: str, past: int = 0) -> Instant:
    """The beginning of a date, or of one `past` days later."""
    try:
        return day_start(day + past, zone)
    except _BEYOND:
        return NEVER if past else -NEVER


@lru_cache(maxsize=1024)
def within_reach(span: Span) -> Instant:
    """How long ago something may be at the most of which that span has not passed since."""
    if span.calendar is not None:
        return 2 * LATEST  # working time stands still for as long as its calendar says
    return span.amount * LENGTHS[span.unit][1] + (0 if span.unit in (Unit.MINUTE, Unit.HOUR) else SHIFT)


def inside(env: Env, window: Window) -> bool:
    """Whether now is in the window; notes when that changes."""
    first, after = window
    if first is not None and env.now < first:
        if first < NEVER:
            env.until(first)
        return False
    if after is None:
        return True
    if env.now < after:
        if after < NEVER:
            env.until(after)
        return True
    return False
