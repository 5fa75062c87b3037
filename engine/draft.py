"""One message while it is being planned: what the gates read, and what they find."""

from dataclasses import dataclass, field

from artifact.channel import Channel
from artifact.decision import GateOutcome, GateRow
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import Delivery, DeliveryState, GateName, Message, MessageState
from artifact.span import add_span
from artifact.states import LEFT_STATES
from engine.budget import Budget
from engine.holds import Holding
from engine.judging import Merged
from engine.scene import Scene

MUST_BE_SAID = frozenset({"contract", "pre_contract", "legal", "vital_interest"})
"""Bases under which a message that cannot be said in time is worth an alert."""

PRESSING = frozenset({"consent", "existing_customer"})
"""Bases under which she may ask for a pause."""


class Stop(Exception):  # ends the gates early; no error of anyone's
    """The message goes no further: its state and the stable code of the reason."""

    def __init__(self, gate: GateName, state: MessageState, reason: str, rule: str | None = None) -> None:
        super().__init__(reason)
        self.gate, self.state, self.reason, self.rule = gate, state, reason, rule


@dataclass(slots=True)
class Draft:
    """One message while it is being planned. `instead` are the channels that a full cap says to take."""

    message: Message
    merged: Merged
    facts: Facts
    scene: Scene
    budget: Budget
    now: Instant
    zone: str
    gates: list[GateRow] = field(default_factory=list)
    wakes: list[Instant] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    holding: Holding = field(init=False)
    planned: list[Delivery] = field(default_factory=list)
    instead: tuple[Channel, ...] = ()
    reason: str = ""
    rule: str | None = None
    state: MessageState = MessageState.WAITING

    def __post_init__(self) -> None:
        self.holding = Holding(self.now, self.zone, {a.rule: a for a in self.message.anchors})

    @property
    def gone(self) -> tuple[Delivery, ...]:
        """What has left, or was taken back: no plan can change it."""
        return tuple(d for d in self.message.deliveries if d.state is not DeliveryState.PLANNED)

    @property
    def has_left(self) -> bool:
        return any(d.state in LEFT_STATES for d in self.message.deliveries)

    @property
    def end(self) -> Instant:
        """The instant from which it must not be said any more."""
        return life_end(self.message, self.merged, self.zone)

    def row(
        self, gate: GateName, outcome: GateOutcome, reason: str = "", until: Instant | None = None
    ) -> None:
        self.gates.append(GateRow(gate, outcome, reason, until))


def expiry(message: Message, merged: Merged, zone: str) -> Instant | None:
    """The instant given by the back-end, else by the topic, after which it must not be said."""
    if message.request.expires_at is not None:
        return message.request.expires_at
    after = merged.topic.expires_after
    return add_span(message.request.at, after, zone) if after is not None else None


def life_end(message: Message, merged: Merged, zone: str) -> Instant:
    """When it closes at the latest: its expiry, else the end of what its category lives for."""
    expires = expiry(message, merged, zone)
    return expires if expires is not None else add_span(message.received_at, merged.topic.lives_for, zone)
