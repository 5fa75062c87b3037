"""What events do to what is being said: outcomes of deliveries, agents' commands, requests. One row an event type.

A row may refuse its event with an InputError; then nothing of it enters the log.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from artifact.channel import SENDS, Channel
from artifact.customer import Contact
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import (
    LIVE_STATES,
    Delivery,
    DeliveryState,
    HoldKind,
    Message,
    MessageState,
    delivery_id,
    message_of,
)
from artifact.states import LEFT_STATES, REACHED_STATES
from engine.admitting import admit, close, said_elsewhere
from engine.doubt import NO_OUTCOME, doubt_task, raise_doubts
from engine.grouping import LIFTED
from engine.phrases_en import ENGLISH
from engine.requests import request_of, said_of
from engine.scene import Scene
from engine.taking_back import without
from engine.talking import Talking

Row = Callable[[Talking, Facts, Event, Scene], None]

_PROGRESS = {
    DeliveryState.PLANNED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.IN_DOUBT: 2,
    DeliveryState.HANDED_OVER: 3,
    DeliveryState.FAILED: 3,
    DeliveryState.DELIVERED: 4,
    DeliveryState.DISMISSED: 5,
    DeliveryState.SEEN: 5,
    DeliveryState.TOLD: 5,
    DeliveryState.CLICKED: 6,
}
"""An outcome never takes a delivery back to where it was; what failed can only turn out to have arrived."""


def _delivery(talking: Talking, event: Event) -> tuple[Message, Delivery]:
    id = event.data["delivery"]
    message = talking.find(message_of(id))
    delivery = next((d for d in message.deliveries if d.id == id), None) if message is not None else None
    if message is None or delivery is None:
        raise InputError(
            ErrorCode.DELIVERY_UNKNOWN,
            f"no delivery `{id}` is known of this customer",
            help="use the id of a delivery as the service gave it",
            path=("data", "delivery"),
        )
    return message, delivery


def _put(talking: Talking, message: Message, delivery: Delivery) -> Message:
    changed = replace(
        message, deliveries=tuple(delivery if d.id == delivery.id else d for d in message.deliveries)
    )
    talking.keep(changed)
    return changed


def _outcome(state: DeliveryState) -> Row:
    """A delivery got further. What comes twice, or out of order, changes nothing."""

    def row(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
        message, old = _delivery(talking, event)
        if old.state is DeliveryState.WITHDRAWN and state not in REACHED_STATES:
            return
        if _PROGRESS.get(old.state, 0) >= _PROGRESS[state]:
            return
        left_at = old.left_at or (event.at if state is not DeliveryState.IN_DOUBT else None)
        new = replace(
            old,
            state=state,
            changed_at=talking.now,
            left_at=left_at,
            seen_at=event.at if state in REACHED_STATES and old.seen_at is None else old.seen_at,
            valid_until=None,
            planned_at=None,
            text_hash=event.data.get("text", old.text_hash),
            because=None if old.because == NO_OUTCOME else old.because,
        )
        _put(talking, message, new)

    return row


def _is_stale(event: Event, delivery: Delivery) -> bool:
    """Whether the outcome speaks of an attempt that another one has followed."""
    attempt = event.data.get("attempt")
    return isinstance(attempt, int) and attempt != delivery.attempts


def _in_doubt(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    message, old = _delivery(talking, event)
    if old.state is not DeliveryState.SENDING or _is_stale(event, old):
        return
    new = replace(old, state=DeliveryState.IN_DOUBT, changed_at=talking.now, valid_until=None)
    raise_doubts(talking, _put(talking, message, new), event.data.get("reason", ""))


def _retry(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """The attempt may be made again under the same key: the delivery is planned anew, as a new decision.

    Without a reason that says otherwise it may be out there already.
    """
    message, old = _delivery(talking, event)
    if old.state is DeliveryState.SENDING and not _is_stale(event, old):
        because = event.data.get("reason", NO_OUTCOME)
        new = replace(old, state=DeliveryState.PLANNED, valid_until=None, planned_at=None, because=because)
        _put(talking, message, replace(new, changed_at=talking.now))


def _failed(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """It did not get through: the contact is given back, and deciding looks for another channel."""
    message, old = _delivery(talking, event)
    if old.state in REACHED_STATES or old.state is DeliveryState.WITHDRAWN or _is_stale(event, old):
        return
    because = event.data.get("reason", "failed")
    _put(
        talking,
        message,
        replace(old, state=DeliveryState.FAILED, changed_at=talking.now, because=because, valid_until=None),
    )
    talking.contacts = tuple(c for c in talking.contacts if c.delivery != old.id)


def _live(talking: Talking, event: Event, path: str = "message") -> Message:
    id = event.data[path]
    message = talking.find(id)
    if message is None:
        raise InputError(
            ErrorCode.MESSAGE_UNKNOWN, f"no message `{id}` is known of this customer", path=("data", path)
        )
    if message.state not in LIVE_STATES:
        code = ErrorCode.ALREADY_LEFT if message.state is MessageState.REACHED else ErrorCode.MESSAGE_CLOSED
        raise InputError(code, f"the message is {message.state} already", path=("data", path))
    return message


def _must_not_have_left(talking: Talking, message: Message) -> None:
    """A race with the timer has exactly one outcome: who comes second hears of it."""
    if any(
        d.channel in SENDS and d.state in LEFT_STATES and d.state is not DeliveryState.FAILED
        for d in talking.spoken(message)
    ):
        raise InputError(
            ErrorCode.ALREADY_LEFT,
            "a delivery of this message has left already",
            help="read the message again to see what she has been sent",
        )


def _channel_of(facts: Facts, event: Event) -> Channel:
    interaction = next((i for i in facts.interactions if i.id == event.data.get("interaction")), None)
    return interaction.channel if interaction is not None else Channel.CONTACT_CENTRE


def _told(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """An agent told her. Allowed is what an agent may lift; consent, a block and a conflict are not."""
    message = _live(talking, event)
    planned = any(
        d.state is DeliveryState.PLANNED and d.follower_after is not None for d in message.deliveries
    )
    if not planned:
        _must_not_have_left(talking, message)
    refusal = telling_refused(message, scene)
    if refusal is not None:
        raise InputError(ErrorCode.NOT_ALLOWED, ENGLISH.refused[refusal], path=("data", "message"))
    channel = _channel_of(facts, event)
    told = Delivery(
        id=delivery_id(message.id, channel),
        channel=channel,
        state=DeliveryState.TOLD,
        left_at=event.at,
        seen_at=event.at,
        changed_at=talking.now,
        agent=event.actor or event.data.get("agent"),
        because=event.data.get("wording"),
    )
    others = tuple(d for d in message.deliveries if d.id != told.id)
    talking.keep(replace(message, deliveries=(*others, told)))


_LIFTED = frozenset({HoldKind.QUIET_HOURS, HoldKind.GROUP, HoldKind.BUDGET, HoldKind.NOT_BEFORE})


def telling_refused(message: Message, scene: Scene) -> str | None:
    """Why an agent may not tell this message now, as a code that engine.phrases words; None where she may."""
    if message.state is MessageState.BLOCKED:
        return "blocked"
    faces = scene.book.rules if scene.book is not None else {}
    for hold in message.holds:
        face = faces.get(hold.rule or "")
        if hold.kind in (HoldKind.FIXED, HoldKind.WHILE) and face is not None and face.agent_may_release:
            continue
        if hold.kind not in _LIFTED:
            return "held"
    return None


def _released(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    message = _live(talking, event)
    _must_not_have_left(talking, message)
    refusal = telling_refused(message, scene)
    if refusal is not None:
        raise InputError(ErrorCode.NOT_ALLOWED, ENGLISH.refused[refusal], path=("data", "message"))
    lifted = {h.rule for h in message.holds if h.rule is not None}
    if any(h.kind is HoldKind.GROUP for h in message.holds):
        lifted.add(LIFTED)
    if event.data.get("customerAsked"):
        lifted.add("quiet_hours")
    talking.keep(replace(message, released=tuple(sorted({*message.released, *lifted}))))


def _cancelled(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    message = _live(talking, event)
    _must_not_have_left(talking, message)
    for item in [talking.messages[id] for id in message.items if id in talking.messages]:
        close(talking, item, MessageState.CANCELLED, "cancelled", scene, event.type)
    close(talking, message, MessageState.CANCELLED, "cancelled", scene, event.type)


def _retracted(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """The back-end takes messages back: by message id, by request, or by topic and business key.

    A request that is taken back leaves the message to those who still ask for it.
    """
    asked = event.source, event.data.get("request", "")
    for message in [m for m in talking.messages.values() if m.group is None]:
        if _names(event.data, message):
            close(talking, message, MessageState.RETRACTED, "retracted", scene, event.type)
        elif any((r.source, r.id) == asked for r in (message.request, *message.sources)):
            _request_retracted(talking, message, asked, scene, event.type)


def _names(data: dict[str, Any], message: Message) -> bool:
    request = message.request
    return data.get("message") == message.id or (
        "key" in data and data["key"] == request.key and data.get("topic") == request.topic
    )


def _request_retracted(
    talking: Talking, message: Message, asked: tuple[str, str], scene: Scene, cause: str
) -> None:
    going_on = without(message, asked)
    if going_on is not None:
        talking.keep(going_on)
    else:
        close(talking, message, MessageState.RETRACTED, "retracted", scene, cause)


def _sent_elsewhere(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """A source that does not ask yet has spoken: it counts in the contact budget, and under its key it has been said."""
    channel = Channel(event.data["channel"])
    topic = event.data["topic"]
    if channel in SENDS:
        category = scene.book.topic(topic).category if scene.book is not None else ""
        contact = Contact(_not_after(event.at, talking.now), channel, category, topic)
        talking.contacts = (*talking.contacts, contact)
    if event.data.get("key") is not None:
        said_elsewhere(talking, said_of(event), channel, scene, event.type)


def _not_after(at: Instant, now: Instant) -> Instant:
    return min(at, now)


def _requested(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    admit(talking, request_of(event), scene, event.type)


def _task_completed(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    talking.close_task(event.data["task"], "DONE")


def _conflict_resolved(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """A person says which of two is right: the other one is cancelled."""
    right = _live(talking, event)
    wrong = talking.messages.get(right.conflict_with or "")
    talking.keep(replace(right, conflict_with=None))
    if wrong is not None:
        close(
            talking,
            replace(wrong, conflict_with=None),
            MessageState.CANCELLED,
            "conflict_resolved",
            scene,
            event.type,
        )
    for task in [
        t
        for t in talking.tasks.values()
        if t.kind == "conflict" and t.message in (right.id, right.conflict_with)
    ]:
        talking.close_task(task.id, "DONE")


def _doubt_resolved(talking: Talking, facts: Facts, event: Event, scene: Scene) -> None:
    """A person found out what became of a delivery: `arrived` true or false."""
    message, old = _delivery(talking, event)
    if old.state is not DeliveryState.IN_DOUBT:
        return
    if event.data.get("arrived"):
        _put(
            talking,
            message,
            replace(old, state=DeliveryState.DELIVERED, changed_at=talking.now, left_at=event.at),
        )
    else:
        _failed(talking, facts, event, scene)
    talking.close_task(doubt_task(talking.customer_id, old.id), "DONE")


TALK_TABLE: dict[str, Row] = {
    "message.requested": _requested,
    "message.retracted": _retracted,
    "message.sent_elsewhere": _sent_elsewhere,
    "delivery.handed_over": _outcome(DeliveryState.HANDED_OVER),
    "delivery.delivered": _outcome(DeliveryState.DELIVERED),
    "delivery.seen": _outcome(DeliveryState.SEEN),
    "delivery.clicked": _outcome(DeliveryState.CLICKED),
    "delivery.dismissed": _outcome(DeliveryState.DISMISSED),
    "delivery.told": _told,
    "delivery.failed": _failed,
    "delivery.retry": _retry,
    "delivery.in_doubt": _in_doubt,
    "staff.released": _released,
    "staff.cancelled": _cancelled,
    "staff.task_completed": _task_completed,
    "staff.conflict_resolved": _conflict_resolved,
    "staff.doubt_resolved": _doubt_resolved,
}
