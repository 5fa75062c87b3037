"""Decisions that stand, kept beside a hot artifact so that they are not made again for every event.

Deciding twice is deciding once: a decision gives its message back as it is until the next instant at which time alone can
move it, and while all that deciding reads is as it was: the message itself, the verdict of the rules, what she agreed
to and prefers, the hours in which she is left in peace, and the contact budget where it had a say. Refuses what might come out otherwise a moment later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifact.channel import Channel
from artifact.instant import Instant
from artifact.message import LIVE_STATES, DeliveryState, Message
from dsl.rulebook import Topic
from dsl.verdict import Verdict

if TYPE_CHECKING:
    from engine.budget import Budget
    from engine.draft import Draft
    from engine.moment import Moment

Taken = dict[str, list[Instant]]


@dataclass(slots=True)
class Settled:
    """One decision, and the message as it left it. `budget` is what it weighed, None where it had no say."""

    message: Message
    verdict: Verdict
    budget: Taken | None
    reserved: tuple[tuple[Instant, Channel], ...]

    def stands(self, message: Message, verdict: Verdict, moment: Moment) -> bool:
        """Whether deciding again would come to the same, in circumstances that are still the same."""
        next_at = message.next_at
        if message is not self.message or (next_at is not None and next_at <= moment.now):
            return False
        if verdict is not self.verdict:
            if not _says_the_same(verdict, self.verdict):
                return False
            self.verdict = verdict
        return self.budget is None or self.budget == moment.budget.taken

    def reserve(self, budget: Budget, topic: Topic) -> None:
        """Take from the budget what the decision took."""
        for at, channel in self.reserved:
            budget.take(at, channel, topic.category, topic.name)


def settle(draft: Draft, decided: Message, before: Taken) -> Settled | None:
    """The decision as one that stands; None where it may not. What it made of the message it would make of it again."""
    if decided.state not in LIVE_STATES or draft.restless or draft.alerts:
        return None
    if draft.gone and any(d.state is DeliveryState.IN_DOUBT for d in decided.deliveries):
        return None  # a doubt that comes up raises a task, and it may have come up in this very moment
    taken = before if draft.weighed else None
    return Settled(decided, draft.merged.verdict, taken, tuple(draft.reserved))


def _says_the_same(one: Verdict, other: Verdict) -> bool:
    """What was read may differ, as long as nothing else comes of it: a record is written only for a change."""
    return (
        one.fired == other.fired
        and one.rows == other.rows
        and one.ties == other.ties
        and one.flips_at == other.flips_at
    )


def same_circumstances(last: Moment, moment: Moment) -> bool:
    """Whether all that planning reads besides a message is as it was; the rules' part of the memory is in the verdict."""
    one, other = last.facts, moment.facts
    same_person = one is other or (
        one.consents == other.consents
        and one.preferences == other.preferences
        and one.kind is other.kind
        and one.deceased_at == other.deceased_at
    )
    return same_person and last.now <= moment.now and last.hours == moment.hours
