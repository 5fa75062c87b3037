"""Decisions that stand, so that they are not made again for every event.

Deciding twice is deciding once: a decision gives its message back as it is until the next instant at which time alone can
move it, and while all that deciding reads is as it was: the message itself, what the rules say of it, what she agreed
to and prefers, the hours in which she is left in peace, and what is taken of the contact budget ahead of it. What the
rules said is kept in the talk as a mark, so what is just read from the store stands as what is at hand does
(docs/decisions/0015). Refuses what might come out otherwise a moment later.
"""

from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import TypeAlias

import msgspec

from artifact.customer import Contact, Talk
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import Message
from dsl.rulebook import Rulebook

Marks: TypeAlias = dict[str, int]
"""The mark of each message, by its id."""

UNSETTLED = 0
"""The mark of a message that is to be decided with every entry."""

GROUPED = 1
"""This bit of a mark tells that a group may have to do with the message, by what the rules say."""

BUNDLED = GROUPED
"""The mark of a bundle, of which no rule says anything."""


class Left(msgspec.Struct, frozen=True, gc=False):
    """What the deciding before left: the open messages by id, the marks of those that may stand, and what else it read.

    `contacts` are those that it counted, `facts` what it knew, `now` its instant.
    """

    messages: dict[str, Message]
    marks: Marks
    contacts: tuple[Contact, ...]
    facts: Facts
    now: Instant

    def stands(self, message: Message, mark: int, now: Instant) -> bool:
        """Whether deciding it again would come to the same, in circumstances that are still the same."""
        id, next_at = message.id, message.next_at
        return (
            self.messages.get(id) is message
            and self.marks.get(id) == mark != UNSETTLED
            and (next_at is None or now < next_at)
        )

    def rests(self, message: Message, mark: int, now: Instant, in_company: bool) -> bool:
        """Whether it stands, and has nothing to do with groups where anybody is `in_company`."""
        return self.stands(message, mark, now) and not (in_company and (mark & GROUPED or message.places))

    def resting(
        self, messages: Mapping[str, Message], now: Instant, in_company: bool
    ) -> tuple[Marks, list[Message]]:
        """The marks of those that stand if the rules say what they said, and the others; where they read the same, they do.

        Where anybody is `in_company`, those with whom groups may have to do go as the others go, and do not rest.
        """
        resting: Marks = {}
        others: list[Message] = []
        left, marks = self.messages.get, self.marks.get
        for id, message in messages.items():
            mark, next_at = marks(id), message.next_at
            if (
                not mark
                or (next_at is not None and next_at <= now)
                or left(id) is not message
                or (in_company and (mark & GROUPED or message.places))
            ):
                others.append(message)
            else:
                resting[id] = mark
        return resting, others


def left_by(talk: Talk, facts: Facts, now: Instant, revision: str) -> Left:
    """What the entry before left; nothing of it stands under another rulebook."""
    fits = talk.revision == revision and len(talk.marks) == len(talk.messages)
    marks = talk.marks if fits else (UNSETTLED,) * len(talk.messages)
    messages = {m.id: m for m in talk.messages}
    return Left(messages, dict(zip(messages, marks, strict=True)), talk.contacts, facts, now)


def marks_of(messages: Mapping[str, Message], left: Left) -> tuple[int, ...]:
    """The mark of each message, in their order: where something changed it after it was decided, it does not stand."""
    if left.messages is messages:
        return tuple(map(left.marks.get, messages, _EACH_UNSETTLED))
    return tuple(map(_mark_of, messages.values(), repeat(left)))


def _mark_of(message: Message, left: Left) -> int:
    id = message.id
    return left.marks.get(id, UNSETTLED) if left.messages.get(id) is message else UNSETTLED


_EACH_UNSETTLED = repeat(UNSETTLED)


def none_due(messages: Iterable[Message], now: Instant) -> bool:
    """Whether time alone has moved none of them yet."""
    for message in messages:
        next_at = message.next_at
        if next_at is not None and next_at <= now:
            return False
    return True


def all_settled(talk: Talk) -> bool:
    """Whether every open message was left as a decision that stands."""
    return len(talk.marks) == len(talk.messages) and UNSETTLED not in talk.marks


def same_circumstances(before: Facts, now: Facts, book: Rulebook) -> bool:
    """Whether all that planning reads of her is as it was; the rules' part of the memory is in the marks."""
    return before is now or (
        before.consents == now.consents
        and before.preferences == now.preferences
        and before.kind is now.kind
        and before.deceased_at == now.deceased_at
        and book.hours_of(before) == book.hours_of(now)
    )
