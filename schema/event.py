"""Events: what a source told us, how it is given, and what became of it."""

from typing import Self

import strawberry

from artifact import event
from artifact.errors import InputError
from schema.enums import EventStatus
from schema.given import as_given
from schema.port import Reading
from schema.scalars import JSON, DateTime
from schema.subject import Subject, SubjectInput
from schema.user_error import UserError


@strawberry.type(description="An immutable fact that a source reported.")
class Event:
    source: str
    id: strawberry.ID
    type: str
    at: DateTime = strawberry.field(description="By the source's clock.")
    received_at: DateTime = strawberry.field(description="By ours.")
    about: Subject | None
    seq: JSON | None = strawberry.field(description="A whole number of up to 64 bits.")
    data: JSON
    actor: str | None = strawberry.field(description="Who acted for the source.")

    @classmethod
    def of(cls, reading: Reading, row: event.Event) -> Self:
        return cls(
            source=row.source,
            id=strawberry.ID(row.id),
            type=row.type,
            at=DateTime(row.at),
            received_at=DateTime(row.received_at),
            about=Subject.of(reading, row.about),
            seq=None if row.seq is None else JSON(row.seq),
            data=JSON(row.data),
            actor=row.actor,
        )


@as_given
@strawberry.input(
    description="A fact that a back-end reports. Its identity is (customerId, source, id), for ever."
)
class EventInput:
    source: str
    id: strawberry.ID
    customer_id: strawberry.ID
    type: str
    at: DateTime = strawberry.field(description="When it happened, by the source's clock.")
    about: SubjectInput | None = None
    seq: int | None = strawberry.field(default=None, description="Orders within source and subject.")
    data: JSON | None = strawberry.field(default=None, description="An object, up to 64 KB.")


@strawberry.type(description="What became of one event.")
class EventResult:
    event_id: strawberry.ID
    status: EventStatus
    customer_version: int | None = strawberry.field(description="The version that holds it.")
    user_errors: list[UserError]

    @classmethod
    def refused(cls, id: str, error: InputError) -> Self:
        return cls(
            event_id=strawberry.ID(id),
            status=EventStatus.REJECTED,
            customer_version=None,
            user_errors=[UserError.of(error)],
        )


@strawberry.type(description="One result for each event, in the order given.")
class IngestEventsPayload:
    results: list[EventResult] = strawberry.field(description="Empty when the call as a whole was refused.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the call as a whole.")
