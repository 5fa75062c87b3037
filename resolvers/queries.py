"""Query: everything that can be asked. Changes nothing."""

import strawberry

from resolvers.context import Info
from resolvers.preview import preview_rulebook
from schema.cursor import Listing
from schema.customer import Customer
from schema.described import described
from schema.message import Message
from schema.message_filter import MessageFilterInput, conditions_of, filter_of
from schema.paging import Connection, check_first
from schema.rulebook_check import RulebookCheck
from schema.rulebook_version import Rulebook, RulebookVersion
from schema.scalars import Cursor, DateTime, instant_given
from schema.viewer import Viewer
from store.listing import cursor_of


@strawberry.type(description="Everything that can be asked. Changes nothing.")
class Query:
    @described("Who acts.")
    def viewer(self, info: Info) -> Viewer:
        return Viewer(actor=info.context.actor)

    @described(
        "The working memory of one customer, now, or as of `asOf` (by when things happened) as we knew it at "
        "`knownAt`."
    )
    async def customer(
        self,
        info: Info,
        id: strawberry.ID,
        as_of: DateTime | None = None,
        known_at: DateTime | None = None,
    ) -> Customer | None:
        reading = await info.context.reader.customer_at(
            id, instant_given(as_of, "asOf"), instant_given(known_at, "knownAt")
        )
        return None if reading is None else Customer.of(reading)

    @described("A message by its id, open or closed, however long ago.")
    async def message(self, info: Info, id: strawberry.ID) -> Message | None:
        found = await info.context.reader.message(id)
        return None if found is None else Message.of(*found)

    @described(
        "Messages of all customers, newest received first: for example every one that a rule blocked "
        "last week."
    )
    async def messages(
        self,
        info: Info,
        first: int,
        after: Cursor | None = None,
        where: MessageFilterInput | None = None,
    ) -> Connection[Message]:
        check_first(first, info.context.limits)
        wanted = filter_of(where)
        listing = Listing("messages", conditions_of(wanted))
        place = listing.unseal(after, str, "after") if after else None
        page = await info.context.engine.store.messages(wanted, first, place)
        readings = await info.context.reader.customers({row.customer_id for row in page.items})
        return Connection[Message].of(
            [row for row in page.items if row.customer_id in readings],
            lambda row: listing.seal(cursor_of(wanted, row)),
            lambda row: Message.of(readings[row.customer_id], row.message),
            more=page.after is not None,
            resumed=after is not None,
        )

    @described("The manners of the brand.")
    async def rulebook(self, info: Info) -> Rulebook:
        epoch, live = await info.context.reader.live()
        return Rulebook(epoch=epoch, live=None if live is None else RulebookVersion.of(live))

    @described("One saved version.")
    async def rulebook_version(self, info: Info, id: strawberry.ID) -> RulebookVersion | None:
        found = await info.context.reader.version(id)
        return None if found is None else RulebookVersion.of(found)

    preview_rulebook = strawberry.field(
        preview_rulebook,
        description="What would change if a saved version went live now: counts over a page of customers, and "
        "`first` examples in words. Nothing is stored.",
    )

    @described("What the checker makes of a text; nothing is stored.")
    async def check_rulebook(self, info: Info, text: str) -> RulebookCheck:
        return RulebookCheck.of(await info.context.reader.checked(text))
