"""When a customer needs attention next: for a timer, or for a hand-over. Read from her body alone."""

from artifact.customer import Body
from artifact.instant import Instant
from engine.fold import next_deadline
from engine.scene import Scene


def needed(body: Body, scene: Scene) -> tuple[Instant | None, Instant | None]:
    """When a timer must run next (wake_of), and when this customer needs attention next: for that timer, because a
    delivery is ready to be handed over, or because an intent stays without an outcome."""
    deadline = next_deadline(body.facts, scene.limits)
    wake = handing = _NEVER
    if deadline is not None:
        wake = deadline
    for message in body.talk.messages:
        at = message.next_at
        if at is not None and at < wake:
            wake = at
        for delivery in message.deliveries:
            at = delivery.planned_at
            if at is None:
                at = delivery.valid_until
            if at is not None and at < handing:
                handing = at
    due = min(wake, handing)
    return (wake if wake < _NEVER else None), (due if due < _NEVER else None)


_NEVER: Instant = 2**63


def wake_of(body: Body, scene: Scene) -> Instant | None:
    """The next instant at which a timer must run: a deadline of the memory, or a message to be decided anew."""
    return needed(body, scene)[0]
