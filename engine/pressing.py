"""How much each cap lets the brand press on one customer: what is used, what is planned, when there is room again.

Pure reading of what was decided last; refuses to decide anything.
"""

from dataclasses import dataclass

from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import Message
from artifact.span import add_span
from dsl.rulebook import Cap, Rulebook
from engine.budget import Budget, Said, budget_of, calendar_window, plans_of
from engine.fold import zone_of_customer


@dataclass(frozen=True, slots=True)
class Pressure:
    """One cap now. `used` are contacts in the window that holds now, `planned` those to come within its length.

    `frees_at` is the first instant at which one more is admitted, None where that is now or cannot be found.
    """

    cap: str
    used: int
    planned: int
    limit: int
    frees_at: Instant | None


def pressures(body: Body, book: Rulebook | None, now: Instant) -> list[Pressure]:
    """Every cap of the rulebook, in its order; none without one."""
    if book is None:
        return []
    zone = zone_of_customer(body.facts, book)
    made, planned = budget_of(book.caps, zone, body.talk.contacts, now), Budget(book.caps, zone)
    whole = budget_of(book.caps, zone, body.talk.contacts, now)
    for message in body.talk.messages:
        for at, channel in plans_of(message, now):
            for budget in (planned, whole):
                budget.take(at, channel, message.category, message.request.topic, _also(body, message))
    return [_pressure(cap, made, planned, whole, now) for cap in book.caps]


def _also(body: Body, bundle: Message) -> Said:
    items = [m for m in body.talk.messages if m.id in bundle.items]
    return tuple(dict.fromkeys((m.category, m.request.topic) for m in items))


def _pressure(cap: Cap, made: Budget, planned: Budget, whole: Budget, now: Instant) -> Pressure:
    if cap.calendar:
        start, end = calendar_window(now, cap.span.unit, made.zone)
    else:
        start, end = add_span(now, cap.span, made.zone, -1) + 1, add_span(now, cap.span, made.zone)
    try:
        frees_at = whole.admits_at(cap, now)
    except OverflowError:
        frees_at = now
    return Pressure(
        cap.name,
        sum(start <= at <= now for at in made.taken.get(cap.name, [])),
        sum(at < end for at in planned.taken.get(cap.name, [])),
        cap.limit,
        frees_at if frees_at > now else None,
    )
