"""An event: an immutable fact that a source reports. Identity is (customer, source, id), for ever."""

from typing import Any

import msgspec

from artifact.canonical import content_hash
from artifact.instant import Instant


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What an event or a message is about: claim S-2041."""

    kind: str
    reference: str


class EventKey(msgspec.Struct, frozen=True, gc=False):
    """The identity of an event within its customer."""

    source: str
    id: str


class Event(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One event as its source told it. `data` is plain JSON and is never changed in place.

    `at` is the source's instant, `received_at` our store's. `actor` names who acted for the source (the
    header X-Memento-Actor); it is recorded and is no part of the content.
    """

    customer_id: str
    source: str
    id: str
    type: str
    at: Instant
    received_at: Instant
    about: Subject | None = None
    seq: int | None = None
    data: dict[str, Any] = {}
    actor: str | None = None

    @property
    def key(self) -> EventKey:
        """Its identity within the customer."""
        return EventKey(self.source, self.id)


def event_content(event: Event) -> bytes:
    """Hash of every field that the source said: equal for a duplicate, different for a conflict."""
    kind, reference = (event.about.kind, event.about.reference) if event.about else (None, None)
    return content_hash((event.type, event.at, kind, reference, event.seq, event.data))


ENGINE_SOURCE = "memento"
"""The source of events that the engine makes itself; no input may use it."""

ENGINE_TYPES = ("timer.", "rulebook.", "commitment.", "situation.", "score.")
"""Types that only the engine makes, by prefix; an event that a person or a system sends with one is refused."""
