"""What the rules say, as data: to one event (Reaction) and about one message (Verdict).

Nothing is done here and nothing is worded; the engine merges, anchors and plans.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from artifact.channel import Channel, Urgency
from artifact.decision import RuleRow
from artifact.event import Subject
from artifact.facts import Facts, Happened
from artifact.instant import Instant
from dsl.effects import EventEffect, MessageEffect

if TYPE_CHECKING:
    from dsl.ground import Ground
    from dsl.seen import Seen


class Spoken(msgspec.Struct, frozen=True):
    """What was asked for and what was said, oldest first, as rules may read it.

    Of a message `id`, `topic`, `category` and `urgency` are told, of a contact `id`, `topic`, `category` and `channel`;
    of a contact that said several things there is a row for each, all with the same `id`.
    """

    messages: tuple[Happened, ...] = ()
    contacts: tuple[Happened, ...] = ()


SILENCE = Spoken()


class Asked(msgspec.Struct, frozen=True, gc=False):
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


class Raised(msgspec.Struct, frozen=True, gc=False):
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


class Traced(msgspec.Struct, frozen=True, gc=False):
    """What was read, by the name the author uses, as plain JSON; and what the index found, in numbers that the rulebook
    reads."""

    reads: dict[str, Any]
    looked: tuple[int, ...]


class Trail(msgspec.Struct, gc=False, eq=False):
    """How one verdict came about: put together only when somebody asks, for most verdicts change nothing.

    `packed` is what the log keeps of it (engine.traces), once it was packed: most verdicts that a record tells of are told
    of by several. `ground` is what the verdict rests on; None where that is not known.
    """

    tell: Callable[[], Traced]
    ground: "Ground | None" = None
    packed: msgspec.Raw | None = None
    _told: Traced | None = None

    @property
    def told(self) -> Traced:
        """The same each time."""
        if self._told is None:
            self._told = self.tell()
        return self._told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trail) and self.told == other.told

    __hash__ = None  # type: ignore[assignment]  # what was read is a dict


def _nothing() -> Trail:
    return Trail(lambda: Traced({}, ()))


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """Phase one of deciding: what all rules say about one message, by the facts alone.

    `rows` tells of candidate rules that neither fired nor were ruled out by the index (for those, see Rulebook.ruled_out), `ties` names pairs of rules of equal rank that disagree. `flips_at` is the next instant at which a condition on time can change the verdict; None: never.
    """

    fired: tuple[Fired, ...] = ()
    rows: tuple[RuleRow, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    flips_at: Instant | None = None
    trail: Trail = msgspec.field(default_factory=_nothing)

    def again(self, facts: Facts, zone: str, now: Instant, seen: "Seen") -> "Verdict | None":
        """The verdict about the same message of other facts, or a later instant, where it is seen at a glance that the rules
        say the same of these; its trail tells what is read now. None: judge anew.
        """
        ground = self.trail.ground
        if ground is None or (self.flips_at is not None and self.flips_at <= now):
            return None
        trail = ground.upon(facts, zone, seen)
        return None if trail is None else replace(self, trail=trail)

    @property
    def reads(self) -> dict[str, Any]:
        """The values read, by the name the author uses, as plain JSON."""
        return self.trail.told.reads

    @property
    def looked(self) -> tuple[int, ...]:
        """What the index found, in numbers that the rulebook reads."""
        return self.trail.told.looked


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
