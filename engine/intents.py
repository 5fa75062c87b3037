"""The intent: that deliveries are about to be handed over. Committed before anything leaves (I4, I6).

An intent is valid for a while; the contact it makes counts from now on, and is given back if it fails.
"""

from collections.abc import Iterable
from operator import attrgetter

from msgspec.structs import replace

from artifact.channel import SENDS
from artifact.customer import Contact
from artifact.decision import Intent
from artifact.instant import Instant
from artifact.message import PLANNED, Delivery, DeliveryState, Message, message_of
from engine.talking import Talking


def is_due(delivery: Delivery, now: Instant) -> bool:
    """Whether it may be handed over at `now`."""
    return delivery.planned_at is not None and delivery.planned_at <= now and delivery.state is PLANNED


def due_deliveries(messages: Iterable[Message], now: Instant) -> tuple[str, ...]:
    """The ids of all that may be handed over at `now`."""
    due: list[str] = []
    for message in messages:
        for delivery in message.deliveries:
            if is_due(delivery, now):
                due.append(delivery.id)
    return tuple(due)


def commit_intent(talking: Talking, intent: Intent, now: Instant) -> tuple[str, ...]:
    """Mark those of the deliveries that are due as SENDING; their ids, in order."""
    taken: list[str] = []
    named = set(map(message_of, intent.deliveries))
    for id, message in [*talking.messages.items()]:
        if id in named and (mine := _mine(message, intent, now)):
            taken += map(_id_of, mine)
            talking.keep(_sending(message, mine, intent, now))
            _count(talking, message, mine, now)
    return tuple(taken)


_id_of = attrgetter("id")


def _mine(message: Message, intent: Intent, now: Instant) -> list[Delivery]:
    """Those of its deliveries that are named, and due."""
    mine: list[Delivery] = []
    for delivery in message.deliveries:
        if delivery.id in intent.deliveries and is_due(delivery, now):
            mine.append(delivery)
    return mine


def _sending(message: Message, mine: list[Delivery], intent: Intent, now: Instant) -> Message:
    deliveries: list[Delivery] = []
    for delivery in message.deliveries:
        deliveries.append(_sent(delivery, intent, now) if delivery in mine else delivery)
    return replace(message, deliveries=tuple(deliveries))


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
    also = _said_besides(talking, message) if message.items else ()
    contacts = [*talking.contacts]
    for delivery in mine:
        if delivery.attempts:
            contacts = _not_by(delivery.id, contacts)
        if delivery.channel in SENDS:
            topic = message.request.topic
            contacts.append(Contact(now, delivery.channel, message.category, topic, delivery.id, also))
    talking.contacts = tuple(contacts)


def _said_besides(talking: Talking, bundle: Message) -> tuple[tuple[str, str], ...]:
    """Category and topic of each of its items."""
    items = [item for id in bundle.items if (item := talking.messages.get(id)) is not None]
    return tuple(dict.fromkeys((item.category, item.request.topic) for item in items))


def _not_by(delivery: str, contacts: list[Contact]) -> list[Contact]:
    """The others: it is counted anew when it is attempted again."""
    return [contact for contact in contacts if contact.delivery != delivery]
