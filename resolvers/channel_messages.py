"""`channelMessages`: what a place shows one customer; what changed since the cursor, CaughtUp, then live.

The follower is registered before anything is read, and every step is the difference between two versions: so there is
no hole and no double, whatever is committed meanwhile (I7). What cannot be replayed is said (FeedGap), and a snapshot
follows. Changes nothing.
"""

from collections.abc import AsyncGenerator, Iterator

from strawberry import ID

from artifact.channel import Channel
from artifact.customer import SCHEMA, Artifact
from resolvers.context import Context
from resolvers.feed_steps import FeedPlace, Gone, Step, steps_between
from resolvers.hub import Follower, Lagged
from schema.cursor import Listing
from schema.delivery import Delivery
from schema.feed import (
    CaughtUp,
    ChannelMessageItem,
    DeliveryChanged,
    DeliveryShown,
    DeliveryWithdrawn,
    FeedGap,
)
from schema.port import Reading
from schema.scalars import Cursor

NO_GAP = ""
RESTORED = "the store no longer holds the version this cursor names"
UPGRADED = "this cursor was given under another layout of the data"
UNSEEN = "commits may have gone by unseen"


class ChannelFeed:
    """One subscription: where its client stands, and the way from there."""

    def __init__(self, context: Context, customer_id: str, channel: Channel) -> None:
        self._context = context
        self._customer_id = customer_id
        self._channel = channel
        self._listing = Listing("channelMessages", [customer_id, str(channel)])
        self._seen: Artifact | None = None
        self._cursor = self._seal(FeedPlace(SCHEMA, 0, 0))

    async def items(
        self, follower: Follower, after: Cursor | None
    ) -> AsyncGenerator[ChannelMessageItem, None]:
        """Everything after the cursor, for ever. Raises Lagged, with the last cursor, for a reader too slow."""
        if after is not None:
            async for item in self._resumed(after):
                yield item
        for item in self._news(await self._context.engine.artifact(self._customer_id)):
            yield item
        yield CaughtUp(cursor=self._cursor)
        while True:
            unseen = await self._take(follower)
            if unseen:
                yield self._gap(UNSEEN)
            for item in self._news(await self._context.hub.artifact(self._customer_id)):
                yield item
            if unseen:
                yield CaughtUp(cursor=self._cursor)

    async def _take(self, follower: Follower) -> bool:
        try:
            return await follower.take()
        except Lagged as error:
            raise Lagged(self._cursor) from error

    async def _resumed(self, after: Cursor) -> AsyncGenerator[ChannelMessageItem, None]:
        """The rest of the way on which the cursor stands, or a gap and the empty place."""
        place = self._listing.unseal(after, FeedPlace, "after")
        self._cursor = after
        engine = self._context.engine
        newest = await engine.artifact(self._customer_id)
        problem = _problem(place, newest)
        base = await engine.at_version(self._customer_id, place.base) if place.base and not problem else None
        upto = await engine.at_version(self._customer_id, place.version) if not problem else None
        if problem or (place.version and upto is None) or (place.base and base is None):
            yield self._gap(problem or RESTORED)
            return
        for item in self._walk(base, upto, skip=place.index):
            yield item
        self._arrive(upto)

    def _news(self, newest: Artifact | None) -> list[ChannelMessageItem]:
        """The steps from what was seen last to the newest version."""
        if newest is None or newest.version <= (self._seen.version if self._seen else 0):
            return []
        seen = self._seen
        way = (self._channel, seen.version if seen else 0)
        items = self._context.hub.worked_out(newest, way, lambda: list(self._walk(seen, newest, skip=0)))
        self._arrive(newest)
        return items

    def _walk(
        self, base: Artifact | None, upto: Artifact | None, *, skip: int
    ) -> Iterator[ChannelMessageItem]:
        if upto is None:
            return
        steps = steps_between(base, upto, self._channel)
        for index, step in enumerate(steps[skip:], start=skip + 1):
            place = FeedPlace(SCHEMA, base.version if base else 0, upto.version, index)
            yield self._item(upto, step, self._seal(place))

    def _item(self, artifact: Artifact, step: Step, cursor: Cursor) -> ChannelMessageItem:
        if isinstance(step, Gone):
            return DeliveryWithdrawn(cursor=cursor, delivery_id=ID(step.delivery_id), because=step.because)
        delivery = Delivery.of(Reading(artifact, self._context.engine.now()), step.placed)
        kind = DeliveryChanged if step.changed else DeliveryShown
        return kind(cursor=cursor, delivery=delivery)

    def _arrive(self, artifact: Artifact | None) -> None:
        self._seen = artifact
        version = artifact.version if artifact else 0
        self._cursor = self._seal(FeedPlace(SCHEMA, version, version))

    def _gap(self, reason: str) -> FeedGap:
        """The client forgets what it shows; so do we, and a snapshot follows."""
        missed = self._cursor
        self._seen = None
        self._cursor = self._seal(FeedPlace(SCHEMA, 0, 0))
        return FeedGap(cursor=self._cursor, missed_from=missed, reason=reason)

    def _seal(self, place: FeedPlace) -> Cursor:
        return self._listing.seal(place)


def _problem(place: FeedPlace, newest: Artifact | None) -> str:
    """Why a cursor cannot be followed; empty: it can."""
    if place.schema != SCHEMA:
        return UPGRADED
    if place.version > (newest.version if newest else 0) or not 0 <= place.base <= place.version:
        return RESTORED
    return NO_GAP
