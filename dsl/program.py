"""A checked rulebook as data: every declaration with its names resolved and its expressions typed.

What the interpreter runs and the compiler compiles. Effects that need no reading are the effects themselves; those
that do carry expressions.
"""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from artifact.channel import Channel
from artifact.span import Span
from dsl.effects import MessageEffect, Postpone
from dsl.figures import Figures
from dsl.rulebook import Cap, Group, QuietHours, RuleFace, Topic
from dsl.scorecards import ScorecardPlan
from dsl.tables import TablePlan
from dsl.typed import Condition, Expression
from dsl.types import Type


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """An event type; for those that the engine makes, `owner` is the situation or commitment it must be about."""

    type: str
    owner: str | None = None


class Clause(msgspec.Struct, frozen=True, gc=False):
    """What must happen, and what must hold then. `conditions` are joined by `and`."""

    triggers: tuple[Trigger, ...]
    conditions: tuple[Condition, ...] = ()


class Turn(StrEnum):
    """What a clause of a situation or commitment does."""

    OPEN = "OPEN"
    MOVE = "MOVE"
    UPDATE = "UPDATE"
    CLOSE = "CLOSE"
    MAKE = "MAKE"
    KEEP = "KEEP"
    DROP = "DROP"
    WATCH = "WATCH"


class Transition(msgspec.Struct, frozen=True, gc=False):
    """`state` for MOVE; `silence` for WATCH: how long nothing of the kind must come."""

    turn: Turn
    clause: Clause
    state: str = ""
    silence: Span | None = None


class SituationPlan(msgspec.Struct, frozen=True, gc=False):
    """`one_per` None: a customer has one at most, and its reference is empty."""

    kind: str
    one_per: str | None
    transitions: tuple[Transition, ...]
    remembers: tuple[str, ...] = ()
    expires_after: Span | None = None


Assigned: TypeAlias = tuple[tuple[str, Expression], ...]


class OpenPlan(msgspec.Struct, frozen=True, gc=False):
    kind: str
    data: Assigned = ()


class ClosePlan(msgspec.Struct, frozen=True, gc=False):
    kind: str


class MovePlan(msgspec.Struct, frozen=True, gc=False):
    kind: str
    state: str


class SetPlan(msgspec.Struct, frozen=True, gc=False):
    """`value` None clears the fact."""

    name: str
    value: Expression | None


class SendPlan(msgspec.Struct, frozen=True, gc=False):
    topic: str
    channels: tuple[Channel, ...] | None = None
    data: Assigned = ()


class WithdrawPlan(msgspec.Struct, frozen=True, gc=False):
    topics: tuple[str, ...]


class TaskPlan(msgspec.Struct, frozen=True, gc=False):
    kind: str
    team: str | None = None
    due_in: Span | None = None
    is_alert: bool = False


class PointsPlan(msgspec.Struct, frozen=True, gc=False):
    """Points for a score; what is subtracted are points below zero."""

    score: str
    points: Expression
    because: dict[str, str] = {}


class RaisePlan(msgspec.Struct, frozen=True, gc=False):
    type: str
    data: Assigned = ()


EffectPlan: TypeAlias = (
    OpenPlan | ClosePlan | MovePlan | SetPlan | PointsPlan | SendPlan | WithdrawPlan | TaskPlan | RaisePlan
)


class StagePlan(msgspec.Struct, frozen=True, gc=False):
    """What follows if a commitment is still pending so long after it was made."""

    after: Span
    effects: tuple[EffectPlan, ...]


class CommitmentPlan(msgspec.Struct, frozen=True, gc=False):
    name: str
    one_per: str | None
    within: Span
    transitions: tuple[Transition, ...]
    if_broken: tuple[EffectPlan, ...] = ()
    stages: tuple[StagePlan, ...] = ()


class Validity(msgspec.Struct, frozen=True, gc=False):
    """First and last day (ordinals) on which a rule is valid, in the customer's zone."""

    first: int
    last: int | None = None


class EventRule(msgspec.Struct, frozen=True, gc=False):
    name: str
    priority: int
    clause: Clause
    effects: tuple[EffectPlan, ...]
    validity: Validity | None = None


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """How a postpone is filled in when the rule fires. At most one of the three is given.

    `until` gives the instant of a FIXED one; `while_` and `closing` (a kind of situation) say how long a WHILE holds.
    `fixed` stands before the rule's other effects are read.
    """

    fixed: Postpone
    until: Expression | None = None
    while_: Condition | None = None
    closing: str | None = None


class MessageRule(msgspec.Struct, frozen=True, gc=False):
    """`topics` and `categories` None: any. `effects` leave out the postpone, which is in `waiting`."""

    name: str
    priority: int
    topics: tuple[str, ...] | None
    categories: tuple[str, ...] | None
    conditions: tuple[Condition, ...]
    effects: tuple[MessageEffect, ...]
    face: RuleFace
    waiting: Waiting | None = None
    apply_unknown: bool = False
    exception_to: tuple[str, ...] = ()
    validity: Validity | None = None

    @property
    def specificity(self) -> int:
        """0: speaks of topics, 1: of categories, 2: of anything."""
        return 0 if self.topics is not None else 1 if self.categories is not None else 2

    @property
    def waits_anew(self) -> bool:
        """Whether how long it postpones must be read each time that it fires."""
        waiting = self.waiting
        return waiting is not None and bool(waiting.until or waiting.while_ or waiting.closing)

    @property
    def standing_effects(self) -> tuple[MessageEffect, ...]:
        """All effects that need no reading."""
        if self.waiting is None or self.waits_anew:
            return self.effects
        return (self.waiting.fixed, *self.effects)


class CustomerHours(msgspec.Struct, frozen=True, gc=False):
    """All hours in which customers of one calendar are left in peace; theirs is the first whose condition holds."""

    calendar: str
    condition: Condition
    windows: tuple[QuietHours, ...]


WHOLE_SHARE = 2**64
"""All customers together."""

HOLDOUT = "holdout"
"""The arm of those who are told nothing, so that they can be compared."""


class Arm(msgspec.Struct, frozen=True):
    """One arm, the rule that it is, and the bounds of its shares."""

    name: str
    rule: MessageRule
    low: int
    high: int


class ExperimentPlan(msgspec.Struct, frozen=True):
    """A checked experiment. `succeeds` empty: nobody said what a success is."""

    name: str
    arms: tuple[Arm, ...]
    succeeds: tuple[Trigger, ...] = ()
    within: Span | None = None


class TemplateVariant(msgspec.Struct, frozen=True, gc=False):
    """Words for some channels (None: any) in one language. `parts` are Liquid sources by name."""

    language: str
    channels: tuple[Channel, ...] | None
    parts: dict[str, str]


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a rulebook says, in the order of its text."""

    name: str
    zone: str
    currency: str
    language: str
    owner: str | None = None
    events: dict[str, dict[str, Type]]
    topics: dict[str, Topic]
    quiet_hours: tuple[QuietHours, ...] = ()
    customer_hours: tuple[CustomerHours, ...] = ()
    caps: tuple[Cap, ...] = ()
    tables: dict[str, TablePlan] = {}
    groups: dict[str, Group] = {}
    scorecards: dict[str, ScorecardPlan] = {}
    situations: tuple[SituationPlan, ...]
    commitments: tuple[CommitmentPlan, ...]
    event_rules: tuple[EventRule, ...]
    message_rules: tuple[MessageRule, ...]
    experiments: tuple[ExperimentPlan, ...] = ()
    templates: dict[str, tuple[TemplateVariant, ...]]
    labels: dict[tuple[str, str], dict[str, str]]
    fields: dict[str, dict[str, Type]]

    @property
    def judging(self) -> tuple[MessageRule, ...]:
        """All that says something about messages: message rules, and the arms of experiments."""
        return (*self.message_rules, *(arm.rule for one in self.experiments for arm in one.arms))

    @property
    def figures(self) -> Figures:
        """What is worked out before any rule is asked."""
        return Figures(self.tables, self.scorecards)

    @property
    def keys(self) -> dict[str, str | None]:
        """The field that keys each situation and commitment."""
        plans = [(plan.kind, plan.one_per) for plan in self.situations]
        return dict(plans + [(plan.name, plan.one_per) for plan in self.commitments])
