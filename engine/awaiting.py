"""Messages that wait until something happens: what comes is noted on the holds that it ends.

A hold ends by what arrives after it began, so this belongs to what is being said (the order of arrival), not to the
memory: a late event ends it too.
"""

from msgspec.structs import replace

from artifact.event import Event
from dsl.rulebook import Rulebook
from engine.talking import Talking


def note(talking: Talking, event: Event, book: Rulebook | None) -> None:
    """Let an event end the holds that wait for one of its type about the same subject."""
    if book is None or event.type not in book.awaited:
        return
    rules = book.awaited[event.type]
    for message in list(talking.messages.values()):
        waits = any(a.rule in rules and not a.happened for a in message.anchors)
        if waits and book.concerns(event, message.request.about):
            anchors = tuple(replace(a, happened=True) if a.rule in rules else a for a in message.anchors)
            talking.keep(replace(message, anchors=anchors))
