"""Where now is beside a moment, as a column: its zones are the steps of one unit of the calendar.

The step that now has reached is found by bisecting, and which ones can be in question by elapsed time alone, because
moving a moment along the calendar of a zone is what costs. Refuses to guess where the two differ.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import accumulate

import msgspec

from artifact.instant import DAY, Instant
from artifact.span import Span, Unit
from dsl.clock import LENGTHS, NEVER, SHIFT, begun, moved, moved_day
from dsl.columns import Column, Ruled
from dsl.plain import Edge, Lapse
from dsl.reading import Env, Getter, getter
from dsl.typed import OF_MESSAGE
from dsl.types import Kind
from dsl.values import Value


class LapseLook(msgspec.Struct, frozen=True):
    """Where now is beside a moment. `due[n]` are the rules for which step n changes something.

    `of_message`: the moment is the message's own. Reckoned from what `start` gives for the moment, no calendar reaches step n before `soonest[n]` or after `latest[n]`.
    """

    at: int
    load: Getter
    of_message: bool
    start: Callable[[Value], Instant]
    soonest: tuple[Instant, ...]
    latest: tuple[Instant, ...]
    reach: Callable[[Edge, Value, str], Instant]
    steps: tuple[Edge, ...]
    due: tuple[int, ...]
    false: Ruled
    asking: int


def lapse_look(at: int, column: Column, currency: str) -> LapseLook:
    """A look at a column of moments."""
    match column.source:
        case Lapse(moment, unit):
            dated = moment.type.kind is Kind.DATE
            return LapseLook(
                at,
                getter(moment, currency),
                moment.scope in OF_MESSAGE,
                _midnight if dated else _itself,
                *_reaches(unit, column.places, dated),
                partial(_day_reached if dated else _reached, None if unit is None else Span(1, unit)),
                column.places,
                column.due,
                column.false,
                column.unknown,
            )
        case other:
            raise AssertionError(other)


def _reaches(
    unit: Unit | None, steps: Iterable[Edge], dated: bool
) -> tuple[tuple[Instant, ...], tuple[Instant, ...]]:
    """When each step is reached at the soonest, and at the latest: never before one that comes earlier."""
    bounds = [_bounds(unit, step, dated) for step in steps]
    soonest = accumulate([low for low, _ in bounds], max)
    latest = accumulate([high for _, high in reversed(bounds)], min)
    return tuple(soonest), tuple(reversed([*latest]))


def _bounds(unit: Unit | None, step: Edge, dated: bool) -> tuple[Instant, Instant]:
    """Only what the calendar of a zone moves may come sooner or later than its length says."""
    short, long = (0, 0) if unit is None else LENGTHS[unit]
    low, high = sorted((step.amount * short, step.amount * long))
    if dated:
        return low - 2 * DAY, high + 2 * DAY
    if not step.amount or unit in (Unit.MINUTE, Unit.HOUR):
        return low + step.past, high + step.past
    return low - SHIFT, high + SHIFT


def _itself(moment: Instant) -> Instant:
    return moment


def _midnight(day: int) -> Instant:
    return (day - _EPOCH_DAY) * DAY


_EPOCH_DAY = date(1970, 1, 1).toordinal()


def _reached(span: Span | None, edge: Edge, moment: Instant, zone: str) -> Instant:
    """The instant of a step from an instant."""
    amount, past = edge
    return moment + past if span is None or not amount else moved(moment, span, zone, amount)


def _day_reached(span: Span | None, edge: Edge, day: int, zone: str) -> Instant:
    """The instant of a step from a date."""
    amount, past = edge
    return begun(day, zone, past) if span is None or not amount else moved_day(day, span, zone, amount)


def lapsed(lapse: LapseLook, moment: Value, asked: int, env: Env) -> int:
    """Which step from the moment is the last one reached, of those that matter to the rules asked; notes the next one.

    What others wait for is left out, so that the answer stays the same until then. The calendar is asked of few steps: of
    those that length alone leaves in doubt, and of the one that is waited for.
    """
    due, now = lapse.due, env.now
    at = bisect_right(lapse.latest, now - lapse.start(moment))
    for step in range(at, len(due)):
        if due[step] & asked:
            reached = lapse.reach(lapse.steps[step], moment, env.zone)
            if reached > now:
                if reached < NEVER:
                    env.until(reached)
                break
            at = step + 1
    while at and not due[at - 1] & asked:
        at -= 1
    return 2 * at or 1
