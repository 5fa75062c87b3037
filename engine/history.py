"""The events that rules count, kept in the memory: what is read of them, as far back as any rule looks.

A pure function of the events in stamp order, whatever rulebook kept it: of a longer history the one that a rulebook
needs follows, so it does not matter when the rulebook came. Refuses what would make it grow without end: past the
limit the oldest leave, and the newest of those is remembered so that a count can say that it is not of all.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from artifact.event import Event
from artifact.facts import Facts, Happened, Kept
from artifact.instant import DAY, HOUR, MINUTE, Instant
from artifact.limits import Limits
from artifact.span import Span, Unit
from dsl.rulebook import Counted, Rulebook

_LONGEST = {
    Unit.MINUTE: MINUTE,
    Unit.HOUR: HOUR,
    Unit.DAY: DAY,
    Unit.WEEK: 7 * DAY,
    Unit.MONTH: 31 * DAY,
    Unit.YEAR: 366 * DAY,
}
"""No unit of any calendar is longer."""

_SLACK = 2 * DAY
"""More than any two zones, or two clocks of one zone, are apart: what is kept must not depend on hers."""

_NOTHING = Kept()


@lru_cache(maxsize=1_024)
def reach_of(spans: tuple[Span, ...]) -> Instant:
    """How far back the longest of these windows can look, on any calendar; 0 for none."""
    return max((_SLACK + _LONGEST[span.unit] * span.amount for span in spans), default=0)


def remembered(facts: Facts, event: Event, counted: Mapping[str, Counted], limits: Limits) -> Facts:
    """The memory with this event among those that are counted, if it is."""
    want = counted.get(event.type)
    if want is None:
        return facts
    old = facts.events.get(event.type, _NOTHING)
    rows = (*old.rows, Happened(event.at, _read_of(event.data, want, limits)))
    return replace(facts, events={**facts.events, event.type: _bounded(rows, old.dropped_at, want, limits)})


def _read_of(data: Mapping[str, Any], want: Counted, limits: Limits) -> dict[str, Any]:
    """The fields that rules read. A text longer than any name is not kept, so rules do not know it."""
    return {
        name: value
        for name in want.fields
        if (value := data.get(name)) is not None
        and not (isinstance(value, str) and len(value) > limits.id_characters)
    }


def _bounded(rows: tuple[Happened, ...], dropped_at: Instant | None, want: Counted, limits: Limits) -> Kept:
    """Those that a window can reach from the newest one, and of them the newest."""
    if not want.ever:
        oldest = rows[-1].at - reach_of(want.spans)
        rows = rows[bisect_right(rows, oldest, key=_at) :]
        dropped_at = dropped_at if dropped_at is not None and dropped_at > oldest else None
    surplus = len(rows) - limits.counted_events
    if surplus > 0:
        dropped_at, rows = rows[surplus - 1].at, rows[surplus:]
    return Kept(rows, dropped_at)


def _at(row: Happened) -> Instant:
    return row.at


def recounted(facts: Facts, counted: Mapping[str, Counted], limits: Limits) -> Facts:
    """The memory with no more than what these rules count."""
    events = {}
    for type, kept in facts.events.items():
        want = counted.get(type)
        if want is not None and kept.rows:
            rows = tuple(Happened(row.at, _read_of(row.data, want, limits)) for row in kept.rows)
            events[type] = _bounded(rows, kept.dropped_at, want, limits)
    return facts if events == facts.events else replace(facts, events=events)


def counted_from_now(facts: Facts, counted: Mapping[str, Counted], limits: Limits) -> Facts:
    """The same where the log is too deep to be read: what was not kept so far is owned to be missing."""
    known = recounted(facts, counted, limits).events
    high = facts.high_water
    if high is None:
        return facts
    events = {type: replace(known.get(type, _NOTHING), dropped_at=high.at) for type in counted}
    return replace(facts, events=events)


def joined(books: Iterable[Rulebook | None]) -> dict[str, Counted]:
    """What any of these rulebooks counts."""
    found: dict[str, Counted] = {}
    for book in books:
        for type, one in book.counted.items() if book is not None else ():
            other = found.get(type, Counted())
            found[type] = Counted(
                tuple(sorted({*one.fields, *other.fields})),
                tuple(dict.fromkeys((*one.spans, *other.spans))),
                one.ever or other.ever,
            )
    return found


def covers(kept: Mapping[str, Counted], wanted: Mapping[str, Counted]) -> bool:
    """Whether a history kept for the first has all that the second needs."""
    return all(type in kept and _holds(kept[type], want) for type, want in wanted.items())


def _holds(kept: Counted, want: Counted) -> bool:
    far = kept.ever or (not want.ever and reach_of(kept.spans) >= reach_of(want.spans))
    return far and set(want.fields) <= set(kept.fields)
