"""What happened, as the log tells it: what must be known of the log, and the events of the memory in their order.

Most events of a long log are such that nothing hears of them but that time goes on: they are told apart here, once for
each type and rulebook, so that folding can pass over them (engine.refold). Refuses to fold anything itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

import msgspec

from artifact.customer import Snapshot
from artifact.decision import Entry, EventStatus
from artifact.event import Event, EventKey
from artifact.instant import Instant
from dsl.rulebook import Counted, Rulebook
from engine.builtin import CORRECTION
from engine.fold import in_memory, is_heard
from engine.history import joined
from engine.order import in_order, place_in


@dataclass(frozen=True)
class Past:
    """What must be known of the log: a usable snapshot (None: the beginning), all entries after it, their books.

    `corrected` are the events that corrections among the entries, or the change itself, take back, however far back
    they stand.
    """

    snapshot: Snapshot | None
    entries: tuple[Entry, ...]
    books: Mapping[str, Rulebook | None]
    corrected: Mapping[EventKey, Event] = field(default_factory=dict)

    @cached_property
    def counted(self) -> Mapping[str, Counted]:
        """What any rulebook of this past counts."""
        return joined(self.books.values())

    @cached_property
    def taken_back(self) -> frozenset[EventKey]:
        """The events that accepted corrections among the entries take back."""
        return frozenset(
            correction_key(e.event) for e in self.entries if e.event is not None and _corrects(e)
        )

    def part(self, event: Event, revision: str) -> "Part":
        """What an accepted event is to the memory under a rulebook."""
        key = event.type, revision
        if key not in self._parts:
            self._parts[key] = self._part_of(event, self.books.get(revision))
        return self._parts[key]

    @cached_property
    def _parts(self) -> dict[tuple[str, str], "Part"]:
        return {}

    def _part_of(self, event: Event, book: Rulebook | None) -> "Part":
        if in_memory(event, book):
            return Part.HEARD if is_heard(event.type, book, self.counted) else Part.PASSED
        return Part.COUNTED if event.type in self.counted else Part.NONE


class Part(Enum):
    """What an event is to the memory.

    PASSED: of it, but nothing comes of it but that time goes on. COUNTED: no part of it under its own rulebook, but
    counted by another one. NONE: no part at all.
    """

    HEARD = "HEARD"
    PASSED = "PASSED"
    COUNTED = "COUNTED"
    NONE = "NONE"


class Item(msgspec.Struct, frozen=True, gc=False):
    """An event of the memory, with the rulebook that it came under."""

    event: Event
    revision: str
    part: Part


@dataclass(frozen=True, slots=True)
class History:
    """Events in the order of the memory, timers (until when, under which rulebook) by instant, and what came too late."""

    items: tuple[Item, ...]
    timers: tuple[tuple[Instant, str], ...]
    late: tuple[Event, ...]


def correction_key(event: Event) -> EventKey:
    """Which event a correction takes back."""
    return EventKey(event.data["source"], event.data["id"])


def _corrects(entry: Entry) -> bool:
    return entry.event is not None and entry.event.type == CORRECTION and entry.status is EventStatus.ACCEPTED


def depth(past: Past, at: Instant) -> int:
    """How many entries were made since the first event that the memory places at or after `at`.

    The same whichever usable snapshot the past begins with: below it no such event is left.
    """
    first = next((e.n for e in past.entries if _is_since(e, at, past)), None)
    return past.entries[-1].n - first + 1 if first is not None else 0


def _is_since(entry: Entry, at: Instant, past: Past) -> bool:
    event = entry.event
    return (
        event is not None
        and event.at >= at
        and entry.status is EventStatus.ACCEPTED
        and past.part(event, entry.revision) in (Part.HEARD, Part.PASSED)
        and event.key not in past.taken_back
    )


def history_of(past: Past, correction: Event | None = None) -> History:
    """All that happened, but what was taken back: by corrections of the log, and by this one."""
    gone = past.taken_back if correction is None else past.taken_back | {correction_key(correction)}
    told = [
        Item(event, e.revision, part)
        for e in past.entries
        if (event := e.event) is not None
        and e.status is EventStatus.ACCEPTED
        and (part := past.part(event, e.revision)) is not Part.NONE
    ]
    left = [item for item in told if item.event.key not in gone] if gone else told
    timers = [(e.timer_at, e.revision) for e in past.entries if e.timer_at is not None]
    if gone:  # their time has passed all the same
        timers += ((item.event.at - 1, item.revision) for item in told if item.event.key in gone)
    items = {id(item.event): item for item in left}
    return History(
        items=tuple([items[id(event)] for event in in_order(item.event for item in left)]),
        timers=tuple(sorted(timers)),
        late=tuple(e.event for e in past.entries if e.event is not None and e.status is EventStatus.LATE),
    )


def with_late(history: History, past: Past, late: Event, revision: str) -> tuple[History, int]:
    """The history with one more event, which comes after all of it; and its place."""
    items = history.items
    place = place_in([item.event for item in items], late)
    item = Item(late, revision, past.part(late, revision))
    return History((*items[:place], item, *items[place:]), history.timers, history.late), place
