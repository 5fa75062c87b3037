"""How much one cap of the rulebook lets the brand press on a customer."""

from typing import Self

import strawberry

from schema.described import described
from schema.port import Info, Pressed, Reading
from schema.scalars import DateTime, moment


@strawberry.type(
    description="One cap on contacts: what is used of it, what is planned, and when there is room again."
)
class ContactBudget:
    cap: str
    used: int = strawberry.field(description="Contacts made in the window that holds now.")
    planned: int = strawberry.field(description="Contacts planned within the length of that window.")
    limit: int
    frees_at: DateTime | None = strawberry.field(
        description="When one more may be made; nothing where that is now."
    )

    _reading: strawberry.Private[Reading]

    @described("Its name for people.")
    def label(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.label(self._reading, "cap", self.cap, language)

    @classmethod
    def of(cls, reading: Reading, row: Pressed) -> Self:
        return cls(
            cap=row.cap,
            used=row.used,
            planned=row.planned,
            limit=row.limit,
            frees_at=moment(row.frees_at),
            _reading=reading,
        )
