"""All open messages of one customer decided together: phase one for each, then phase two in rank order.

A record is written only where state, instant, plan or reasons of a message changed, so deciding twice is deciding
once, and what stands is not decided again. Nothing of the previous decision is read but anchors, what has left, and since when something was ready.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from artifact.channel import PLACES
from artifact.customer import Artifact
from artifact.decision import KeptGate, KeptRecord
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import (
    LIVE_STATES,
    PLANNED,
    Delivery,
    DeliveryState,
    Message,
    MessageState,
)
from artifact.states import REACHED_STATES
from dsl.change import Change
from dsl.rulebook import Rulebook
from dsl.verdict import Verdict
from engine.concern import concerns
from engine.decided import Decided, next_eligible, of_itself, without_rulebook
from engine.doubt import in_doubt, may_be_out, raise_doubts
from engine.judging import Asking, Memo, reads_alike
from engine.rounds import Ask, Found, Judged, decide_all, in_company
from engine.said import has_more_said, said_of
from engine.scene import Scene
from engine.settled import (
    BUNDLED,
    Left,
    Marks,
    all_settled,
    left_by,
    none_due,
    same_circumstances,
)
from engine.talking import Talking
from engine.traces import kept


def decide(
    before: Artifact, talking: Talking, facts: Facts, scene: Scene, cause: str, memo: Memo | None
) -> None:
    """Decide every live message that does not stand as the artifact `before` left it; put results, records and alerts
    into `talking`."""
    found, marks = _found(before, talking, facts, scene, memo)
    if found:
        for message, decided in found:
            _conclude(talking, message, talking.before.get(message.id), decided, scene, cause)
            if talking.messages.get(message.id) is not decided.message:
                marks.pop(message.id, None)
    if talking.gatherings:
        _forget_gatherings(talking)
    talking.left = Left(talking.shared(), marks, talking.contacts, facts, talking.now)
    if memo is not None:
        memo.left = talking.left


def _found(
    before: Artifact, talking: Talking, facts: Facts, scene: Scene, memo: Memo | None
) -> tuple[Found, Marks]:
    """What is decided anew, and the marks of all that may stand from now on."""
    messages, book = talking.messages, scene.book
    if book is None:
        return _held(messages.values(), talking.now), {}
    if not messages:
        return [], {}
    memo = Memo() if memo is None else memo
    left = talking.left or memo.left_under(book.revision)
    if left is None:
        left = left_by(talking.talk, before.body.facts, before.now, scene.revision)
    alike, grouped = left.facts is facts or reads_alike(left.facts, facts), in_company(talking, book)
    if not (alike or same_circumstances(left.facts, facts, book)):
        left = replace(left, messages={}, marks={})
    asks_all = not alike or has_more_said(talking, book)
    resting, others = ({}, messages.values()) if asks_all else left.resting(messages, talking.now, grouped)
    ask = _asker(talking, facts, book, memo)
    judged: Judged = []
    for message in others:
        if message.group is None:
            merged = ask(message)
            if asks_all and left.rests(message, merged.mark, talking.now, grouped):
                resting[message.id] = merged.mark
            else:
                judged.append((message, merged))
    if (asks_all or grouped) and not talking.changed and _all_stand(talking, left, judged):
        return [], left.marks
    round = decide_all(talking, facts, scene, book, left, judged, resting, ask, grouped)
    return round.found, round.marks


def _held(messages: Iterable[Message], now: Instant) -> Found:
    return [(message, without_rulebook(message, now)) for message in messages]


def _asker(talking: Talking, facts: Facts, book: Rulebook, memo: Memo) -> Ask:
    """Asks the rules about a message; what `memo` holds that no longer fits is forgotten."""
    said = said_of(talking, book)
    memo.keep_fitting(facts, book.revision, said)
    return Asking(talking.customer_id, facts, book, talking.now, memo, said).about


def _all_stand(talking: Talking, left: Left, judged: Judged) -> bool:
    """Whether all messages that are open were, and those about which the rules were asked stand, in whatever company."""
    return (
        len(talking.messages) == len(left.messages)
        and talking.contacts == left.contacts
        and all(left.stands(message, merged.mark, talking.now) for message, merged in judged)
        and all(
            left.stands(m, BUNDLED, talking.now) for m in talking.messages.values() if m.group is not None
        )
    )


def still_decided(
    before: Artifact, talking: Talking, facts: Facts, scene: Scene, change: Change | None = None
) -> bool:
    """Whether the decisions of the entry before stand: nothing that deciding reads has changed since.

    `before` is what that entry left. What time alone moves has its instant in a message's `next_at`; what may move a
    moment later does not at the same instant (docs/decisions/0015). `change` is how the rules of the scene differ from
    those of that entry, where nothing else does (docs/decisions/0016).
    """
    talk = before.body.talk
    return (
        (facts is before.body.facts or reads_alike(before.body.facts, facts))
        and not talking.changed
        and len(talking.messages) == len(talk.messages)
        and talking.contacts == talk.contacts
        and (_nothing_due(before, talking.now) or none_due(talk.messages, talking.now))
        and (all_settled(talk) or (before.now == talking.now and talk.revision == scene.revision))
        and (
            talk.revision == scene.revision
            or (change is not None and not concerns(change, talking, facts, scene))
        )
    )


def _nothing_due(before: Artifact, now: Instant) -> bool:
    return before.due is not None and now < before.due


def _forget_gatherings(talking: Talking) -> None:
    """A gathering lasts as long as somebody lives who has a place in it."""
    awaited = {place.bundle for m in talking.messages.values() for place in m.places}
    talking.gatherings = {id: g for id, g in talking.gatherings.items() if id in awaited}


def _conclude(
    talking: Talking, old: Message, before: Message | None, decided: Decided, scene: Scene, cause: str
) -> None:
    """Keep the result; close what is over; record what changed since `before` this entry."""
    new = decided.message
    if new is before and new is old and not decided.alerts:
        raise_doubts(talking, new)
        return
    for code in decided.alerts:
        talking.alert(code, new, scene)
    if new.state not in LIVE_STATES:
        new = _closed(old, new, talking.now)
    elif _has_reached(new):
        new = _silenced(old, new, talking.now)
    talking.keep(new)
    raise_doubts(talking, new)
    if before is None or not _tell_the_same(before, new):
        talking.record(_record(new, decided, talking, scene, cause))


def _has_reached(message: Message) -> bool:
    for delivery in message.deliveries:
        if delivery.state in REACHED_STATES:
            return True
    return False


def _closed(old: Message, new: Message, now: Instant) -> Message:
    """Over: what has not left is taken back, of the old plan also what the new one dropped."""
    deliveries = (*new.deliveries, *_dropped(old, new))
    because = "REACHED_ELSEWHERE" if new.state is MessageState.REACHED else new.state.value
    return replace(new, deliveries=_withdrawn(deliveries, now, because), closed_at=now)


def withdrawn(message: Message, now: Instant, because: str) -> Message:
    """What has not left is taken back; so is what a place still shows unseen. What may be out is in doubt."""
    return replace(message, deliveries=_withdrawn(message.deliveries, now, because))


def _withdrawn(deliveries: Iterable[Delivery], now: Instant, because: str) -> tuple[Delivery, ...]:
    return tuple([_ended(d, now, because) for d in deliveries])


def _ended(delivery: Delivery, now: Instant, because: str) -> Delivery:
    if may_be_out(delivery):
        return in_doubt(delivery, now)
    shown = delivery.channel in PLACES and delivery.state in _SHOWN
    return _taken_back(delivery, now, because) if shown or delivery.state is PLANNED else delivery


def _taken_back(delivery: Delivery, now: Instant, because: str) -> Delivery:
    return replace(delivery, state=DeliveryState.WITHDRAWN, because=because, changed_at=now, planned_at=None)


_SHOWN = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})


def _silenced(old: Message, new: Message, now: Instant) -> Message:
    """Reached, but a proof is still due: deliveries of the old plan that the new one dropped are taken back."""
    ended = [_taken_back(d, now, "REACHED_ELSEWHERE") for d in _dropped(old, new)]
    return replace(new, deliveries=(*new.deliveries, *ended))


def _dropped(old: Message, new: Message) -> list[Delivery]:
    """The deliveries of the old plan that the new one does not have."""
    kept = {d.id for d in new.deliveries}
    return [d for d in old.deliveries if d.id not in kept]


def _tell_the_same(one: Message, other: Message) -> bool:
    """Whether a record would tell the same of both: then nothing changed."""
    return (
        one.state is other.state
        and one.reason == other.reason
        and one.rule == other.rule
        and one.holds == other.holds
        and (one.deliveries == other.deliveries or _plan(one) == _plan(other))
        and one.rephrase == other.rephrase
        and one.bundle == other.bundle
        and one.items == other.items
    )


def _plan(message: Message) -> list[tuple[object, ...]]:
    return [(d.channel, d.state, d.planned_at, d.because) for d in message.deliveries]


def _record(message: Message, decided: Decided, talking: Talking, scene: Scene, cause: str) -> KeptRecord:
    verdict = decided.merged.verdict if decided.merged is not None else Verdict()
    next_at = decided.eligible if decided.eligible is not None else next_eligible(message)
    return kept(message, verdict, decided.gates(), cause, next_at, talking.now, scene.book)


def closing_record(
    message: Message, gate: KeptGate, talking: Talking, scene: Scene, cause: str
) -> KeptRecord:
    """The record of a message that something other than the gates has closed."""
    return _record(message, of_itself(message, gate), talking, scene, cause)
