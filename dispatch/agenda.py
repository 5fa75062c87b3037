"""What one customer's artifact asks of dispatch now, and where it goes. Pure: reads no clock and no channel."""

from artifact.channel import Channel
from artifact.customer import Body
from artifact.facts import AliasKind, Facts
from artifact.instant import Instant
from artifact.message import Delivery, DeliveryState, Message
from engine.intents import is_due

_ADDRESS = {
    Channel.EMAIL: AliasKind.EMAIL,
    Channel.SMS: AliasKind.PHONE,
    Channel.PHONE: AliasKind.PHONE,
    Channel.PUSH: AliasKind.DEVICE,
}
"""The alias that a channel sends to. The others know their way by the customer's id."""


def ready(body: Body, now: Instant) -> tuple[Delivery, ...]:
    """Deliveries whose instant has come, the longest waiting first (I5: none before it)."""
    due = (d for m in body.talk.messages for d in m.deliveries if is_due(d, now))
    return tuple(sorted(due, key=lambda d: (d.planned_at or 0, d.id)))


def sending(body: Body) -> tuple[Delivery, ...]:
    """Deliveries under an intent that has no outcome yet."""
    return tuple(d for m in body.talk.messages for d in m.deliveries if d.state is DeliveryState.SENDING)


def of_message(body: Body, key: str) -> tuple[Message, Delivery] | None:
    """A delivery by its id, with its message."""
    return next(((m, d) for m in body.talk.messages for d in m.deliveries if d.id == key), None)


def address_of(facts: Facts, channel: Channel) -> str | None:
    """Where a channel reaches her: the alias of its kind that was learned last."""
    kind = _ADDRESS.get(channel)
    return next((a.value for a in reversed(facts.aliases) if a.kind is kind), None)
