"""The verbs of the language, one file each: what a rule asks for, as data. Doing it is the engine's part."""

from typing import TypeAlias

from dsl.effects.avoid import Avoid
from dsl.effects.block import Block
from dsl.effects.commitment import DropCommitment, KeepCommitment, MakeCommitment
from dsl.effects.deliver import Deliver
from dsl.effects.fact import SetFact
from dsl.effects.group import GroupInto
from dsl.effects.points import AddPoints
from dsl.effects.postpone import Postpone, PostponeKind
from dsl.effects.proof import RequireProof
from dsl.effects.propagate import Propagate
from dsl.effects.raise_event import RaiseEvent
from dsl.effects.rephrase import Rephrase
from dsl.effects.send import Send
from dsl.effects.silence import WatchSilence
from dsl.effects.situation import CloseSituation, MoveSituation, OpenSituation, UpdateSituation
from dsl.effects.task import RaiseTask
from dsl.effects.urgency import SetUrgency
from dsl.effects.withdraw import Withdraw

EventEffect: TypeAlias = (
    OpenSituation
    | MoveSituation
    | UpdateSituation
    | CloseSituation
    | WatchSilence
    | MakeCommitment
    | KeepCommitment
    | DropCommitment
    | SetFact
    | AddPoints
    | Send
    | Withdraw
    | RaiseTask
    | RaiseEvent
)
"""What an event may do."""

MessageEffect: TypeAlias = (
    Block | Deliver | Avoid | Postpone | GroupInto | Rephrase | Propagate | SetUrgency | RequireProof
)
"""What a message rule may say about one message."""

__all__ = [
    "AddPoints",
    "Avoid",
    "Block",
    "CloseSituation",
    "Deliver",
    "DropCommitment",
    "EventEffect",
    "GroupInto",
    "KeepCommitment",
    "MakeCommitment",
    "MessageEffect",
    "MoveSituation",
    "OpenSituation",
    "Postpone",
    "PostponeKind",
    "Propagate",
    "RaiseEvent",
    "RaiseTask",
    "Rephrase",
    "RequireProof",
    "Send",
    "SetFact",
    "SetUrgency",
    "UpdateSituation",
    "WatchSilence",
    "Withdraw",
]
