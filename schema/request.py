"""Asking for a message: the inputs, and what became of each request."""

from typing import Self

import strawberry

from artifact.errors import InputError
from schema.described import described
from schema.enums import Channel, EventStatus, Urgency
from schema.given import as_given
from schema.message import Message
from schema.port import Info
from schema.scalars import JSON, DateTime
from schema.subject import SubjectInput
from schema.user_error import UserError


@strawberry.input(description="Words that the back-end brings, for one channel and language or for any.")
class ContentInput:
    body: str
    channel: Channel | None = None
    language: str | None = None
    subject: str | None = None
    short: str | None = None


@as_given
@strawberry.input(description="A back-end asks; Memento decides.")
class MessageRequestInput:
    source: str
    id: strawberry.ID
    customer_id: strawberry.ID
    topic: str
    at: DateTime
    about: SubjectInput | None = None
    key: str | None = strawberry.field(
        default=None, description="The business key: a newer one of the same key supersedes."
    )
    seq: int | None = None
    expires_at: DateTime | None = None
    not_before: DateTime | None = None
    channels: list[Channel] | None = strawberry.field(
        default=None, description="Narrows what the topic allows."
    )
    lower_urgency: Urgency | None = None
    data: JSON | None = None
    content: list[ContentInput] | None = strawberry.field(
        default=None,
        description="Already worded by the back-end; else the topic's template is rendered with `data`.",
    )


@strawberry.type(description="What became of one request.")
class RequestResult:
    request_id: strawberry.ID
    status: EventStatus
    user_errors: list[UserError]

    _message_id: strawberry.Private[str | None] = None

    @described("The message as it now is.")
    async def message(self, info: Info) -> Message | None:
        found = await info.context.reader.message(self._message_id) if self._message_id else None
        return None if found is None else Message.of(*found)

    @classmethod
    def refused(cls, id: str, error: InputError) -> Self:
        return cls(
            request_id=strawberry.ID(id),
            status=EventStatus.REJECTED,
            user_errors=[UserError.of(error)],
        )


@strawberry.type(description="One result for each request, in the order given.")
class RequestMessagesPayload:
    results: list[RequestResult] = strawberry.field(description="Empty when the call as a whole was refused.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the call as a whole.")
