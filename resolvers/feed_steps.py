"""What changed on a place between two versions of a customer, as steps in one fixed order.

Pure and a function of the two bodies alone, so that the same pair gives the same steps at any time: a cursor may then
stand between two steps, and a client that comes back misses none and sees none twice (I7).
"""

import msgspec

from artifact.channel import Channel
from artifact.customer import Artifact, Body
from artifact.message import DeliveryState, Message, MessageState
from engine import view
from schema.enums import WithdrawReason
from schema.port import Placed


class Come(msgspec.Struct, frozen=True):
    """A delivery to show; `changed`: it was shown before, otherwise."""

    placed: Placed
    changed: bool = False


class Gone(msgspec.Struct, frozen=True):
    """A delivery to show no longer."""

    delivery_id: str
    because: WithdrawReason


Step = Come | Gone


class FeedPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a client stands: it has seen the version `base`, and of the way to `version` the first `index` steps.

    `base` 0 is the empty place. `schema` is the layout under which the versions were read.
    """

    schema: int
    base: int
    version: int
    index: int = 0


def steps_between(before: Artifact | None, after: Artifact | None, channel: Channel) -> tuple[Step, ...]:
    """The way from one version to a later one: withdrawn first, then shown and changed, oldest message first."""
    old, new = _shown(before, channel), _shown(after, channel)
    gone = [Gone(id, _because(after, placed)) for id, placed in old.items() if id not in new]
    come = [
        Come(placed, changed=id in old)
        for id, placed in new.items()
        if id not in old or _face(before, old[id]) != _face(after, placed)
    ]
    return (*gone, *come)


def _shown(artifact: Artifact | None, channel: Channel) -> dict[str, Placed]:
    """What the place shows, in the order in which messages came."""
    if artifact is None:
        return {}
    shown = view.shown(artifact.body, channel)
    rows = sorted(shown.items(), key=lambda item: (item[1].message.number, item[0]))
    return {id: Placed(one.message, one.delivery) for id, one in rows}


def _face(artifact: Artifact | None, placed: Placed) -> tuple[object, ...]:
    """What of it a client can see: not the anchors and instants that deciding keeps for itself."""
    message = placed.message
    language = artifact.body.facts.preferences.language if artifact else None
    seen = (message.state, message.category, message.urgency, message.rephrase, message.sources)
    return (placed.delivery, *seen, language)


_BY_STATE = {
    MessageState.REACHED_ELSEWHERE: WithdrawReason.REACHED_ELSEWHERE,
    MessageState.SUPERSEDED: WithdrawReason.SUPERSEDED,
    MessageState.JOINED: WithdrawReason.SUPERSEDED,
    MessageState.RETRACTED: WithdrawReason.RETRACTED,
    MessageState.EXPIRED: WithdrawReason.EXPIRED,
    MessageState.CANCELLED: WithdrawReason.CANCELLED,
    MessageState.FAILED: WithdrawReason.CANCELLED,
    MessageState.EVICTED: WithdrawReason.CANCELLED,
    MessageState.ERASED: WithdrawReason.RETRACTED,
    MessageState.WAITING: WithdrawReason.HELD,
    MessageState.READY: WithdrawReason.HELD,
}
"""Why a message in this state is no longer shown. The others depend on more than the state."""


def _because(after: Artifact | None, placed: Placed) -> WithdrawReason:
    """Why what was shown is not shown any more, by what became of its message."""
    message = _message(after.body, placed.message.id) if after else None
    if message is None:
        return WithdrawReason.EXPIRED  # closed long ago, and let go
    if any(delivery.state is DeliveryState.TOLD for delivery in message.deliveries):
        return WithdrawReason.TOLD
    delivery = next((row for row in message.deliveries if row.id == placed.delivery.id), None)
    if delivery is not None and delivery.state is DeliveryState.DISMISSED:
        return WithdrawReason.DISMISSED
    if message.state is MessageState.BLOCKED:
        return WithdrawReason.CONSENT if message.reason == "consent" else WithdrawReason.BLOCKED
    return _BY_STATE.get(message.state, WithdrawReason.REACHED_ELSEWHERE)


def _message(body: Body, id: str) -> Message | None:
    rows = (*body.talk.messages, *body.talk.tail)
    return next((row for row in rows if row.id == id), None)
