"""When a customer needs attention next: for a timer, or for a hand-over. Read from her body alone."""

from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import DeliveryState
from engine.fold import next_deadline
from engine.scene import Scene


def wake_of(body: Body, scene: Scene) -> Instant | None:
    """The next instant at which a timer must run: a deadline of the memory, or a message to be decided anew."""
    instants = [m.next_at for m in body.talk.messages if m.next_at is not None]
    deadline = next_deadline(body.facts, scene.limits)
    if deadline is not None:
        instants.append(deadline)
    return min(instants, default=None)


def ready_of(body: Body) -> Instant | None:
    """Since when a delivery has been ready to be handed over, or an intent has been without an outcome."""
    first: Instant | None = None
    for message in body.talk.messages:
        for delivery in message.deliveries:
            if delivery.state is DeliveryState.PLANNED:
                at = delivery.planned_at
            elif delivery.state is DeliveryState.SENDING:
                at = delivery.valid_until
            else:
                continue
            if at is not None and (first is None or at < first):
                first = at
    return first


def due_of(body: Body, wake: Instant | None) -> Instant | None:
    """When this customer needs attention next, for a timer (`wake`, as wake_of found it) or for a hand-over."""
    return min((at for at in (wake, ready_of(body)) if at is not None), default=None)
