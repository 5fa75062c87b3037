"""When we may speak, and how much: quiet and forbidden hours of a calendar, caps on contacts."""

from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.behaviour import Behaviour
from dsl.check.declarations import Placed
from dsl.check.effects import Effects, otherwise_of
from dsl.errors import DiagnosticCode as Code
from dsl.rulebook import Cap, QuietHours
from dsl.syntax import Node

CALENDAR_UNITS = frozenset({Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR})
_ALL_DAY = (0, 24 * 60)
_OTHERWISE = frozenset({"postpone", "block", "deliver", "group_into"})


def check_calendar(effects: Effects, placed: Placed) -> list[QuietHours]:
    """The windows of one calendar."""
    node, effects.desk.base = placed
    windows = [_window(effects, part) for part in node.nodes() if part.kind in ("quiet", "forbidden")]
    return [window for window in windows if window is not None]


def _window(effects: Effects, part: Node) -> QuietHours | None:
    hours = part.node(2)
    if hours.kind == "all_day":
        start, end = _ALL_DAY
    else:
        begin, finish = (literals.minutes(effects.desk, word) for word in hours.words())
        if begin is None or finish is None:
            return None
        if begin == finish:
            effects.desk.report(Code.TIME_INVALID, hours, text=hours.word().text)
            return None
        start, end = begin, finish
    return QuietHours(
        channels=effects.channels(part.node(0)),
        start_minute=start,
        end_minute=end,
        weekdays=_weekdays(part.maybe_node(1)),
        statutory=part.kind == "forbidden",
    )


def _weekdays(node: Node | None) -> tuple[int, ...]:
    """Days by number, Monday 1; a range may run over the end of the week."""
    if node is None:
        return ()
    days = [int(word.text) for word in node.words()]
    if node.kind == "day_range":
        first, last = days
        return tuple((first + step - 1) % 7 + 1 for step in range((last - first) % 7 + 1))
    return tuple(sorted(set(days)))


def check_cap(effects: Effects, behaviour: Behaviour, placed: Placed) -> Cap | None:
    """One cap: how many contacts of what, on which channels, in which window, and what happens past it."""
    node, effects.desk.base = placed
    limit = literals.whole(effects.desk, node.word(1), 1, 10_000)
    topics, categories = behaviour.about(node)
    period = next(part for part in node.nodes() if part.kind in ("rolling", "per"))
    span = _period(effects, period)
    if limit is None or span is None:
        return None
    names = next(node.all("names"), None)
    otherwise = next(part for part in node.nodes() if part.kind in _OTHERWISE)
    behaviour.catalogue.label("cap", node.word().text, node)
    return Cap(
        name=node.word().text,
        limit=limit,
        span=span,
        calendar=period.kind == "per",
        categories=categories or (),
        topics=topics or (),
        channels=effects.channels(names),
        otherwise=otherwise_of(effects, otherwise, {}),
    )


def _period(effects: Effects, period: Node) -> Span | None:
    if period.kind == "rolling":
        span = literals.span(effects.desk, period.node())
        if span is not None and span.amount == 0:
            effects.desk.report(Code.NUMBER_INVALID, period, text="0")
            return None
        return span
    unit = period.word()
    if unit.text not in CALENDAR_UNITS:
        effects.desk.unknown(Code.VALUE_UNKNOWN, unit, unit.text, sorted(CALENDAR_UNITS))
        return None
    return Span(1, Unit(unit.text))
