"""When a customer needs attention next: for a timer, or for a hand-over. Read from her body alone."""

from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import DeliveryState
from engine.fold import next_deadline
from engine.scene import Scene


def wake_of(body: Body, scene: Scene) -> Instant | None:
    """The next instant at which a timer must run: a deadline of the memory, or a message to be decided anew."""
    wake = next_deadline(body.facts, scene.limits)
    for message in body.talk.messages:
        at = message.next_at
        if at is not None and (wake is None or at < wake):
            wake = at
    return wake


def due_of(body: Body, wake: Instant | None) -> Instant | None:
    """When this customer needs attention next: for a timer (`wake`, as wake_of found it), because a delivery is ready to
    be handed over, or because an intent stays without an outcome."""
    due = wake
    for message in body.talk.messages:
        for delivery in message.deliveries:
            state = delivery.state
            if state is _PLANNED:
                at = delivery.planned_at
            elif state is _SENDING:
                at = delivery.valid_until
            else:
                continue
            if at is not None and (due is None or at < due):
                due = at
    return due


_PLANNED, _SENDING = DeliveryState.PLANNED, DeliveryState.SENDING
