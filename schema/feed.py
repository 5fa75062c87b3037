"""Items of the feed of one customer on one channel."""

from typing import Annotated

import strawberry

from schema.delivery import Delivery
from schema.enums import WithdrawReason
from schema.scalars import Cursor


@strawberry.type(description="Show this.")
class DeliveryShown:
    cursor: Cursor
    delivery: Delivery


@strawberry.type(description="What is shown has changed.")
class DeliveryChanged:
    cursor: Cursor
    delivery: Delivery


@strawberry.type(description="Show this no longer.")
class DeliveryWithdrawn:
    cursor: Cursor
    delivery_id: strawberry.ID
    because: WithdrawReason


@strawberry.type(description="From here on it is live.")
class CaughtUp:
    cursor: Cursor


@strawberry.type(description="Something could not be replayed; show nothing, a snapshot follows.")
class FeedGap:
    cursor: Cursor
    missed_from: Cursor | None
    reason: str


ChannelMessageItem = Annotated[
    DeliveryShown | DeliveryChanged | DeliveryWithdrawn | CaughtUp | FeedGap,
    strawberry.union("ChannelMessageItem", description="One step of what a place shows."),
]
