"""Files of events and of customers for the backtest: lines become events through the same door as everything else.

An event line is what `ingestEvents` takes; `payload` may stand for `data`. A customer line is {id, attributes} and
becomes one `customer.updated` at the instant before the earliest event. On virtual time a file's order is the order of
arrival: what stands below something later of the same customer arrives late, and that is kept.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from artifact.errors import ErrorCode, InputError
from artifact.event import Event, EventKey, event_content
from artifact.instant import DAY, LATEST, MICROSECOND, Instant, format_instant
from artifact.limits import Limits
from engine.intake import event_from
from memento.lines_file import read_lines

CUSTOMERS_SOURCE = "customers-file"
CUSTOMER_FIELDS = frozenset({"id", "attributes"})


class FileEvent(msgspec.Struct, frozen=True):
    """An event, the line that told it, and the instant at which its day begins by the clock of its source."""

    line: int
    event: Event
    day: Instant


class BadLine(msgspec.Struct, frozen=True):
    """What is wrong with one line."""

    line: int
    error: InputError


class EventsFile(msgspec.Struct, frozen=True):
    """A whole file of events, and the lines of it that hold none."""

    events: list[FileEvent]
    bad: list[BadLine]


def event_fields(value: Any) -> Any:
    """A line's object as the API takes it: `payload` is another name for `data`. Raises InputError for both."""
    if not isinstance(value, dict) or "payload" not in value:
        return value
    if "data" in value:
        raise InputError(
            ErrorCode.UNKNOWN_FIELD,
            "`payload` is another name for `data`, and both are given",
            help="give one of them",
            path=("payload",),
        )
    return {"data" if name == "payload" else name: item for name, item in value.items()}


def read_events(path: Path, limits: Limits) -> EventsFile:
    """All events of a file, in its order. Raises InputError FILE_UNREADABLE."""
    found = EventsFile([], [])
    for line in read_lines(path, limits):
        try:
            if line.error is not None:
                raise line.error
            fields = event_fields(line.value)
            # A file speaks of any time: on virtual time there is no clock that an event could be ahead of.
            event = event_from(fields, limits, LATEST)
            found.events.append(
                FileEvent(line.number, replace(event, received_at=event.at), _day_of(fields["at"], event.at))
            )
        except InputError as error:
            found.bad.append(BadLine(line.number, error))
    return found


def _day_of(text: str, at: Instant) -> Instant:
    """The midnight before an instant, on the clock it was read from."""
    # The instant was read already; only its offset is of interest, and it stands behind the fraction.
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{_offset(text)}").utcoffset() or timedelta()
    local = at + offset // timedelta(microseconds=1)
    return at - local % DAY


def _offset(text: str) -> str:
    """`Z`, `+01:00`, `+0100` or `+01` at the end of an instant, as datetime reads it."""
    tail = text[10:]
    place = max(tail.rfind("+"), tail.rfind("-"))
    return "Z" if place < 0 else tail[place:]


def numbered(events: Iterable[FileEvent]) -> list[FileEvent]:
    """Events that stand at one instant are ordered by their lines, where their source gives them no order itself.

    The same event again keeps the line at which it stood first, or it would be another one.
    """
    events = list(events)
    first: dict[tuple[str, EventKey], int] = {}
    seats: Counter[tuple[object, ...]] = Counter()
    for one in events:
        if first.setdefault(_identity(one.event), one.line) == one.line:
            seats[_seat(one.event)] += 1
    return [
        replace(one, event=replace(one.event, seq=first[_identity(one.event)]))
        if one.event.seq is None and seats[_seat(one.event)] > 1
        else one
        for one in events
    ]


def _identity(event: Event) -> tuple[str, EventKey]:
    return event.customer_id, event.key


def _seat(event: Event) -> tuple[object, ...]:
    return event.customer_id, event.source, event.about, event.at


def told_once(events: Iterable[FileEvent]) -> list[FileEvent]:
    """Without the lines that say a second time what was said already, word for word."""
    found: dict[object, FileEvent] = {}
    for one in events:
        found.setdefault((_identity(one.event), event_content(one.event)), one)
    return list(found.values())


def read_customers(path: Path, earliest: Instant, limits: Limits) -> EventsFile:
    """One `customer.updated` per customer, at the instant before `earliest`. Raises InputError FILE_UNREADABLE."""
    at = earliest - MICROSECOND
    found = EventsFile([], [])
    for line in read_lines(path, limits):
        try:
            if line.error is not None:
                raise line.error
            fields = _customer_fields(line.value, at)
            event = event_from(fields, limits, LATEST)
            found.events.append(FileEvent(line.number, replace(event, received_at=at), at))
        except InputError as error:
            found.bad.append(BadLine(line.number, error))
    return found


def _customer_fields(value: Any, at: Instant) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(ErrorCode.TYPE_INVALID, "an object with `id` and `attributes` is expected")
    for name in value:
        if name not in CUSTOMER_FIELDS:
            raise InputError(
                ErrorCode.UNKNOWN_FIELD,
                f"`{str(name)[:60]}` is no field of a customer line",
                help="a customer line holds `id` and `attributes`",
            )
    return {
        "source": CUSTOMERS_SOURCE,
        "id": value.get("id"),
        "customerId": value.get("id"),
        "type": "customer.updated",
        "at": format_instant(at),
        "data": value.get("attributes"),
    }
