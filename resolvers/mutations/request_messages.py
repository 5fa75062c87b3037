"""`requestMessages`: back-ends ask for messages; the rulebook decides what becomes of them."""

from collections.abc import Mapping
from typing import Any

import strawberry

from artifact.errors import InputError
from artifact.event import Event
from engine import intake
from engine.pipeline import Outcome
from resolvers.context import Info, acting
from resolvers.door import as_input, check_batch, submit_each
from schema.given import given
from schema.request import MessageRequestInput, RequestMessagesPayload, RequestResult
from schema.user_error import UserError


async def request_messages(info: Info, inputs: list[MessageRequestInput]) -> RequestMessagesPayload:
    """Up to 100 requests; results in the order given."""
    engine = info.context.engine
    try:
        actor = acting(info.context)
        check_batch(len(inputs), engine.limits, "inputs")

        def read(mapping: Mapping[str, Any], path: tuple[str, ...]) -> Event:
            return intake.request_event_from(_plain(mapping), engine.limits, engine.now(), actor, path)

        mappings = given(inputs)
        answers = await submit_each(engine, mappings, read)
    except InputError as error:
        return RequestMessagesPayload(results=[], user_errors=[UserError.of(error)])
    results = [
        _result(index, mapping["id"], answer)
        for index, (mapping, answer) in enumerate(zip(mappings, answers, strict=True))
    ]
    return RequestMessagesPayload(results=results, user_errors=[])


def _plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The request as plain JSON: data of an event is what a log can hold, not values of our enums."""
    plain = dict(mapping)
    if mapping.get("channels") is not None:
        plain["channels"] = [channel.value for channel in mapping["channels"]]
    if mapping.get("lowerUrgency") is not None:
        plain["lowerUrgency"] = mapping["lowerUrgency"].value
    if mapping.get("content") is not None:
        plain["content"] = [
            item if item.get("channel") is None else {**item, "channel": item["channel"].value}
            for item in mapping["content"]
        ]
    return plain


def _result(index: int, id: str, answer: Outcome | InputError) -> RequestResult:
    if isinstance(answer, InputError):
        return RequestResult.refused(id, answer)
    errors = []
    if answer.error is not None:
        errors.append(UserError.of(as_input(answer.error).under("inputs", str(index))))
    return RequestResult(
        request_id=strawberry.ID(id), status=answer.status, user_errors=errors, _message_id=answer.message_id
    )
