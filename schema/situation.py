"""Something going on with a customer: a claim, a complaint, a renewal."""

from typing import Self

import strawberry

from artifact import facts
from schema.described import described
from schema.port import Info, Reading
from schema.scalars import JSON, DateTime, moment


@strawberry.type(description="Something going on, keyed by kind and reference, with a state.")
class Situation:
    kind: str
    reference: str = strawberry.field(description="Empty where a customer has one of this kind at most.")
    state: str
    open: bool
    opened_at: DateTime
    closed_at: DateTime | None
    data: JSON

    _reading: strawberry.Private[Reading]

    @described("Its name for people.")
    def label(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.label(self._reading, "situation", self.kind, language)

    @classmethod
    def of(cls, reading: Reading, row: facts.Situation) -> Self:
        return cls(
            kind=row.kind,
            reference=row.reference,
            state=row.state,
            open=row.open,
            opened_at=DateTime(row.opened_at),
            closed_at=moment(row.closed_at),
            data=JSON(row.data),
            _reading=reading,
        )
