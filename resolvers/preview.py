"""`previewRulebook`: a page of what would change, shaped for the contract."""

import strawberry

from engine.pipeline.preview import Example, Place, Side
from resolvers.context import Info
from schema.cursor import Listing
from schema.paging import check_first
from schema.rulebook_preview import (
    PreviewCause,
    PreviewExample,
    PreviewMove,
    PreviewSide,
    RulebookPreview,
)
from schema.scalars import Cursor


async def preview_rulebook(
    info: Info, version_id: strawberry.ID, first: int, after: Cursor | None = None
) -> RulebookPreview:
    """Of at most so many messages that would change it is also said how."""
    engine = info.context.engine
    check_first(first, engine.limits)
    listing = Listing("previewRulebook", version_id)
    place = listing.unseal(after, Place, "after") if after else None
    page = await engine.preview(version_id, first, place)
    return RulebookPreview(
        version_id=version_id,
        customers=page.customers,
        messages=page.messages,
        changed=page.changed,
        failed=page.failed,
        moves=[PreviewMove(before=m.before, after=m.after, count=m.count) for m in page.moves],
        causes=[PreviewCause(reason=c.reason, rule=c.rule, count=c.count) for c in page.causes],
        examples=[_example(one) for one in page.examples],
        end_cursor=listing.seal(page.after) if page.after is not None else None,
    )


def _example(one: Example) -> PreviewExample:
    return PreviewExample(
        customer_id=strawberry.ID(one.customer_id),
        message_id=strawberry.ID(one.message_id),
        label=one.topic,
        before=_side(one.before),
        after=_side(one.after),
        because=one.because,
    )


def _side(side: Side) -> PreviewSide:
    return PreviewSide(state=side.state, reason=side.reason, rule=side.rule, explanation=side.sentence)
