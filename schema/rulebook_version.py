"""Saved rulebooks: drafts, what is live, and the mutations' words for saving and publishing."""

from typing import Self

import strawberry

from schema.cursor import Listing, Number
from schema.described import described
from schema.enums import RulebookState
from schema.paging import Connection, check_first, page_of
from schema.port import Info, Saved
from schema.rollout import Rollout
from schema.rulebook_check import RulebookCheck
from schema.scalars import Cursor, DateTime, moment
from schema.user_error import UserError
from store import port


@strawberry.type(description="A saved text, with errors or without.")
class RulebookVersion:
    id: strawberry.ID
    number: int = strawberry.field(description="Counts up in the order of saving.")
    state: RulebookState
    text: str
    author: str
    saved_at: DateTime
    published_at: DateTime | None = strawberry.field(description="When it last went live, or is to go live.")

    @strawberry.field
    async def check(self, info: Info) -> RulebookCheck:
        return RulebookCheck.of(await info.context.reader.checked(self.text))

    @classmethod
    def of(cls, saved: Saved) -> Self:
        return cls(
            id=strawberry.ID(saved.row.id),
            number=saved.row.number,
            state=RulebookState(saved.state),
            text=saved.row.text,
            author=saved.row.author,
            saved_at=DateTime(saved.row.saved_at),
            published_at=moment(saved.published_at),
        )


@strawberry.type(description="The manners of the brand.")
class Rulebook:
    epoch: int = strawberry.field(
        description="Counts publications, also those to come; pass it on to publish what you saw."
    )
    live: RulebookVersion | None

    @described("How far the newest publication has got.")
    async def rollout(self, info: Info) -> Rollout | None:
        return await info.context.reader.rollout()

    @described("Newest first.")
    async def versions(
        self, info: Info, first: int, after: Cursor | None = None
    ) -> Connection[RulebookVersion]:
        check_first(first, info.context.limits)
        listing = Listing("versions")
        below = listing.unseal(after, Number, "after") if after else None
        saved = await info.context.reader.versions(first + 1, below)
        return page_of(
            saved,
            first,
            lambda one: listing.seal(one.row.number),
            RulebookVersion.of,
            resumed=after is not None,
        )


@strawberry.input(description="Keep a text.")
class SaveRulebookInput:
    id: strawberry.ID = strawberry.field(
        description="The id of the version; the same id again saves nothing."
    )
    text: str = strawberry.field(description="Text with errors can be kept, never published.")
    base_version_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The newest version you saw; if another was saved since, EDIT_CONFLICT, and nothing is kept.",
    )


@strawberry.type(description="The version that was saved.")
class RulebookVersionPayload:
    rulebook_version: RulebookVersion | None
    user_errors: list[UserError]


@strawberry.input(description="Put a saved version into force.")
class PublishRulebookInput:
    id: strawberry.ID = strawberry.field(
        description="Names this call: sent again, it is answered with the publication it made."
    )
    version_id: strawberry.ID
    expected_epoch: int | None = strawberry.field(
        default=None,
        description="The epoch you saw; if another publication came between, EDIT_CONFLICT.",
    )
    effective_at: DateTime | None = strawberry.field(
        default=None, description="When it is to go live, within a year; without it, at once."
    )
    even_if_tests_fail: bool = strawberry.field(
        default=False, description="Publish although tests that it brings fail."
    )


@strawberry.input(description="Put a version in force again that was in force before.")
class RollbackRulebookInput:
    id: strawberry.ID = strawberry.field(
        description="Names this call: sent again, it is answered with the publication it made."
    )
    version_id: strawberry.ID | None = strawberry.field(
        default=None, description="Without it, the version that the newest publication replaced."
    )
    expected_epoch: int | None = strawberry.field(
        default=None,
        description="The epoch you saw; if another publication came between, EDIT_CONFLICT.",
    )


@strawberry.type(description="That a version is in force.")
class Publication:
    epoch: int
    version_id: strawberry.ID
    effective_at: DateTime
    actor: str

    @classmethod
    def of(cls, row: port.Publication) -> Self:
        return cls(
            epoch=row.epoch,
            version_id=strawberry.ID(row.rulebook_id),
            effective_at=DateTime(row.effective_at),
            actor=row.actor,
        )


@strawberry.type(description="The publication; messages that wait are decided anew in the background.")
class RolloutPayload:
    publication: Publication | None
    rollout: Rollout | None
    user_errors: list[UserError]
