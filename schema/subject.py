"""What an event or a message is about, and the situation that is meant by it."""

from typing import Self

import strawberry

from artifact import event
from schema.described import described
from schema.port import Reading
from schema.situation import Situation


@strawberry.type(description="What an event or a message is about: claim S-2041.")
class Subject:
    kind: str
    reference: str

    _reading: strawberry.Private[Reading]

    @described("The situation of that kind and reference, where one is remembered.")
    def situation(self) -> Situation | None:
        for row in self._reading.artifact.body.facts.situations:
            if (row.kind, row.reference) == (self.kind, self.reference):
                return Situation.of(self._reading, row)
        return None

    @classmethod
    def of(cls, reading: Reading, about: event.Subject | None) -> Self | None:
        if about is None:
            return None
        return cls(kind=about.kind, reference=about.reference, _reading=reading)


@strawberry.input(description="What an event or a message is about.")
class SubjectInput:
    kind: str
    reference: str
