"""How a customer wants to be talked to."""

from typing import Self

import strawberry

from artifact import facts
from schema.enums import Channel
from schema.scalars import DateTime, moment


@strawberry.type(description="How she wants to be talked to.")
class Preferences:
    language: str | None = strawberry.field(description="A BCP 47 tag.")
    time_zone: str | None = strawberry.field(description="An IANA name.")
    favourite_channels: list[Channel]
    paused_until: DateTime | None

    @classmethod
    def of(cls, row: facts.Preferences) -> Self:
        return cls(
            language=row.language,
            time_zone=row.zone,
            favourite_channels=list(row.favourite_channels),
            paused_until=moment(row.paused_until),
        )
