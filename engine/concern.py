"""Whom a new rulebook concerns, where it differs from the one before in nothing but rules about messages.

What stands was decided with the rules that both share, and with others that said nothing: those which the new one has
instead say nothing either, so it would be decided again as it stands. Refuses to guess: who is not sure to be
unconcerned is decided anew.
"""

from artifact.facts import Facts
from artifact.message import Message
from dsl.change import Change
from engine.fold import zone_of_customer
from engine.judging import asked_of, topic_of
from engine.said import said_of
from engine.scene import Scene
from engine.talking import Talking


def concerns(change: Change, talking: Talking, facts: Facts, scene: Scene) -> bool:
    """Whether any changed rule has, or may come to have, a say about a message of hers."""
    if scene.book is None or not change.names:
        return bool(change.names)
    messages = talking.messages.values()
    if not all(change.names.isdisjoint(_cited(message)) for message in messages):
        return True
    zone, said = zone_of_customer(facts, scene.book), said_of(talking, scene.book)
    seen = change.seen(facts)
    for message in messages:
        if message.group is None:
            asked = asked_of(message, talking.customer_id, topic_of(message, scene.book))
            if change.speaks(asked, facts, zone, talking.now, said, seen):
                return True
    return False


def _cited(message: Message) -> list[str | None]:
    """The rules that a message names and that are read again where they no longer say anything."""
    return [message.rule, *[a.rule for a in message.anchors], *[p.rule for p in message.places]]
