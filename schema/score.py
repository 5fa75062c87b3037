"""A number about a customer, why it is what it is, and how it came there."""

from typing import Self

import strawberry

from artifact.instant import Instant
from schema.described import described
from schema.port import Standing
from schema.scalars import DateTime, instant_given


@strawberry.type(description="What a score had come to when an event changed it.")
class ScorePoint:
    at: DateTime
    value: float


@strawberry.type(description="A number about a customer that the rulebook's scorecard works out.")
class Score:
    name: str
    value: float
    at: DateTime = strawberry.field(description="The instant for which it was worked out.")
    reasons: list[str] = strawberry.field(
        description="Of the lines that score and of the points that events added, the newest last."
    )

    _standing: strawberry.Private[Standing]

    @described("What it came to whenever an event added points or took some away; the oldest first.")
    def history(self, since: DateTime | None = None) -> list[ScorePoint]:
        first = instant_given(since, "since")
        history = self._standing.history
        return [ScorePoint(at=DateTime(at), value=v) for at, v in history if first is None or at >= first]

    @classmethod
    def of(cls, standing: Standing, now: Instant) -> Self:
        return cls(
            name=standing.name,
            value=standing.value,
            at=DateTime(now),
            reasons=list(standing.reasons),
            _standing=standing,
        )
