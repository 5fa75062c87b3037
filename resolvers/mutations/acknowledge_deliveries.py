"""`acknowledgeDeliveries`: clients report what became of deliveries of one customer."""

from typing import Any, cast

from artifact.canonical import derived_id
from artifact.errors import InputError
from resolvers.context import Context, Info, acting
from resolvers.door import Own, as_input, check_batch, submit_own
from schema.delivery import AcknowledgeDeliveriesInput, DeliveryOutcomeInput
from schema.message import Message
from schema.payloads import MessagesPayload
from schema.user_error import UserError


async def acknowledge_deliveries(info: Info, input: AcknowledgeDeliveriesInput) -> MessagesPayload:
    """Each outcome is an event of its own, so one that is refused does not undo the others."""
    context = info.context
    try:
        actor = acting(context)
        check_batch(len(input.deliveries), context.engine.limits, "input", "deliveries")
        owns = [_own(input, index, item) for index, item in enumerate(input.deliveries)]
        outcomes = await submit_own(context.engine, owns, actor)
    except InputError as error:
        return MessagesPayload(messages=[], user_errors=[UserError.of(error)])
    errors = [
        UserError.of(as_input(outcome.error).under(*own.path))
        for own, outcome in zip(owns, outcomes, strict=True)
        if outcome.error is not None
    ]
    wanted: set[str] = {item.delivery_id for item in input.deliveries}
    return MessagesPayload(messages=await _touched(context, input.customer_id, wanted), user_errors=errors)


def _own(input: AcknowledgeDeliveriesInput, index: int, item: DeliveryOutcomeInput) -> Own:
    """The id follows from call and delivery: the same call again reports nothing twice."""
    data: dict[str, Any] = {"delivery": item.delivery_id}
    if item.at is not None:
        data["at"] = item.at
    return Own(
        customer_id=input.customer_id,
        id=derived_id("ack", input.id, item.delivery_id, item.outcome),
        type=f"delivery.{item.outcome.lower()}",
        data=data,
        at=cast(str | None, item.at),
        path=("input", "deliveries", str(index)),
    )


async def _touched(context: Context, customer_id: str, deliveries: set[str]) -> list[Message]:
    """The customer's messages that have one of these deliveries."""
    reading = await context.reader.customer(customer_id)
    if reading is None:
        return []
    talk = reading.artifact.body.talk
    rows = (*talk.tail, *talk.messages)
    return [Message.of(reading, row) for row in rows if any(one.id in deliveries for one in row.deliveries)]
