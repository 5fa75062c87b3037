"""What would change if a rulebook went live now."""

import strawberry

from schema.described import described
from schema.enums import MessageState
from schema.port import Info
from schema.scalars import Cursor


@strawberry.type(
    description="Messages that would go from one state to another; equal states: another reason or instant."
)
class PreviewMove:
    before: MessageState
    after: MessageState
    count: int


@strawberry.type(description="Messages that would change and then stand for this reason.")
class PreviewCause:
    reason: str
    rule: str | None = strawberry.field(description="The rule of the draft behind it.")
    count: int


@strawberry.type(description="A message on one side of the change.")
class PreviewSide:
    state: MessageState
    reason: str
    rule: str | None
    explanation: str = strawberry.field(description="One sentence an agent could read aloud.")


@strawberry.type(description="One message that would change.")
class PreviewExample:
    customer_id: strawberry.ID
    message_id: strawberry.ID
    label: str = strawberry.field(description="The display name of its topic.")
    before: PreviewSide
    after: PreviewSide
    because: str | None = strawberry.field(description="The reason that the author gave the draft's rule.")


@strawberry.type(
    description="What would change if a version went live now, for the customers of one page. Nothing is stored. "
    "Add the pages up: all of them look at one instant."
)
class RulebookPreview:
    version_id: strawberry.ID
    customers: int = strawberry.field(description="Customers of this page.")
    messages: int = strawberry.field(description="Open messages of this page's customers.")
    changed: int = strawberry.field(description="Of these, those that would change.")
    failed: int = strawberry.field(
        description="Customers of this page who could not be decided: a fault of ours, in our log."
    )
    moves: list[PreviewMove]
    causes: list[PreviewCause]
    examples: list[PreviewExample]
    end_cursor: Cursor | None = strawberry.field(
        description="Where the next page begins; null after the last."
    )

    @described("Customers there are, on all pages.")
    async def total(self, info: Info) -> int:
        return await info.context.reader.customer_count()
