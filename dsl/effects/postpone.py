"""`postpone ...`: the message waits."""

from enum import StrEnum

import msgspec

from artifact.instant import Instant
from artifact.span import Span
from artifact.workdays import Calendar
from dsl.effects.block import Block
from dsl.effects.deliver import Deliver
from dsl.effects.group import GroupInto


class PostponeKind(StrEnum):
    """FIXED periods are anchored and stand whatever their condition does; WHILE ends with its condition."""

    FIXED = "FIXED"
    WHILE = "WHILE"


class Postpone(msgspec.Struct, frozen=True):
    """How a rule makes a message wait.

    FIXED: `span` (for 15 days), `until` (an instant), or `until_time` (the next 10:00, as minutes after midnight
    in the customer's zone; with `working`, on the next working day of that calendar); it may begin at most `times`
    periods. WHILE: holds as long as the verdict of the rule says so (`Fired.holding`) and, with `until_event`, until
    an event of that type comes; at the latest `at_most` after it first held. Then `otherwise` applies; None there
    means: no longer held.
    """

    kind: PostponeKind
    span: Span | None = None
    until: Instant | None = None
    until_time: int | None = None
    times: int = 1
    at_most: Span | None = None
    otherwise: Block | Deliver | GroupInto | None = None
    because: dict[str, str] = {}
    working: Calendar | None = None
    until_event: str | None = None
