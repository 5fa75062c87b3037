"""When a customer needs attention next: for a timer, or for a hand-over. Read from her body alone."""

from artifact.customer import Body
from artifact.instant import Instant
from engine.fold import next_deadline
from engine.scene import Scene


def needed(body: Body, scene: Scene) -> tuple[Instant | None, Instant | None]:
    """When a timer must run next (wake_of), and when this customer needs attention next: for that timer, because a
    delivery is ready to be handed over, or because an intent stays without an outcome."""
    wake = next_deadline(body.facts, scene.limits)
    handing: Instant | None = None
    for message in body.talk.messages:
        at = message.next_at
        if at is not None and (wake is None or at < wake):
            wake = at
        for delivery in message.deliveries:
            at = delivery.planned_at
            if at is None:
                at = delivery.valid_until
            if at is not None and (handing is None or at < handing):
                handing = at
    if handing is None or (wake is not None and wake < handing):
        return wake, wake
    return wake, handing


def wake_of(body: Body, scene: Scene) -> Instant | None:
    """The next instant at which a timer must run: a deadline of the memory, or a message to be decided anew."""
    return needed(body, scene)[0]
