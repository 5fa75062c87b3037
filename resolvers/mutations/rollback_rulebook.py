"""`rollbackRulebook`: put an earlier version in force again, as a publication of its own. Anchors of holds survive."""

from engine.pipeline.publishing import Order
from engine.plain import expect_id
from resolvers.context import Info, acting
from resolvers.publishing import answered
from schema.rulebook_version import RollbackRulebookInput, RolloutPayload
from store.port import Publication


async def rollback_rulebook(info: Info, input: RollbackRulebookInput) -> RolloutPayload:
    """The same call again answers with the publication that it made."""
    return await answered(info.context.engine, _rolled_back(info, input))


async def _rolled_back(info: Info, input: RollbackRulebookInput) -> Publication:
    engine = info.context.engine
    order = Order(
        actor=acting(info.context),
        call=expect_id(input.id, ("input", "id"), engine.limits),
        expected_epoch=input.expected_epoch,
    )
    return await engine.roll_back(input.version_id, order)
