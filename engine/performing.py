"""What folding asked for, done to what is being said: messages admitted, tasks raised and closed, holds ended."""

from artifact.canonical import derived_id
from artifact.customer import StaffTask
from artifact.errors import InputError
from artifact.event import Subject
from artifact.message import Delivery, DeliveryState, Message, MessageState
from artifact.states import LEFT_STATES
from engine.admitting import admit, close, message_id
from engine.awaiting import note
from engine.outputs import Asked, Happened, Output, Settled, Tasked, Withdrew
from engine.scene import Scene
from engine.talking import Talking


def perform(
    talking: Talking, outputs: list[Output], scene: Scene, cause: str, outdated: frozenset[object]
) -> None:
    """Do what folding asked for: withdrawals first, so that what is asked in the same breath stays."""
    for output in outputs:
        if isinstance(output, Withdrew):
            _withdraw(talking, output, scene, cause)
    for output in outputs:
        if isinstance(output, Tasked):
            talking.task(_staff_task(talking, output))
        elif isinstance(output, Settled):
            _cancel(talking, output)
        elif isinstance(output, Happened):
            note(talking, output.event, scene.book)
        elif isinstance(output, Asked):
            _admit_asked(talking, output, scene, cause, outdated=output.cause in outdated)


def _withdraw(talking: Talking, withdrew: Withdrew, scene: Scene, cause: str) -> None:
    for message in [m for m in talking.messages.values() if m.request.topic in withdrew.topics]:
        if message.group is None and message.number < talking.n and message.request.at <= withdrew.at:
            close(talking, message, MessageState.RETRACTED, "withdrawn", scene, cause)


def _cancel(talking: Talking, settled: Settled) -> None:
    """Nobody need do any more what was asked because of a promise."""
    for task in [t for t in talking.tasks.values() if t.promise == settled.promise]:
        talking.close_task(task.id, "CANCELLED")


def _admit_asked(talking: Talking, asked: Asked, scene: Scene, cause: str, *, outdated: bool) -> None:
    """Take in what the memory asks for; once, even if it was taken back and is asked for again."""
    known = talking.find(message_id(talking.customer_id, asked.request.source, asked.request.id))
    if known is not None and (known.id in talking.messages or departed(talking, known)):
        return
    try:
        admit(talking, asked.request, scene, cause, outdated=outdated)
    except InputError as full:
        talking.task(
            StaffTask(
                id=derived_id("t", talking.customer_id, asked.id, "refused"),
                kind="message_refused",
                raised_at=talking.now,
                reason=full.message,
                is_alert=True,
                about=asked.request.about,
            )
        )


def task_id(talking: Talking, tasked: Tasked) -> str:
    """A deadline knows no customer: the id of its task must."""
    return derived_id("t", talking.customer_id, tasked.id)


def _staff_task(talking: Talking, tasked: Tasked) -> StaffTask:
    about = (
        Subject(tasked.about_kind, tasked.about_reference or "") if tasked.about_kind is not None else None
    )
    return StaffTask(
        id=task_id(talking, tasked),
        kind=tasked.kind,
        raised_at=tasked.at,
        reason=tasked.reason,
        team=tasked.team,
        is_alert=tasked.is_alert,
        due=tasked.due,
        about=about,
        origin=tasked.origin,
        promise=tasked.promise,
    )


def departed(talking: Talking, message: Message) -> list[Delivery]:
    """Deliveries that have left, or may have; with others, where it went with others."""
    return [
        d for d in talking.spoken(message) if d.state in LEFT_STATES and d.state is not DeliveryState.FAILED
    ]
