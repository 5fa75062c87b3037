"""One entry of a customer's log, as people read it."""

from typing import Self

import strawberry

from schema.decision import Decision
from schema.described import described
from schema.enums import EntryKind, EventStatus
from schema.event import Event
from schema.port import Reading, Told
from schema.scalars import DateTime


@strawberry.type(description="One step of a customer's log: what happened, and what was decided then.")
class TimelineEntry:
    version: int = strawberry.field(description="The version of the customer that it made.")
    at: DateTime = strawberry.field(description="When it was folded, by our clock.")
    kind: EntryKind
    status: EventStatus

    _reading: strawberry.Private[Reading]
    _told: strawberry.Private[Told]

    @described("The event that was folded, where it was one.")
    def event(self) -> Event | None:
        row = self._told.entry.event
        return None if row is None else Event.of(self._reading, row)

    @described("What was decided in this step.")
    def decisions(self) -> list[Decision]:
        return [Decision.of(self._reading, record) for record in self._told.decisions]

    @classmethod
    def of(cls, reading: Reading, told: Told) -> Self:
        entry = told.entry
        return cls(
            version=entry.n,
            at=DateTime(entry.now),
            kind=entry.kind,
            status=entry.status,
            _reading=reading,
            _told=told,
        )
