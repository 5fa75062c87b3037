"""What a customer said about being written to, and the mutation's words for saying it."""

from typing import Self

import strawberry

from artifact import facts
from schema.enums import Channel, ConsentAnswer, ConsentState
from schema.scalars import DateTime


@strawberry.type(description="What she said for a category, on one channel or on all.")
class Consent:
    category: str
    channel: Channel | None
    state: ConsentState
    since: DateTime
    source: str
    proof: str | None

    @classmethod
    def of(cls, row: facts.Consent) -> Self:
        return cls(
            category=row.category,
            channel=row.channel,
            state=row.state,
            since=DateTime(row.since),
            source=row.source,
            proof=row.proof,
        )


@strawberry.input(description="That a customer gave, refused or withdrew consent.")
class SetConsentInput:
    id: strawberry.ID = strawberry.field(description="The same id again is answered, not done again.")
    customer_id: strawberry.ID
    category: str
    state: ConsentAnswer
    channel: Channel | None = strawberry.field(default=None, description="Without one: on all channels.")
    proof: str | None = strawberry.field(default=None, description="Where the proof is kept.")
    at: DateTime | None = strawberry.field(default=None, description="When she said so; without it, now.")
