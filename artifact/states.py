"""The state of a message, computed from its deliveries by one table. The deliveries hold the truth.

Each delivery state belongs to a class; PAIRS joins two classes into one. The join is commutative and associative
and GONE is its neutral element, so any number of deliveries joins to one class in any order.
"""

from collections.abc import Iterable
from enum import StrEnum

from artifact.channel import PLACES
from artifact.instant import Instant
from artifact.message import Delivery, DeliveryState, MessageState


class Standing(StrEnum):
    """What one or several deliveries amount to."""

    OPEN = "OPEN"
    """still to leave"""
    LEFT = "LEFT"
    """has left, or may have, or something else follows"""
    ARRIVED = "ARRIVED"
    """arrived, and nothing follows"""
    REACHED = "REACHED"
    """she saw it or was told"""
    FAILED = "FAILED"
    """did not get through"""
    GONE = "GONE"
    """taken back"""


STANDING = {
    DeliveryState.PLANNED: Standing.OPEN,
    DeliveryState.SENDING: Standing.LEFT,
    DeliveryState.HANDED_OVER: Standing.LEFT,
    DeliveryState.DELIVERED: Standing.ARRIVED,
    DeliveryState.SEEN: Standing.REACHED,
    DeliveryState.CLICKED: Standing.REACHED,
    DeliveryState.DISMISSED: Standing.REACHED,
    DeliveryState.TOLD: Standing.REACHED,
    DeliveryState.WITHDRAWN: Standing.GONE,
    DeliveryState.FAILED: Standing.FAILED,
    DeliveryState.IN_DOUBT: Standing.LEFT,
}

_O, _L, _A, _R, _F, _G = Standing

PAIRS: dict[tuple[Standing, Standing], Standing] = {
    (_O, _O): _O, (_O, _L): _L, (_O, _A): _L, (_O, _R): _R, (_O, _F): _O, (_O, _G): _O,
    (_L, _O): _L, (_L, _L): _L, (_L, _A): _L, (_L, _R): _R, (_L, _F): _L, (_L, _G): _L,
    (_A, _O): _L, (_A, _L): _L, (_A, _A): _A, (_A, _R): _R, (_A, _F): _A, (_A, _G): _A,
    (_R, _O): _R, (_R, _L): _R, (_R, _A): _R, (_R, _R): _R, (_R, _F): _R, (_R, _G): _R,
    (_F, _O): _O, (_F, _L): _L, (_F, _A): _A, (_F, _R): _R, (_F, _F): _F, (_F, _G): _F,
    (_G, _O): _O, (_G, _L): _L, (_G, _A): _A, (_G, _R): _R, (_G, _F): _F, (_G, _G): _G,
}  # fmt: skip
"""Row with column."""

MESSAGE_STATE: dict[Standing, MessageState | None] = {
    Standing.OPEN: None,
    Standing.LEFT: MessageState.UNDER_WAY,
    Standing.ARRIVED: MessageState.REACHED,
    Standing.REACHED: MessageState.REACHED,
    Standing.FAILED: MessageState.FAILED,
    Standing.GONE: None,
}
"""None: the plan says whether it is WAITING, READY or BLOCKED."""

_OVER = frozenset(standing for standing, state in MESSAGE_STATE.items() if state is MessageState.REACHED)
"""A message of which this is so is reached, unless a proof is due."""

_PROOF_DUE = frozenset(
    {DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.HANDED_OVER, DeliveryState.IN_DOUBT}
)


def standing_of(states: Iterable[DeliveryState]) -> Standing:
    """The join of all of them; GONE for none."""
    total = _G
    for state in states:
        total = PAIRS[total, STANDING[state]]
    return total


def as_far_as_known(delivery: Delivery) -> DeliveryState:
    """A place that a client fetched still shows it unseen: there, arriving is not yet the end."""
    if delivery.channel in PLACES and delivery.state is DeliveryState.DELIVERED:
        return DeliveryState.HANDED_OVER
    return delivery.state


def state_of(deliveries: Iterable[Delivery]) -> MessageState | None:
    """The message's state as far as its deliveries decide it. A proof still due keeps it under way."""
    deliveries = tuple(deliveries)
    standing = standing_of(map(as_far_as_known, deliveries))
    if standing in _OVER and any(d.proof and d.state in _PROOF_DUE for d in deliveries):
        return MessageState.UNDER_WAY
    return MESSAGE_STATE[standing]


def first_planned(deliveries: Iterable[Delivery]) -> Instant | None:
    """When the first of them leaves that has not left; None where that is not known."""
    first: Instant | None = None
    for delivery in deliveries:
        at = delivery.planned_at
        if at is not None and (first is None or at < first):
            first = at
    return first


REACHED_STATES = frozenset(s for s, standing in STANDING.items() if standing is Standing.REACHED)
LEFT_STATES = frozenset(DeliveryState) - {DeliveryState.PLANNED, DeliveryState.WITHDRAWN}
"""States in which a delivery has left, or may have."""
