"""`ingestEvents`: facts from back-ends. Each has its own result; one in error does not stop the others."""

from collections.abc import Mapping
from typing import Any

import strawberry

from artifact.errors import InputError
from artifact.event import Event
from engine import intake
from engine.pipeline import Outcome
from resolvers.context import Info, acting
from resolvers.door import check_batch, submit_each
from schema.event import EventInput, EventResult, IngestEventsPayload
from schema.given import given
from schema.user_error import UserError


async def ingest_events(info: Info, inputs: list[EventInput]) -> IngestEventsPayload:
    """Up to 100 events; results in the order given."""
    engine = info.context.engine
    try:
        actor = acting(info.context)
        check_batch(len(inputs), engine.limits, "inputs")

        def read(mapping: Mapping[str, Any], path: tuple[str, ...]) -> Event:
            return intake.event_from(mapping, engine.limits, engine.now(), actor, path)

        mappings = given(inputs)
        answers = await submit_each(engine, mappings, read)
    except InputError as error:
        return IngestEventsPayload(results=[], user_errors=[UserError.of(error)])
    results = [
        _result(index, mapping["id"], answer)
        for index, (mapping, answer) in enumerate(zip(mappings, answers, strict=True))
    ]
    return IngestEventsPayload(results=results, user_errors=[])


def _result(index: int, id: str, answer: Outcome | InputError) -> EventResult:
    if isinstance(answer, InputError):
        return EventResult.refused(id, answer)
    errors = [] if answer.error is None else [UserError.of(answer.error.under("inputs", str(index)))]
    return EventResult(
        event_id=strawberry.ID(id),
        status=answer.status,
        customer_version=answer.customer_version,
        user_errors=errors,
    )
