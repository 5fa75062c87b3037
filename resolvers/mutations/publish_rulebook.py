"""`publishRulebook`: put a saved version into force, now or later. Returns at once; what waits is decided anew afterwards."""

from engine.pipeline.publishing import Order
from engine.plain import expect_id
from resolvers.context import Info, acting
from resolvers.publishing import answered
from schema.rulebook_version import PublishRulebookInput, RolloutPayload
from schema.scalars import instant_given
from store.port import Publication


async def publish_rulebook(info: Info, input: PublishRulebookInput) -> RolloutPayload:
    """The same call again, and publishing what is live already, answer with the publication that there is."""
    return await answered(info.context.engine, _published(info, input))


async def _published(info: Info, input: PublishRulebookInput) -> Publication:
    engine = info.context.engine
    order = Order(
        actor=acting(info.context),
        call=expect_id(input.id, ("input", "id"), engine.limits),
        expected_epoch=input.expected_epoch,
        effective_at=instant_given(input.effective_at, "input", "effectiveAt"),
        even_if_tests_fail=input.even_if_tests_fail,
    )
    return await engine.publish(input.version_id, order)
