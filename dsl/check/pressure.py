"""How much we may say: caps on contacts."""

from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.behaviour import Behaviour
from dsl.check.effects import Effects
from dsl.check.header import Placed
from dsl.check.waiting import otherwise_of
from dsl.errors import DiagnosticCode as Code
from dsl.rulebook import Cap
from dsl.syntax import Node

CALENDAR_UNITS = frozenset({Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR})
_OTHERWISE = frozenset({"postpone", "block", "deliver", "group_into"})


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
            effects.desk.report(Code.WINDOW_EMPTY, period.node())
            return None
        return span
    unit = period.word()
    if unit.text not in CALENDAR_UNITS:
        effects.desk.unknown(Code.VALUE_UNKNOWN, unit, unit.text, sorted(CALENDAR_UNITS))
        return None
    return Span(1, Unit(unit.text))
