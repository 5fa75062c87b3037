"""What is taken back when the memory turns out otherwise: by a late event, or by one that corrects another.

Effects happen once: only the difference between the old memory and the new is applied. A message goes on as long as anyone
still asks for it. What has left is never unsaid: a correction follows it, or a person is asked (I4).
"""

from msgspec.structs import replace

from artifact.customer import LateMark
from artifact.errors import InputError
from artifact.event import Event
from artifact.message import Delivery, Message, MessageState, Request
from engine.admitting import admit, close, message_id
from engine.awaiting import forget
from engine.outputs import Asked, Happened, Output, Tasked
from engine.performing import departed, perform, task_id
from engine.refold import Refolded
from engine.scene import Scene
from engine.talking import Talking


def apply_difference(
    talking: Talking, refolded: Refolded, event: Event, scene: Scene, cause: str | None = None
) -> None:
    """Take back what the new memory does not ask for, add what the old one did not (effects happen once)."""
    talking.lates = (*talking.lates, LateMark(talking.n, event.at))
    renewed = {o.origin for o in refolded.added}
    for output in refolded.removed:
        _take_back(talking, output, scene, cause or event.type, superseded=output.origin in renewed)
    perform(talking, list(refolded.added), scene, cause or event.type, refolded.outdated)


def _take_back(talking: Talking, output: Output, scene: Scene, cause: str, *, superseded: bool) -> None:
    if isinstance(output, Tasked):
        talking.close_task(task_id(talking, output), "CANCELLED")
    if isinstance(output, Asked):
        key = output.request.source, output.request.id
        _no_longer_asked(talking, key, scene, cause, superseded=superseded)
    if isinstance(output, Happened):
        forget(talking, output.event.key)


def take_back_request(talking: Talking, corrected: Event, scene: Scene, cause: str) -> None:
    """What a back-end asked for by mistake."""
    _no_longer_asked(talking, (corrected.source, corrected.id), scene, cause, superseded=False)


def _no_longer_asked(
    talking: Talking, key: tuple[str, str], scene: Scene, cause: str, *, superseded: bool
) -> None:
    """Live messages are looked at first: what was joined to one of them is kept as closed, too."""
    known = (*talking.messages.values(), *talking.tail.values())
    message = next((m for m in known if any(_key(r) == key for r in (m.request, *m.sources))), None)
    if message is None or message.group is not None:
        return
    going_on = without(message, key)
    if going_on is not None and not (superseded and _key(message.request) == key):
        talking.keep(going_on)
    else:
        _retract(talking, message, scene, cause, superseded=superseded)


def without(message: Message, key: tuple[str, str]) -> Message | None:
    """The message in the name of those who still ask for it when the request of (source, id) is gone; None for nobody."""
    asking = [request for request in (message.request, *message.sources) if _key(request) != key]
    return replace(message, request=asking[0], sources=tuple(asking[1:])) if asking else None


def _key(request: Request) -> tuple[str, str]:
    return request.source, request.id


def _retract(talking: Talking, message: Message, scene: Scene, cause: str, *, superseded: bool) -> None:
    """What has not left is taken back. Where something has left, a correction goes there, or a person is asked."""
    if message.id in talking.messages:
        state = MessageState.SUPERSEDED if superseded else MessageState.RETRACTED
        message = close(talking, message, state, "corrected", scene, cause)
    left = departed(talking, message)
    if left and not _correct_by_message(talking, message, left, scene, cause):
        talking.alert("correction_needed", message, scene)


def _correct_by_message(
    talking: Talking, message: Message, left: list[Delivery], scene: Scene, cause: str
) -> bool:
    """Send a correction where the message went; False where the rulebook words none, or there is no room for it."""
    if scene.book is None or "correction" not in scene.book.topics:
        return False
    request = replace(
        message.request,
        source="memento",
        id=f"{message.request.id}/correction",
        topic="correction",
        key=None,
        expires_at=None,
        channels=tuple(dict.fromkeys(d.channel for d in left)),
        content=(),
        data={**message.request.data, "corrected_topic": message.request.topic},
    )
    if talking.find(message_id(talking.customer_id, request.source, request.id)) is not None:
        return True
    try:
        correction = admit(talking, request, scene, cause)
    except InputError:
        return False
    talking.keep(replace(correction, correcting=message.id))
    return True
