"""The contact budget of one customer: contacts made, and the plans of this deciding that come first.

Reservations are not stored: they are the planned instants of what waits and is ready, found anew in each deciding in
rank order, so they move and vanish with it. Places are no contacts.
"""

from bisect import insort
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from artifact.channel import SENDS, Channel
from artifact.customer import Contact
from artifact.instant import Instant
from artifact.message import DeliveryState, Message
from artifact.span import Span, Unit, add_span, at_wall, local_day
from dsl.rulebook import Cap
from engine.history import reach_of

_LONGEST_SEARCH = 400


Said = tuple[tuple[str, str], ...]
"""Category and topic of what else a bundle says."""


def _counts(cap: Cap, category: str, topic: str) -> bool:
    return (not cap.categories or category in cap.categories) and (not cap.topics or topic in cap.topics)


class Budget(msgspec.Struct):
    """What is used and reserved so far, per cap, in ascending order."""

    caps: tuple[Cap, ...]
    zone: str
    taken: dict[str, list[Instant]] = {}

    def take(self, at: Instant, channel: Channel, category: str, topic: str, also: Said = ()) -> None:
        """Count one contact or plan; once in each cap, whatever a bundle says besides (`also`)."""
        for cap in self.bearing(channel, category, topic, also):
            insort(self.taken.setdefault(cap.name, []), at)

    def give_back(self, at: Instant, channel: Channel, category: str, topic: str, also: Said = ()) -> None:
        """The opposite of take."""
        for cap in self.bearing(channel, category, topic, also):
            self.taken[cap.name].remove(at)

    def snapshot(self) -> dict[str, list[Instant]]:
        """What is used and reserved now, to go back to."""
        return {cap: list(instants) for cap, instants in self.taken.items()}

    def bearing(self, channel: Channel, category: str, topic: str, also: Said = ()) -> list[Cap]:
        """The caps that count such a contact."""
        if not self.caps or channel not in SENDS:
            return []
        return [
            cap
            for cap in self.caps
            if (not cap.channels or channel in cap.channels)
            and (_counts(cap, category, topic) or (also and any(_counts(cap, *said) for said in also)))
        ]

    def admits_at(self, cap: Cap, instant: Instant) -> Instant:
        """The first instant at or after `instant` at which one more contact stays within the cap.

        Raises OverflowError where none is found within the search limit.
        """
        moment = instant
        for _ in range(_LONGEST_SEARCH):
            later = self._conflict(cap, moment)
            if later is None:
                return moment
            moment = later
        raise OverflowError("no room in the contact budget")

    def _conflict(self, cap: Cap, moment: Instant) -> Instant | None:
        """None where `moment` is admissible, else the earliest instant worth trying next."""
        if cap.limit <= 0:
            raise OverflowError("a cap of zero admits nothing")
        taken = self.taken.get(cap.name, [])
        if cap.calendar:
            start, end = calendar_window(moment, cap.span.unit, self.zone)
            full = sum(start <= t < end for t in taken) >= cap.limit
            return end if full else None
        return self._rolling_conflict(cap, moment, taken)

    def _rolling_conflict(self, cap: Cap, moment: Instant, taken: list[Instant]) -> Instant | None:
        """A window (t - D, t] that would hold `moment` and `limit` others is full; move past its first other."""
        reach = add_span(moment, cap.span, self.zone)
        near = [t for t in taken if t < reach and add_span(t, cap.span, self.zone) > moment]
        for first in range(len(near) - cap.limit + 1):
            last = near[first + cap.limit - 1]
            if max(last, moment) < add_span(min(near[first], moment), cap.span, self.zone):
                return add_span(near[first], cap.span, self.zone)
        return None


def calendar_window(moment: Instant, unit: Unit, zone: str) -> tuple[Instant, Instant]:
    """The day, week (from Monday), month or year of `zone` that holds `moment`; the end is not part of it."""
    return _window_of(local_day(moment, zone), unit, zone)


# A calendar cap is asked of each plan of each message.
@lru_cache(maxsize=16_384)
def _window_of(date: int, unit: Unit, zone: str) -> tuple[Instant, Instant]:
    day = datetime.fromordinal(date)
    starts = {
        Unit.DAY: day,
        Unit.WEEK: day - timedelta(days=day.weekday()),
        Unit.MONTH: day.replace(day=1),
        Unit.YEAR: day.replace(month=1, day=1),
    }
    start = at_wall(starts[unit], zone)
    return start, add_span(start, Span(1, unit), zone)


def plans_of(message: Message, now: Instant) -> list[tuple[Instant, Channel]]:
    """What of a message is planned, and so reserved. A follower takes its slot when it is due."""
    return [
        (d.planned_at, d.channel)
        for d in message.deliveries
        if d.state is DeliveryState.PLANNED
        and d.planned_at is not None
        and (d.follower_after is None or d.planned_at <= now)
    ]


def budget_of(caps: tuple[Cap, ...], zone: str, contacts: Iterable[Contact], now: Instant) -> Budget:
    """The budget with all contacts made that a window which holds `now`, or begins later, can hold."""
    budget = Budget(caps, zone)
    if not caps:
        return budget
    oldest = now - reach_of(tuple(cap.span for cap in caps))
    for contact in contacts:
        if contact.at > oldest:
            budget.take(contact.at, contact.channel, contact.category, contact.topic, contact.also)
    return budget
