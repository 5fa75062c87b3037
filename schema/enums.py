"""The closed sets of the contract, most of them the artifact's own.

Open-ended for clients: a value may be added, so a client keeps a default branch.
"""

from enum import StrEnum

import strawberry

from artifact.channel import Channel, Urgency
from artifact.decision import EntryKind, EventStatus, GateOutcome
from artifact.errors import ErrorCode
from artifact.facts import AliasKind, CommitmentState, ConsentState, CustomerKind
from artifact.message import DeliveryState, GateName, HoldKind, MessageState
from dsl.errors import Severity

__all__ = [
    "AgentAction",
    "AliasKind",
    "Channel",
    "CommitmentState",
    "ConsentAnswer",
    "ConsentState",
    "CustomerKind",
    "DeliveryOutcome",
    "DeliveryState",
    "EntryKind",
    "ErrorCode",
    "EventStatus",
    "GateName",
    "GateOutcome",
    "HoldKind",
    "MessageState",
    "RolloutState",
    "RuleResult",
    "RulebookState",
    "Severity",
    "TaskState",
    "Urgency",
    "WithdrawReason",
]

_FROM_BELOW: dict[type[StrEnum], str] = {
    Channel: "Where a message can reach a customer.",
    Urgency: "How much a message presses.",
    CustomerKind: "How well the brand knows whom it talks to.",
    AliasKind: "Other names under which a customer is known.",
    ConsentState: "What a customer said about being written to.",
    CommitmentState: "How a promise fared. KEPT_LATE_KNOWN: kept, though for a while it was known as broken.",
    MessageState: "What became of a message.",
    DeliveryState: "What became of a message on one channel.",
    GateName: "The gates of deciding, in their order.",
    HoldKind: "Why a message waits.",
    GateOutcome: "What a gate said.",
    EventStatus: "What became of an event that was sent to us.",
    EntryKind: "What an entry of a customer's log is.",
    Severity: "How grave a finding is. CRITICAL: the text could not be read. ERROR: it cannot be used.",
    ErrorCode: "Stable codes of what can be wrong with an input.",
}
for _enum, _description in _FROM_BELOW.items():
    strawberry.enum(_enum, description=_description)


@strawberry.enum(description="What became of a rule that was a candidate in one deciding.")
class RuleResult(StrEnum):
    FIRED = "FIRED"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"
    SILENCED = "SILENCED"
    ERROR = "ERROR"


@strawberry.enum(description="State of a task.")
class TaskState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


@strawberry.enum(description="What an agent can do with a message.")
class AgentAction(StrEnum):
    TELL = "TELL"


@strawberry.enum(description="Why something is no longer shown.")
class WithdrawReason(StrEnum):
    REACHED_ELSEWHERE = "REACHED_ELSEWHERE"
    TOLD = "TOLD"
    SUPERSEDED = "SUPERSEDED"
    RETRACTED = "RETRACTED"
    EXPIRED = "EXPIRED"
    CONSENT = "CONSENT"
    CANCELLED = "CANCELLED"
    DISMISSED = "DISMISSED"
    HELD = "HELD"
    BLOCKED = "BLOCKED"


@strawberry.enum(description="What a client reports of a delivery.")
class DeliveryOutcome(StrEnum):
    DELIVERED = "DELIVERED"
    SEEN = "SEEN"
    CLICKED = "CLICKED"
    DISMISSED = "DISMISSED"
    FAILED = "FAILED"


@strawberry.enum(description="What a customer says about being written to.")
class ConsentAnswer(StrEnum):
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


@strawberry.enum(description="Where a saved rulebook stands.")
class RulebookState(StrEnum):
    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    LIVE = "LIVE"
    REPLACED = "REPLACED"


@strawberry.enum(
    description="How far a publication has got. SCHEDULED: its instant is to come. REPLACED: a later one is in force."
)
class RolloutState(StrEnum):
    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    REPLACED = "REPLACED"
