"""`tellMessage`: a person of the brand told the customer, so nothing needs to be sent any more."""

from typing import cast

from artifact.errors import ErrorCode, InputError
from resolvers.context import Info, acting
from resolvers.door import Own, as_input, submit_own
from schema.message import Message
from schema.payloads import MessagePayload, TellMessageInput
from schema.user_error import UserError


async def tell_message(info: Info, input: TellMessageInput) -> MessagePayload:
    """What was told, and in which call or visit, is recorded with who told it."""
    context = info.context
    errors: list[UserError] = []
    try:
        actor = acting(context)
        row = await context.engine.store.message(input.message_id)
        if row is None:
            raise InputError(
                ErrorCode.MESSAGE_UNKNOWN, "there is no such message", path=("input", "messageId")
            )
        own = Own(row.customer_id, input.id, "delivery.told", _data(input), cast(str | None, input.at))
        (outcome,) = await submit_own(context.engine, [own], actor)
        if outcome.error is not None:
            errors = [UserError.of(as_input(outcome.error).under("input"))]
    except InputError as error:
        return MessagePayload(message=None, user_errors=[UserError.of(error)])
    found = await context.reader.message(input.message_id)
    return MessagePayload(message=None if found is None else Message.of(*found), user_errors=errors)


def _data(input: TellMessageInput) -> dict[str, object]:
    data: dict[str, object] = {"message": input.message_id}
    if input.interaction_id is not None:
        data["interaction"] = input.interaction_id
    if input.wording_shown is not None:
        data["wording"] = input.wording_shown
    return data
