"""The one door: what a mutation says becomes events, and the engine answers each.

Refuses to decide anything. An event that Memento words itself (its source is `memento.api`) is dated by our clock
unless the client dates it; the same call sent again would then differ in its date alone, so it is given the date of
the first one and becomes the duplicate that it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.instant import Instant
from artifact.limits import Limits
from engine import intake
from engine.pipeline import Engine, Outcome

API_SOURCE = "memento.api"
"""The source of events that mutations word themselves."""

Read = Callable[[Mapping[str, Any], tuple[str, ...]], Event]


def check_batch(count: int, limits: Limits, *path: str) -> None:
    """Raises InputError BATCH_SIZE for nothing, and for more than a batch holds."""
    if not 1 <= count <= limits.batch_events:
        raise InputError(
            ErrorCode.BATCH_SIZE,
            f"{count} items were given; a call takes 1 to {limits.batch_events}",
            help=f"split what you have into calls of at most {limits.batch_events}",
            path=path,
        )


async def submit_each(
    engine: Engine, inputs: Sequence[Mapping[str, Any]], read: Read
) -> list[Outcome | InputError]:
    """Submit every input that can be read; the others are answered with what is wrong with them, in place."""
    events: list[Event] = []
    answers: list[Outcome | InputError | None] = []
    for index, mapping in enumerate(inputs):
        try:
            events.append(read(mapping, ("inputs", str(index))))
            answers.append(None)
        except InputError as error:
            answers.append(error)
    outcomes = iter(await engine.submit(events) if events else [])
    return [next(outcomes) if answer is None else answer for answer in answers]


class Own(msgspec.Struct, frozen=True):
    """An event that a mutation words itself. `at` None: the client did not date it."""

    customer_id: str
    id: str
    type: str
    data: dict[str, Any]
    at: str | Instant | None = None
    path: tuple[str, ...] = ("input",)


async def submit_own(engine: Engine, owns: Sequence[Own], actor: str) -> list[Outcome]:
    """Submit events of our own wording. Raises InputError for the first that can't be read."""
    outcomes = await engine.submit([_event(engine, own, actor) for own in owns])
    for index, (own, outcome) in enumerate(zip(owns, outcomes, strict=True)):
        if own.at is None and outcome.error is not None and outcome.error.code is ErrorCode.EVENT_CONFLICT:
            outcomes[index] = await _again(engine, own, actor, outcome)
    return outcomes


async def _again(engine: Engine, own: Own, actor: str, refused: Outcome) -> Outcome:
    """The same event under the date that the first one was given."""
    entry = await engine.store.events(own.customer_id, API_SOURCE, own.id)
    if entry is None or entry.event is None:
        return refused
    dated = msgspec.structs.replace(own, at=entry.event.at)
    return (await engine.submit([_event(engine, dated, actor)]))[0]


def _event(engine: Engine, own: Own, actor: str) -> Event:
    at = engine.now() if own.at is None else own.at
    mapping = {
        "source": API_SOURCE,
        "id": own.id,
        "customerId": own.customer_id,
        "type": own.type,
        "at": at,
        "data": own.data,
    }
    try:
        return intake.event_from(mapping, engine.limits, engine.now(), actor, internal=True)
    except InputError as error:
        raise as_input(error).under(*own.path) from error


_INPUT_NAMES = {
    "delivery": "deliveryId",
    "message": "messageId",
    "interaction": "interactionId",
    "wording": "wordingShown",
}


def as_input(error: InputError) -> InputError:
    """The error of an event seen from the mutation's input: its fields stand at the top and have longer names."""
    path = error.path[1:] if error.path[:1] == ("data",) else error.path
    if path[:1] != error.path[:1] and path:
        path = (_INPUT_NAMES.get(path[0], path[0]), *path[1:])
    return InputError(error.code, error.message, help=error.help, path=path)
