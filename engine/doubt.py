"""What may be out there although nobody knows: it is never called unsent (I4).

An attempt that ended without an outcome may be made again under the same key. Where the plan has no place for it any
more, the delivery is parked IN_DOUBT with a task; a person finds out.
"""

from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.customer import StaffTask
from artifact.instant import Instant
from artifact.message import PLANNED, Delivery, DeliveryState, Message
from engine.talking import Talking

_IN_DOUBT = DeliveryState.IN_DOUBT

NO_OUTCOME = "no_outcome"
"""The reason of a retry after an attempt of which nothing is known. Others say that the far side has nothing."""


def may_be_out(delivery: Delivery) -> bool:
    """Whether a delivery that is planned again may have arrived by an earlier attempt."""
    return delivery.because == NO_OUTCOME and delivery.state is PLANNED


def doubted(message: Message, kept: frozenset[str], now: Instant) -> Message:
    """The message with every delivery IN_DOUBT that may be out and is none of those `kept`."""
    return replace(
        message,
        deliveries=tuple(
            [in_doubt(d, now) if may_be_out(d) and d.id not in kept else d for d in message.deliveries]
        ),
    )


def in_doubt(delivery: Delivery, now: Instant) -> Delivery:
    """A delivery of which nobody knows whether it is out there."""
    return replace(delivery, state=_IN_DOUBT, planned_at=None, changed_at=now)


def doubt_task(customer_id: str, delivery: str) -> str:
    """The id of the task to find out what became of a delivery."""
    return derived_id("t", customer_id, delivery, "doubt")


def raise_doubts(talking: Talking, message: Message, reason: str = "") -> None:
    """A task for each delivery that has come to be in doubt in this entry."""
    for delivery in message.deliveries:
        if delivery.state is _IN_DOUBT and delivery.changed_at == talking.now:
            talking.task(
                StaffTask(
                    id=doubt_task(talking.customer_id, delivery.id),
                    kind="in_doubt",
                    raised_at=talking.now,
                    reason=reason or "the outcome of the hand-over is not known",
                    about=message.request.about,
                    message=message.id,
                )
            )
