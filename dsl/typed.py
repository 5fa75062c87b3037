"""The typed tree: what the author wrote, with every name resolved and every type known.

The checker makes it, the interpreter and the compiler read it. It holds no positions, so that equal conditions are
equal values. Conditions are three-valued: yes, no, unknown.
"""

from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from artifact.span import Span
from dsl.types import INSTANT, Type


class Scope(StrEnum):
    """Where a value is read from."""

    ATTRIBUTE = "ATTRIBUTE"
    CUSTOMER = "CUSTOMER"
    SITUATION = "SITUATION"
    ITEM = "ITEM"
    ROW = "ROW"
    ROW_AT = "ROW_AT"
    SAID = "SAID"
    COMMITMENT = "COMMITMENT"
    EVENT = "EVENT"
    EVENT_AT = "EVENT_AT"
    MESSAGE = "MESSAGE"
    MESSAGE_DATA = "MESSAGE_DATA"
    TABLE = "TABLE"
    SCORE = "SCORE"


OF_MESSAGE = frozenset({Scope.MESSAGE, Scope.MESSAGE_DATA, Scope.EVENT})
"""What stays as it is as long as the message does."""


class Read(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """One named thing. `owner` is the situation, commitment or table; `shown` is how the author names it."""

    scope: Scope
    owner: str
    field: str
    shown: str
    type: Type


class Literal(msgspec.Struct, frozen=True, gc=False):
    value: Any
    type: Type


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A date and a time of day on the wall clock of the customer's zone."""

    day: int
    minutes: int
    type: Type = INSTANT


class Dated(msgspec.Struct, frozen=True, gc=False):
    """A value of a parameter and the day (its ordinal, in the customer's zone) from which it holds; None: ever since."""

    first: int | None
    value: "Literal | Moment"


class Parameter(msgspec.Struct, frozen=True, gc=False):
    """A named value of the rulebook. `rows` by their days; the last one that has begun is in force."""

    shown: str
    rows: tuple[Dated, ...]
    type: Type


class Clock(msgspec.Struct, frozen=True, gc=False):
    """`now`, or with type DATE `today`."""

    type: Type


class DayStart(msgspec.Struct, frozen=True, gc=False):
    """The instant at which a date begins."""

    day: "Expression"
    type: Type = INSTANT


class Operator(StrEnum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


class Arithmetic(msgspec.Struct, frozen=True, gc=False):
    """The types of both sides decide what is done; the checker admits only what has a meaning."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    type: Type


class Decided(msgspec.Struct, frozen=True, gc=False):
    """A condition read as a value of yes or no."""

    condition: "Condition"
    type: Type


class Source(StrEnum):
    """Where lists come from."""

    SITUATIONS = "SITUATIONS"
    FACT = "FACT"
    EVENTS = "EVENTS"
    INTERACTIONS = "INTERACTIONS"
    MESSAGES = "MESSAGES"
    CONTACTS = "CONTACTS"


SAID = frozenset({Source.MESSAGES, Source.CONTACTS})
"""Lists of what is being said: no part of the memory, so only message rules read them."""


class Items(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """Those of a list that are meant: in the window that ends now, and of whom the condition holds.

    `name` is the kind, the fact or the event type; `most` bounds how many there can be. Inside the condition
    Read.scope ITEM (of situations), ROW, ROW_AT and SAID are the one at hand. `itself`: the event that is reacted to
    counts too, if it is of this type.
    """

    source: Source
    name: str
    shown: str
    most: int
    span: Span | None = None
    condition: "Condition | None" = None
    itself: bool = False


class Measure(StrEnum):
    """What is made of those that are meant."""

    COUNT = "number"
    SUM = "sum"
    AVERAGE = "average"
    LATEST = "latest"


class Aggregate(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """`sum of premium of policies`. `field` is None for a number; it is read of each one."""

    measure: Measure
    items: Items
    field: Read | None
    shown: str
    type: Type


Expression: TypeAlias = (
    Aggregate | Read | Literal | Moment | Parameter | Clock | DayStart | Arithmetic | Decided
)


Named: TypeAlias = Read | Parameter | Aggregate | Items
"""What has a name that an explanation can give."""


class And(msgspec.Struct, frozen=True, gc=False):
    parts: tuple["Condition", ...]


class Or(msgspec.Struct, frozen=True, gc=False):
    parts: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, gc=False):
    part: "Condition"


class Relation(StrEnum):
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Compare(msgspec.Struct, frozen=True, gc=False):
    relation: Relation
    left: Expression
    right: Expression


class OneOf(msgspec.Struct, frozen=True, gc=False):
    """Both sides of one type; `values` are literals."""

    value: Expression
    values: tuple[Any, ...]


class Truth(msgspec.Struct, frozen=True, gc=False):
    """A yes-or-no value used as a condition."""

    value: Expression


class IsKnown(msgspec.Struct, frozen=True, gc=False):
    """Never unknown itself."""

    value: Expression


class Contains(msgspec.Struct, frozen=True, gc=False):
    """One text within another, where case does not matter; or one value within a list."""

    value: Expression
    part: Expression


class Form(StrEnum):
    """How a moment is compared with the clock. Each is a window of instants in which the condition holds."""

    IN_LAST = "IN_LAST"
    IN_NEXT = "IN_NEXT"
    OLDER = "OLDER"
    REACHED = "REACHED"
    PASSED = "PASSED"
    IS_NOW = "IS_NOW"


class Within(msgspec.Struct, frozen=True, gc=False):
    """A condition on time. `absent_is_no`: where nothing has opened or closed, the answer is no, not unknown."""

    form: Form
    moment: Expression
    span: Span | None = None
    absent_is_no: bool = False


class SituationIs(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """`claim is open`, `claim is closed`, `claim is refused`. Never unknown."""

    kind: str
    state: str


class SituationKnown(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """`claim is known`: there is or was one. Never unknown."""

    kind: str


class CommitmentIs(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """`adjuster_call is broken`. Never unknown."""

    name: str
    state: str


class Visiting(msgspec.Struct, frozen=True, gc=False):
    """She is with us now: an interaction that began within 30 minutes and has not ended. None: on any channel."""

    channel: str | None


class InArm(msgspec.Struct, frozen=True, gc=False):
    """The customer's share of this experiment is at least `low` and below `high`. Unknown where nobody is at hand."""

    experiment: str
    low: int
    high: int


class Quantifier(StrEnum):
    ANY = "any"
    NO = "no"
    EVERY = "every"


class Quantified(msgspec.Struct, frozen=True, gc=False):
    """`any claim with (...)`: speaks of all that are remembered, open or closed. `tested` is what is asked of each."""

    quantifier: Quantifier
    items: Items
    tested: "Condition | None"


Condition: TypeAlias = (
    And
    | Or
    | Not
    | Compare
    | OneOf
    | Truth
    | IsKnown
    | Contains
    | Within
    | SituationIs
    | SituationKnown
    | CommitmentIs
    | Visiting
    | InArm
    | Quantified
)
