"""A message comes in: who may ask, what it supersedes, joins or contradicts, and whether there is room.

Business keys are scoped to customer, topic and key. Superseding takes back only what has not left; if something has
left, the newer message is marked as correcting it.
"""

from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.channel import URGENCY_RANK, Channel, Urgency
from artifact.customer import StaffTask
from artifact.decision import GateOutcome
from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from artifact.message import (
    LIVE_STATES,
    OPEN_STATES,
    Delivery,
    DeliveryState,
    GateName,
    Message,
    MessageState,
    Request,
    delivery_id,
)
from artifact.span import add_span
from artifact.states import LEFT_STATES
from dsl.rulebook import Topic
from engine.deciding import closing_record, withdrawn
from engine.doubt import may_be_out, raise_doubts
from engine.draft import PRESSING
from engine.scene import Scene
from engine.talking import Talking
from engine.traces import gate


def message_id(customer_id: str, source: str, id: str) -> str:
    """The id that a request always has: a retry names the same message."""
    return derived_id("m", customer_id, source, id)


def business_key(request: Request, topic: Topic | None) -> str | None:
    """The key the back-end gave, else the value of the field that the topic names (`one per`)."""
    if request.key is not None or topic is None or topic.one_per is None:
        return request.key
    value = request.data.get(topic.one_per)
    if value is None and request.about is not None:
        value = request.about.reference
    return None if value is None else str(value)


def admit(talking: Talking, request: Request, scene: Scene, cause: str, *, outdated: bool = False) -> Message:
    """Take in one message. `outdated`: what it tells is no longer the newest, so it closes as superseded.

    Raises InputError CUSTOMER_FULL where there is no room for it.
    """
    topic = scene.book.topic(request.topic) if scene.book is not None else None
    request = replace(request, key=business_key(request, topic))
    new = Message(
        id=message_id(talking.customer_id, request.source, request.id),
        number=talking.n,
        received_at=talking.now,
        request=request,
        category=topic.category if topic is not None else "",
    )
    if topic is not None and not topic.classified:
        talking.alert(f"topic_unclassified:{request.topic}", new, scene)
    if outdated:
        return close(talking, new, MessageState.SUPERSEDED, "outdated", scene, cause)
    other = _same_key(talking, new, topic, scene) if request.key is not None else None
    if other is None:
        return _enter(talking, new, topic, scene, cause)
    if _was_asked_by(request, other, topic):
        return _supersede(talking, other, new, topic, scene, cause)
    return _join(talking, other, new, topic, scene, cause)


def said_elsewhere(talking: Talking, request: Request, channel: Channel, scene: Scene, cause: str) -> Message:
    """Keep what a source has said by itself: what waits under the same key is reached by it, what follows corrects it."""
    for message in list(talking.messages.values()):
        if (message.request.topic, message.request.key) == (request.topic, request.key):
            close(talking, message, MessageState.REACHED_ELSEWHERE, "said_elsewhere", scene, cause)
    id = message_id(talking.customer_id, request.source, request.id)
    said = Delivery(delivery_id(id, channel), channel, DeliveryState.HANDED_OVER, left_at=request.at)
    topic = scene.book.topic(request.topic) if scene.book is not None else None
    message = Message(
        id=id,
        number=talking.n,
        received_at=talking.now,
        request=request,
        category=topic.category if topic is not None else "",
        deliveries=(said,),
    )
    return close(talking, message, MessageState.REACHED_ELSEWHERE, "said_elsewhere", scene, cause)


def _same_key(talking: Talking, new: Message, topic: Topic | None, scene: Scene) -> Message | None:
    """The newest message of the same key that still lives, or whose subject matter would still be of use."""
    spoken = (MessageState.JOINED, MessageState.SUPERSEDED, MessageState.RETRACTED, MessageState.CANCELLED)
    same = [
        m
        for m in (*talking.tail.values(), *talking.messages.values())
        if m.request.topic == new.request.topic
        and m.request.key == new.request.key
        and m.state not in spoken
        and (m.state in LIVE_STATES or talking.now < _useful_until(m, topic, scene))
    ]
    return max(same, key=lambda m: (m.number, m.id), default=None)


def _was_asked_by(new: Request, other: Message, topic: Topic | None) -> bool:
    """Whether one of those who asked for the other message asks for this one."""
    return any(_same_source(new, said, topic) for said in (other.request, *other.sources))


def _same_source(new: Request, said: Request, topic: Topic | None) -> bool:
    """Where sources must agree, what a rule asks is said by the system that told the event: two systems are two sources."""
    if new.source != said.source:
        return False
    told = {new.heard_from, said.heard_from}
    return topic is None or not topic.must_agree or None in told or len(told) == 1


def _useful_until(message: Message, topic: Topic | None, scene: Scene) -> Instant:
    if message.request.expires_at is not None:
        return message.request.expires_at
    if topic is None or scene.book is None:
        return message.received_at
    return add_span(message.received_at, topic.expires_after or topic.lives_for, scene.book.zone)


def _is_newer(new: Message, old: Message) -> bool:
    """By `seq` where both have one, else by the source's instant; at a tie the later arrival is newer."""
    if new.request.seq is not None and old.request.seq is not None:
        return new.request.seq >= old.request.seq
    return new.request.at >= old.request.at


def _supersede(
    talking: Talking, old: Message, new: Message, topic: Topic | None, scene: Scene, cause: str
) -> Message:
    if not _is_newer(new, old):
        return close(talking, new, MessageState.SUPERSEDED, "older_of_key", scene, cause)
    if any(d.state in LEFT_STATES or may_be_out(d) for d in talking.spoken(old)):
        new = replace(new, correcting=old.id)
    if old.state in LIVE_STATES:
        close(talking, old, MessageState.SUPERSEDED, "newer_of_key", scene, cause)
    return _enter(talking, new, topic, scene, cause)


def _lift_conflict(talking: Talking, gone: Message) -> None:
    """One of two that disagree is closed: the other goes on, and nobody needs to choose."""
    other = talking.messages.get(gone.conflict_with or "")
    if other is None:
        return
    talking.keep(replace(other, conflict_with=None))
    for first, second in ((gone.id, other.id), (other.id, gone.id)):
        talking.close_task(_conflict_task(talking, first, second), "DONE")


def _conflict_task(talking: Talking, first: str, second: str) -> str:
    return derived_id("t", talking.customer_id, first, second, "conflict")


def _join(
    talking: Talking, first: Message, new: Message, topic: Topic | None, scene: Scene, cause: str
) -> Message:
    """Another source says the same: one message, two sources. In a field that must agree they differ: a conflict."""
    if _agree(first, new, topic, scene):
        limit = scene.limits.sources_per_message - 1
        talking.keep(replace(first, sources=(*first.sources, new.request)[:limit]))
        joined = replace(new, joined_to=first.id)
        return close(talking, joined, MessageState.JOINED, "same_key", scene, cause)
    if first.state in LIVE_STATES:
        talking.keep(replace(first, conflict_with=new.id))
    new = replace(new, conflict_with=first.id)
    talking.task(
        StaffTask(
            id=_conflict_task(talking, first.id, new.id),
            kind="conflict",
            raised_at=talking.now,
            reason=f"{first.request.source} and {new.request.source} disagree",
            about=new.request.about,
            message=new.id,
        )
    )
    return _enter(talking, new, topic, scene, cause)


def _agree(first: Message, new: Message, topic: Topic | None, scene: Scene) -> bool:
    """By the types that the topic declares: one system writes 72, another one "72.00"."""
    if topic is None or scene.book is None:
        return True
    data, other = first.request.data, new.request.data
    return all(scene.book.same(topic.name, f, data.get(f), other.get(f)) for f in topic.must_agree)


def _enter(talking: Talking, new: Message, topic: Topic | None, scene: Scene, cause: str) -> Message:
    asked = [
        m for m in talking.messages.values() if m.group is None
    ]  # bundles are our own, and ask for no room
    full = len(asked) >= scene.limits.open_messages
    if topic is not None and topic.critical:
        if full:
            _evict(talking, scene, cause)
    elif full or not (_is_marketing(new, scene) or _leaves_room(asked, scene)):
        raise InputError(
            ErrorCode.CUSTOMER_FULL,
            f"{len(asked)} messages of this customer are open already",
            help="retract what is no longer true, or let some expire",
        )
    talking.keep(new)
    talking.changed[new.id] = new
    return new


def _leaves_room(asked: list[Message], scene: Scene) -> bool:
    """Whether enough places stay free, or with those who make room, for what is always admitted."""
    room = scene.limits.open_messages - scene.limits.reserved_messages
    return len(asked) < room or sum(not _makes_room(m, scene) for m in asked) < room


def _makes_room(message: Message, scene: Scene) -> bool:
    """What is blocked, and marketing that waits. Nothing else ever goes."""
    return (
        message.group is None
        and message.state in OPEN_STATES
        and message.urgency is not Urgency.CRITICAL
        and (message.state is MessageState.BLOCKED or _is_marketing(message, scene))
    )


def _evict(talking: Talking, scene: Scene, cause: str) -> None:
    """Make room: the weakest blocked message, then the weakest marketing that waits."""
    candidates = [m for m in talking.messages.values() if _makes_room(m, scene)]
    if candidates:
        weakest = min(
            candidates,
            key=lambda m: (
                m.state is not MessageState.BLOCKED,
                URGENCY_RANK[m.urgency],
                -m.received_at,
                m.id,
            ),
        )
        close(talking, weakest, MessageState.EVICTED, "no_room", scene, cause)


def _is_marketing(message: Message, scene: Scene) -> bool:
    return scene.book is not None and scene.book.topic(message.request.topic).basis in PRESSING


def close(
    talking: Talking, message: Message, state: MessageState, reason: str, scene: Scene, cause: str
) -> Message:
    """Close a message for good: what has not left is taken back, and a record says why."""
    closed = replace(
        withdrawn(message, talking.now, state.value),
        state=state,
        reason=reason,
        holds=(),
        next_at=None,
        closed_at=talking.now,
    )
    talking.keep(closed)
    talking.changed[closed.id] = closed
    if closed.conflict_with is not None:
        _lift_conflict(talking, closed)
    raise_doubts(talking, closed)
    over = gate(GateName.LIFE, GateOutcome.BLOCKED, reason)
    talking.record(closing_record(closed, over, talking, scene, cause))
    return closed
