"""The intent: that deliveries are about to be handed over. Committed before anything leaves (I4, I6).

An intent is valid for a while; the contact it makes counts from now on, and is given back if it fails.
"""

from msgspec.structs import replace

from artifact.channel import SENDS
from artifact.customer import Contact
from artifact.decision import Intent
from artifact.instant import Instant
from artifact.message import PLANNED, Delivery, DeliveryState, Message
from engine.talking import Talking


def is_due(delivery: Delivery, now: Instant) -> bool:
    """Whether it may be handed over at `now`."""
    return delivery.planned_at is not None and delivery.planned_at <= now and delivery.state is PLANNED


def commit_intent(talking: Talking, intent: Intent, now: Instant) -> tuple[str, ...]:
    """Mark those of the deliveries that are due as SENDING; their ids, in order."""
    taken: list[str] = []
    for message in list(talking.messages.values()):
        mine = [d for d in message.deliveries if d.id in intent.deliveries and is_due(d, now)]
        if mine:
            taken += [d.id for d in mine]
            talking.keep(_sending(message, mine, intent, now))
            _count(talking, message, mine, now)
    return tuple(taken)


def _sending(message: Message, mine: list[Delivery], intent: Intent, now: Instant) -> Message:
    return replace(
        message,
        deliveries=tuple([_sent(d, intent, now) if d in mine else d for d in message.deliveries]),
    )


def _sent(delivery: Delivery, intent: Intent, now: Instant) -> Delivery:
    return replace(
        delivery,
        state=_SENDING,
        intent_at=now,
        valid_until=intent.valid_until,
        attempts=delivery.attempts + 1,
        changed_at=now,
        planned_at=None,
    )


_SENDING = DeliveryState.SENDING


def _count(talking: Talking, message: Message, mine: list[Delivery], now: Instant) -> None:
    """One contact for each message and channel, however many attempts it takes; one for a bundle, whatever is in it."""
    items = [item for id in message.items if (item := talking.messages.get(id)) is not None]
    also = tuple(dict.fromkeys((item.category, item.request.topic) for item in items))
    made = [
        Contact(now, d.channel, message.category, message.request.topic, d.id, also)
        for d in mine
        if d.channel in SENDS
    ]
    known = talking.contacts
    if any(d.attempts for d in mine):
        ids = {d.id for d in mine}
        known = [c for c in known if c.delivery not in ids]
    talking.contacts = [*known, *made]
