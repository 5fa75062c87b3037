"""A message on one channel, with its words; and what a client reports of it."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from dsl.verdict import Rendered
from schema.described import described
from schema.enums import Channel, DeliveryOutcome, DeliveryState
from schema.port import Info, Placed, Reading
from schema.scalars import JSON, DateTime, moment

if TYPE_CHECKING:
    from schema.message import Message


@strawberry.type(description="A message on one channel.")
class Delivery:
    id: strawberry.ID
    channel: Channel
    state: DeliveryState
    planned_at: DateTime | None
    proof: bool = strawberry.field(description="Demanded as proof: not withdrawn because another was seen.")
    data: JSON | None = strawberry.field(description="What the request brought for the words.")

    _reading: strawberry.Private[Reading]
    _placed: strawberry.Private[Placed]
    _words: strawberry.Private[Rendered | None] = None

    @strawberry.field
    def message(self) -> Annotated["Message", strawberry.lazy("schema.message")]:
        from schema.message import Message

        return Message.of(self._reading, self._placed.message)

    @described("The language of the words.")
    def language(self, info: Info) -> str:
        return self._rendered(info).language

    @strawberry.field
    def subject(self, info: Info) -> str | None:
        return self._rendered(info).subject

    @strawberry.field
    def body(self, info: Info) -> str:
        return self._rendered(info).body

    @described("For where there is little room.")
    def short(self, info: Info) -> str | None:
        return self._rendered(info).short

    def _rendered(self, info: Info) -> Rendered:
        """Rendered once, and only if words were asked for."""
        if self._words is None:
            self._words = info.context.reader.words(self._reading, self._placed)
        return self._words

    @classmethod
    def of(cls, reading: Reading, placed: Placed) -> Self:
        row = placed.delivery
        return cls(
            id=strawberry.ID(row.id),
            channel=row.channel,
            state=row.state,
            planned_at=moment(row.planned_at),
            proof=row.proof,
            data=JSON(placed.message.request.data) if placed.message.request.data else None,
            _reading=reading,
            _placed=placed,
        )


@strawberry.input(description="What became of one delivery.")
class DeliveryOutcomeInput:
    delivery_id: strawberry.ID
    outcome: DeliveryOutcome
    at: DateTime | None = strawberry.field(default=None, description="When it happened; without it, now.")


@strawberry.input(description="What became of deliveries of one customer.")
class AcknowledgeDeliveriesInput:
    id: strawberry.ID = strawberry.field(description="The same id again is answered, not done again.")
    customer_id: strawberry.ID
    deliveries: list[DeliveryOutcomeInput]
