"""For a person of the brand: to do, or (an alert) to know."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from artifact import customer
from schema.described import described
from schema.enums import TaskState
from schema.port import Info, Reading
from schema.scalars import DateTime, moment
from schema.subject import Subject

if TYPE_CHECKING:
    from schema.message import Message


@strawberry.type(description="For a person of the brand: to do, or (an alert) to know.")
class Task:
    id: strawberry.ID
    kind: str
    is_alert: bool
    team: str | None = strawberry.field(description="The team it is for, as the rulebook names it.")
    raised_at: DateTime
    due: DateTime | None
    state: TaskState
    about: Subject | None
    reason: str

    _reading: strawberry.Private[Reading]
    _message: strawberry.Private[str | None]

    @described("The message it came up with.")
    async def message(self, info: Info) -> Annotated["Message", strawberry.lazy("schema.message")] | None:
        from schema.message import Message

        found = await info.context.reader.message(self._message) if self._message else None
        return None if found is None else Message.of(*found)

    @classmethod
    def of(cls, reading: Reading, row: customer.StaffTask) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            kind=row.kind,
            is_alert=row.is_alert,
            team=row.team,
            raised_at=DateTime(row.raised_at),
            due=moment(row.due),
            state=TaskState(row.state),
            about=Subject.of(reading, row.about),
            reason=row.reason,
            _reading=reading,
            _message=row.message,
        )
