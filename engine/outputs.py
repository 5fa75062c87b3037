"""What folding an event asks for besides changing the memory: messages, tasks, withdrawals. Data only.

Each has an id that follows from its cause and its content, so that folding the same history again asks for the
same things, and the difference of two foldings says what to add, to supersede and to take back.
"""

from typing import Any, TypeAlias

import msgspec

from artifact.canonical import canonical_json, derived_id
from artifact.event import Event, EventKey
from artifact.instant import Instant
from artifact.message import Request


class Asked(msgspec.Struct, frozen=True):
    """A message that an event rule asks for. `origin` names cause and rule; `id` also its content.

    `cause` is the event that was folded, None where a deadline asks.
    """

    id: str
    origin: str
    request: Request
    cause: EventKey | None
    at: Instant


class Tasked(msgspec.Struct, frozen=True):
    """A task or alert that an event rule raises."""

    id: str
    origin: str
    kind: str
    reason: str
    at: Instant
    team: str | None = None
    due: Instant | None = None
    is_alert: bool = False
    about_kind: str | None = None
    about_reference: str | None = None
    promise: str | None = None


class Withdrew(msgspec.Struct, frozen=True):
    """That messages of these topics are taken back."""

    id: str
    origin: str
    topics: tuple[str, ...]
    at: Instant


class Settled(msgspec.Struct, frozen=True):
    """That a promise is no longer pending: what was asked of people because of that is done with."""

    id: str
    origin: str
    promise: str
    at: Instant


class Happened(msgspec.Struct, frozen=True):
    """That a rule raised an event, for which messages may be waiting."""

    id: str
    origin: str
    event: Event
    at: Instant


Output: TypeAlias = Asked | Tasked | Withdrew | Settled | Happened


def origin_of(event: Event, rule: str, ordinal: int) -> str:
    """Names who asked: the event, the rule, and which of its effects."""
    return derived_id("o", event.customer_id, event.source, event.id, rule, str(ordinal))


def output_id(prefix: str, origin: str, content: Any) -> str:
    """Names what was asked: equal for equal content of the same origin."""
    return derived_id(prefix, origin, canonical_json(content).decode())
