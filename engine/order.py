"""The order of the memory: by the source's instant, then by `seq` within source and subject, then by arrival.

One total order, although `seq` speaks only within one source and subject: an event takes its place by insertion,
in order of arrival, before the first one at its instant that its `seq` says comes later.
"""

from collections.abc import Iterable, Sequence

from artifact.event import Event
from artifact.facts import Facts, Seat, Stamp


def seat_of(event: Event) -> Seat:
    """What could place another event of the same instant before this one."""
    return Seat(event.source, event.about, event.seq)


def precedes(event: Event, seat: Seat) -> bool:
    """Whether `event`, arriving later at the same instant, still belongs before `seat`."""
    return (
        event.seq is not None
        and seat.seq is not None
        and event.seq < seat.seq
        and event.source == seat.source
        and event.about == seat.about
    )


def is_late(facts: Facts, event: Event) -> bool:
    """Whether the memory has already gone past the place of this event."""
    high = facts.high_water
    if high is None or event.at > high.at:
        return False
    if event.at < high.at or high.deadline:
        return True
    for seat in facts.seats:
        if precedes(event, seat):
            return True
    return False


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events in order of arrival, put into the order of the memory."""
    ordered: list[Event] = []
    for event in events:
        if ordered and ordered[-1].at >= event.at:
            ordered.insert(place_in(ordered, event), event)
        else:
            ordered.append(event)
    return ordered


def place_in(ordered: Sequence[Event], event: Event) -> int:
    """Where an event that arrives after all of these belongs among them."""
    place = len(ordered)
    while place and ordered[place - 1].at > event.at:
        place -= 1
    first = place
    while first and ordered[first - 1].at == event.at:
        first -= 1
    return next((n for n in range(first, place) if precedes(event, seat_of(ordered[n]))), place)


def after_event(facts: Facts, event: Event) -> tuple[Stamp, tuple[Seat, ...]]:
    """The high water and the seats once `event` is folded at the end of the order."""
    return after_events(facts, (event,))


def after_events(facts: Facts, events: Sequence[Event]) -> tuple[Stamp, tuple[Seat, ...]]:
    """The same once all of these are, one after another: only those at the newest instant keep a seat."""
    high, at, first = facts.high_water, events[-1].at, len(events) - 1
    while first and events[first - 1].at == at:
        first -= 1
    seats = tuple(seat_of(event) for event in events[first:])
    if high is not None and high.at == at:
        return high, (*facts.seats, *seats)
    return Stamp(at), seats
