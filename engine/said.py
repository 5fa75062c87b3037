"""What rules may read of the talk: the messages asked for and the contacts made, oldest first.

Only what does not depend on how a message is decided is told of it, so that deciding stays the same however often it
is done. Nothing is gathered for a rulebook that reads none of it.
"""

from collections.abc import Iterable, Mapping

from artifact.customer import Contact, Requested, Talk
from artifact.facts import Happened
from artifact.message import Message
from dsl.rulebook import Rulebook
from dsl.verdict import SILENCE, Spoken
from engine.judging import lowered
from engine.talking import Talking, is_request, requested


def said_of(talk: Talk | Talking, book: Rulebook) -> Spoken:
    """The lists that this rulebook reads."""
    listens = book.listens
    if not (listens.messages or listens.contacts):
        return SILENCE
    return Spoken(
        messages=_messages(talk, book) if listens.messages else (),
        contacts=_contacts(talk.contacts) if listens.contacts else (),
    )


def has_more_said(talking: Talking, book: Rulebook) -> bool:
    """Whether this entry may have changed what this rulebook reads of the talk; what time changes has its instant in the
    messages."""
    listens, talk = book.listens, talking.talk
    return (listens.contacts and talking.contacts != talk.contacts) or (
        listens.messages
        and ([*talking.messages], [*talking.tail])
        != ([m.id for m in talk.messages], [m.id for m in talk.tail])
    )


def _messages(talk: Talk | Talking, book: Rulebook) -> tuple[Happened, ...]:
    """Everything that was asked for, by when it reached us."""
    earlier = talk.requests if isinstance(talk, Talk) else talk.talk.requests
    known = [*_values(talk.tail), *_values(talk.messages)]
    asked = [*earlier, *(requested(m) for m in known if is_request(m))]
    return tuple(_message(one, book) for one in sorted(asked, key=lambda one: (one.at, one.id)))


def _values(messages: Mapping[str, Message] | tuple[Message, ...]) -> Iterable[Message]:
    return messages.values() if isinstance(messages, Mapping) else messages


def _message(one: Requested, book: Rulebook) -> Happened:
    """With what its topic says today; a topic that is gone keeps the category that it had."""
    topic = book.topic(one.topic)
    urgency = lowered(topic.urgency, one.lower_urgency)
    category = topic.category if topic.classified else one.category
    return Happened(
        one.at, {"id": one.id, "topic": one.topic, "category": category, "urgency": urgency.lower()}
    )


def _contacts(contacts: Iterable[Contact]) -> tuple[Happened, ...]:
    """A row for each thing that was said: a bundle is a contact about all that it said, and not about its group."""
    made = sorted(contacts, key=lambda one: (one.at, one.delivery))
    return tuple(
        Happened(one.at, {"id": id, "topic": topic, "category": category, "channel": one.channel.value})
        for id, one in enumerate(made)
        for category, topic in one.also or ((one.category, one.topic),)
    )
