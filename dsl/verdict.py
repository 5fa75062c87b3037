"""What the rules say, as data: to one event (Reaction) and about one message (Verdict).

Nothing is done here and nothing is worded; the engine merges, anchors and plans.
"""

from typing import Any

import msgspec

from artifact.channel import Channel, Urgency
from artifact.decision import RuleRow
from artifact.event import Subject
from artifact.facts import Facts, Happened
from artifact.instant import Instant
from dsl.effects import EventEffect, MessageEffect


class Spoken(msgspec.Struct, frozen=True):
    """What was asked for and what was said, oldest first, as rules may read it.

    Of a message `id`, `topic`, `category` and `urgency` are told, of a contact `topic`, `category` and `channel`.
    """

    messages: tuple[Happened, ...] = ()
    contacts: tuple[Happened, ...] = ()


SILENCE = Spoken()


class Asked(msgspec.Struct, frozen=True):
    """The message that is being decided, as rules may read it. `urgency` is what is left after the request.

    `customer` is known to experiments alone.
    """

    id: str
    topic: str
    category: str
    urgency: Urgency
    at: Instant
    source: str
    about: Subject | None
    key: str | None
    data: dict[str, Any]
    customer: str = ""


class Raised(msgspec.Struct, frozen=True):
    """One effect of an event, with who asked for it.

    `rule` names the event rule, situation or commitment; `ordinal` counts the effects of that rule on this event,
    so that the id of whatever comes of it can be derived again.
    """

    rule: str
    ordinal: int
    effect: EventEffect


class Reaction(msgspec.Struct, frozen=True):
    """All effects of one event, in a fixed order (transitions, commitments, then rules by priority and name).

    `rows` tell what became of every clause that heard of it, for whoever asked for that.
    """

    raised: tuple[Raised, ...] = ()
    rows: tuple[RuleRow, ...] = ()


class Fired(msgspec.Struct, frozen=True):
    """A message rule that matched and was not silenced.

    `rank` orders rules where only one value can win: lower first (priority, then specificity, then name).
    `holding` is True while the condition of its WHILE postpone holds. `by_unknown` is the missing fact because of
    which the rule applies (`if unknown apply`).
    """

    rule: str
    rank: int
    effects: tuple[MessageEffect, ...]
    holding: bool = True
    by_unknown: str | None = None


class Verdict(msgspec.Struct, frozen=True):
    """Phase one of deciding: what all rules say about one message, by the facts alone.

    `rows` tells of candidate rules that neither fired nor were ruled out by the index (for those, see Rulebook.ruled_out), `ties` names pairs of rules of equal rank that disagree. `reads` are the values read, by the name the author
    uses, as plain JSON. `flips_at` is the next instant at which a condition on time can change the verdict; None:
    never. `looked` is what the index found, in numbers that the rulebook reads.
    """

    fired: tuple[Fired, ...] = ()
    rows: tuple[RuleRow, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    reads: dict[str, Any] = {}
    flips_at: Instant | None = None
    looked: tuple[int, ...] = ()


class Scored(msgspec.Struct, frozen=True):
    """A score as a reader is told it. `reasons` are those of the lines that scored, each by language.

    `unknown` are the numbers of the lines that could not be decided; they scored nothing.
    """

    name: str
    value: int | float
    reasons: tuple[dict[str, str], ...] = ()
    unknown: tuple[int, ...] = ()


class Rendered(msgspec.Struct, frozen=True):
    """Words for one delivery. `subject` and `short` where the template has them."""

    body: str
    language: str
    subject: str | None = None
    short: str | None = None


class RenderContext(msgspec.Struct, frozen=True):
    """What a template may read."""

    facts: Facts
    message: dict[str, Any]
    about: Subject | None
    channel: Channel
    language: str
    zone: str
    now: Instant
    items: tuple[Rendered, ...] = ()
    more: int = 0
