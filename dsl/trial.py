"""A `test` of a rulebook as data: what is given, what happens when, what is expected. Running it is the engine's part."""

from typing import Any, TypeAlias

import msgspec

from artifact.event import Subject
from artifact.instant import Instant
from artifact.span import Span
from dsl.effects import EventEffect, MessageEffect
from dsl.typed import Condition


class GivenFact(msgspec.Struct, frozen=True):
    """A fact of the customer, as stored; `value` is plain JSON, None: unknown."""

    name: str
    value: Any


class GivenSituation(msgspec.Struct, frozen=True):
    """A situation that is there when the test begins, since `since` before its start (None: since then)."""

    kind: str
    reference: str
    state: str
    since: Span | None = None
    data: dict[str, Any] = {}


class GivenCommitment(msgspec.Struct, frozen=True):
    """A commitment that is there when the test begins; `state` is pending, kept, broken or dropped."""

    name: str
    reference: str
    state: str
    since: Span | None = None


class GivenEvent(msgspec.Struct, frozen=True):
    """An event that came `ago` before the start of the test."""

    type: str
    ago: Span | None = None
    data: dict[str, Any] = {}


class GivenItems(msgspec.Struct, frozen=True):
    """So many more in a list of the customer, as stored, each with these fields."""

    name: str
    count: int
    data: dict[str, Any] = {}


class GivenSaid(msgspec.Struct, frozen=True):
    """So many `messages` that were asked for, or `contacts` that were made, at `at` (None: at the start).

    `data` names topic, category and channel.
    """

    name: str
    count: int
    at: Instant | None = None
    data: dict[str, Any] = {}


class GivenArm(msgspec.Struct, frozen=True):
    """The customer is in this arm of an experiment. In one that is not given she is in none."""

    experiment: str
    arm: str


Given: TypeAlias = (
    GivenArm | GivenSaid | GivenItems | GivenFact | GivenSituation | GivenCommitment | GivenEvent
)


class Later(msgspec.Struct, frozen=True):
    """Time passes."""

    span: Span


class Happens(msgspec.Struct, frozen=True):
    """An event comes, now."""

    type: str
    data: dict[str, Any] = {}


class Asks(msgspec.Struct, frozen=True):
    """A back-end asks for a message, now."""

    topic: str
    about: Subject | None = None
    key: str | None = None
    data: dict[str, Any] = {}


class ExpectEffect(msgspec.Struct, frozen=True):
    """Something was decided (`denied`: was not). Parts that the author left out are None or empty: any will do.

    `until` and `for_` are the author's words on a postponement; `rule` and `because` who said it, and why. `text` is the
    author's, as a whole.
    """

    verb: str
    effect: MessageEffect | EventEffect | None
    denied: bool = False
    until: Instant | None = None
    for_: Span | None = None
    rule: str | None = None
    because: str | None = None
    text: str = ""


class ExpectTrue(msgspec.Struct, frozen=True):
    """A condition holds, as `dsl.interpret.Interpreter.truth` reads it. `text` is the author's."""

    condition: Condition
    text: str


class ExpectNothing(msgspec.Struct, frozen=True):
    """Nothing was said and nothing was asked of anybody since the step before."""


Expectation: TypeAlias = ExpectEffect | ExpectTrue | ExpectNothing


class Expects(msgspec.Struct, frozen=True):
    """All of these, at this moment."""

    outcomes: tuple[Expectation, ...]


Step: TypeAlias = Later | Happens | Asks | Expects


class RulebookTest(msgspec.Struct, frozen=True):
    """A test. `at` is its first instant, read in the rulebook's zone; `line` is where it stands in the text."""

    name: str
    at: Instant
    given: tuple[Given, ...] = ()
    steps: tuple[Step, ...] = ()
    line: int = 0
