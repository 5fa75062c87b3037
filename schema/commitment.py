"""A promise of the brand with a deadline; what the customer expects of us."""

from typing import Self

import strawberry

from artifact import facts
from schema.described import described
from schema.enums import CommitmentState
from schema.port import Info, Reading
from schema.scalars import DateTime
from schema.subject import Subject


@strawberry.type(description="A promise of the brand with a deadline.")
class Commitment:
    name: str
    promised_at: DateTime
    due: DateTime
    state: CommitmentState
    about: Subject | None

    _reading: strawberry.Private[Reading]

    @described("Its name for people.")
    def label(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.label(self._reading, "commitment", self.name, language)

    @classmethod
    def of(cls, reading: Reading, row: facts.Commitment) -> Self:
        return cls(
            name=row.name,
            promised_at=DateTime(row.promised_at),
            due=DateTime(row.due),
            state=known_state(reading, row),
            about=Subject.of(reading, row.about),
            _reading=reading,
        )


def known_state(reading: Reading, row: facts.Commitment) -> CommitmentState:
    """The state as people knew it: kept, though it was once known as broken, is KEPT_LATE_KNOWN.

    The memory alone cannot say so, it is the same however late the evidence came; the talk remembers.
    """
    once_broken = f"{row.name}/{row.reference}" in reading.artifact.body.talk.broken
    if row.state is CommitmentState.KEPT and once_broken:
        return CommitmentState.KEPT_LATE_KNOWN
    return row.state
