"""Subscription: what can be followed. Changes nothing."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from artifact.limits import Limits
from engine.plain import expect_id
from resolvers.channel_messages import ChannelFeed
from resolvers.context import Info
from resolvers.publishing import rollout_of
from resolvers.rollouts import rollouts
from schema.described import described_subscription
from schema.enums import Channel
from schema.feed import ChannelMessageItem
from schema.rollout import Rollout
from schema.scalars import Cursor


@strawberry.type(description="What can be followed. Changes nothing.")
class Subscription:
    @described_subscription(
        "Channel-ready messages of one customer: what changed after the cursor, CaughtUp, then live; no "
        "hole and no double."
    )
    async def channel_messages(
        self, info: Info, customer_id: strawberry.ID, channel: Channel, after: Cursor | None = None
    ) -> AsyncGenerator[ChannelMessageItem, None]:
        context = info.context
        customer = _customer_id(customer_id, context.engine.limits)
        with context.hub.follow(customer) as follower:
            feed = ChannelFeed(context, customer, channel)
            async with aclosing(feed.items(follower, after)) as items:
                async for item in items:
                    yield item

    @described_subscription(
        "How far the newest publication of a version has got: first where it stands, then each time it has got "
        "further, until it is done or replaced."
    )
    async def rollout(self, info: Info, version_id: strawberry.ID) -> AsyncGenerator[Rollout, None]:
        async with aclosing(rollouts(info.context.engine, version_id)) as items:
            async for item in items:
                yield rollout_of(item)


def _customer_id(given: str, limits: Limits) -> str:
    return expect_id(given, ("customerId",), limits)
