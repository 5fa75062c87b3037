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


def due_of(body: Body, wake: Instant | None) -> Instant | None:
    """When this customer needs attention next: for a timer (`wake`, as wake_of found it), because a delivery is ready to
    be handed over, or because an intent stays without an outcome."""
    first = wake
    for message in body.talk.messages:
        for delivery in message.deliveries:
            state, at = delivery.state, None
            if state is DeliveryState.PLANNED:
                at = delivery.planned_at
            elif state is DeliveryState.SENDING:
                at = delivery.valid_until
            if at is not None and (first is None or at < first):
                first = at
    return first
