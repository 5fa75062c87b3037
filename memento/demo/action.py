"""What somebody does in the demo's world at an instant: a back-end reports or asks, a customer looks, an agent tells."""

from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

import msgspec

from artifact.instant import MINUTE, Instant, format_instant
from artifact.span import at_wall

DATE = date(2026, 3, 2)
"""A Monday. The day is always the same one, so that what it says about quiet hours is too."""

ZONE = "Europe/Madrid"


class Kind(IntEnum):
    """In the order in which they go at one instant."""

    EVENT = 0
    REQUEST = 1
    CONSENT = 2
    LOOK = 3
    TELL = 4


class Action(msgspec.Struct, frozen=True):
    """`body` is the input of the mutation that says it; for LOOK and TELL it names the customer."""

    at: Instant
    kind: Kind
    body: dict[str, Any]


def at(hour: int, minute: int = 0, days: int = 0) -> Instant:
    """An instant of the day by the insurer's wall clock, or of another day near it."""
    midnight = datetime.combine(DATE, datetime.min.time())
    return at_wall(midnight + timedelta(days=days, hours=hour, minutes=minute), ZONE)


def event(
    customer: str,
    source: str,
    id: str,
    type: str,
    when: Instant,
    data: dict[str, Any] | None = None,
    *,
    arrives: Instant | None = None,
) -> Action:
    """A back-end reports a fact; `arrives` where it does so later than it happened."""
    body = {
        "source": source,
        "id": id,
        "customerId": customer,
        "type": type,
        "at": format_instant(when),
        "data": data or {},
    }
    return Action(when if arrives is None else arrives, Kind.EVENT, body)


def request(customer: str, source: str, id: str, topic: str, when: Instant, **fields: Any) -> Action:
    """A back-end asks for a message."""
    body = {
        "source": source,
        "id": id,
        "customerId": customer,
        "topic": topic,
        "at": format_instant(when),
        **fields,
    }
    return Action(when, Kind.REQUEST, body)


def consent(customer: str, id: str, category: str, state: str, when: Instant) -> Action:
    """She says what she agrees to."""
    body = {"id": id, "customerId": customer, "category": category, "state": state}
    return Action(when, Kind.CONSENT, body)


def look(customer: str, when: Instant) -> Action:
    """She opens the app and sees what is there."""
    return Action(when, Kind.LOOK, {"customerId": customer})


def call(customer: str, when: Instant) -> Action:
    """She calls, and the agent tells her the first thing that waits."""
    return Action(when, Kind.TELL, {"customerId": customer})


def later(when: Instant, minutes: int) -> Instant:
    """So many minutes later."""
    return when + minutes * MINUTE
