"""Messages that wait until something happens: what comes is noted on the holds that it ends.

A hold ends by what arrives after it began, so this belongs to what is being said (the order of arrival), not to the
memory: a late event ends it too. What is taken back has not happened: a hold that nothing else has ended goes on.
"""

from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.event import Event, EventKey
from artifact.message import Anchor
from dsl.rulebook import Rulebook
from engine.talking import Talking

ENDINGS = 8
"""How many events a hold is told to be ended by. One that so many have ended stays so, whatever is taken back."""


def note(talking: Talking, event: Event, book: Rulebook | None) -> None:
    """Let an event end the holds that wait for one of its type about the same subject."""
    if book is not None and event.type in book.awaited:
        _end_holds(talking, event, book, book.awaited[event.type])


def _end_holds(talking: Talking, event: Event, book: Rulebook, rules: frozenset[str]) -> None:
    name = _name_of(event.key)
    for message in list(talking.messages.values()):
        waits = any(a.rule in rules for a in message.anchors)
        if waits and book.concerns(event, message.request.about):
            anchors = tuple(_ended(a, name) if a.rule in rules else a for a in message.anchors)
            if anchors != message.anchors:
                talking.keep(replace(message, anchors=anchors))


def forget(talking: Talking, key: EventKey) -> None:
    """An event has not happened after all: it ends no hold."""
    name = _name_of(key)
    for message in list(talking.messages.values()):
        anchors = tuple(_going_on(a, name) if name in a.ended_by else a for a in message.anchors)
        if anchors != message.anchors:
            talking.keep(replace(message, anchors=anchors))


def _ended(anchor: Anchor, name: str) -> Anchor:
    by = anchor.ended_by
    return anchor if name in by or len(by) == ENDINGS else replace(anchor, ended_by=(*by, name))


def _going_on(anchor: Anchor, name: str) -> Anchor:
    by = anchor.ended_by
    return anchor if len(by) == ENDINGS else replace(anchor, ended_by=tuple(one for one in by if one != name))


def _name_of(key: EventKey) -> str:
    """Short, however long the ids of a source are."""
    return derived_id("e", key.source, key.id)
