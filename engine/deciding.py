"""All open messages of one customer decided together: phase one for each, then phase two in rank order.

A record is written only where state, instant, plan or reasons of a message changed, so deciding twice is deciding
once. Nothing of the previous decision is read but anchors, what has left, and since when something was ready.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace

from artifact.channel import PLACES, URGENCY_RANK
from artifact.decision import GateOutcome, GateRow, HoldRow, KeptRecord, PlanRow, Record
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import (
    LIVE_STATES,
    Delivery,
    DeliveryState,
    GateName,
    Hold,
    HoldKind,
    Message,
    MessageState,
)
from artifact.states import REACHED_STATES
from dsl.verdict import Verdict
from engine.budget import budget_of
from engine.doubt import doubted, may_be_out, raise_doubts
from engine.draft import Draft
from engine.fold import zone_of_customer
from engine.judging import Memo, Merged, judge
from engine.planning import plan
from engine.scene import Scene
from engine.settled import Settled, settle
from engine.talking import Talking
from engine.traces import kept


@dataclass(slots=True)
class Decided:
    """One message after deciding, with the trace of how; `alerts` are codes for a person to know."""

    message: Message
    gates: tuple[GateRow, ...] = ()
    merged: Merged | None = None
    alerts: tuple[str, ...] = field(default=())


def decide(talking: Talking, facts: Facts, scene: Scene, cause: str, memo: Memo | None) -> None:
    """Decide every live message anew; put results, records and alerts into `talking`."""
    before = {m.id: m for m in talking.talk.messages}
    if scene.book is None:
        for message in list(talking.messages.values()):
            decided = _without_rulebook(message, talking.now)
            _conclude(talking, message, before.get(message.id), decided, scene, cause)
        return
    if not talking.messages:
        return
    zone = zone_of_customer(facts, scene.book)
    budget = budget_of(scene.book.caps, zone, tuple(talking.contacts))
    judged = [(m, judge(m, facts, scene.book, talking.now, memo)) for m in talking.messages.values()]
    known = memo.settled if memo is not None else {}
    settled: dict[str, Settled] = {}
    for message, merged in sorted(judged, key=_rank) if len(judged) > 1 else judged:
        old = known.get(message.id)
        if old is not None and old.stands(message, merged.verdict, facts, budget, talking.now):
            old.reserve(budget, merged.topic)
        else:
            taken = budget.snapshot()
            draft = _planned(Draft(message, merged, facts, scene, budget, talking.now, zone))
            decided = _decided(draft)
            _conclude(talking, message, before.get(message.id), decided, scene, cause)
            old = settle(draft, decided.message, taken)
        if old is not None:
            settled[message.id] = old
    if memo is not None:
        memo.settled = settled


def _rank(item: tuple[Message, Merged]) -> tuple[int, Instant, int, str]:
    message, merged = item
    return (-URGENCY_RANK[merged.urgency], message.received_at, message.number, message.id)


def _without_rulebook(message: Message, now: Instant) -> Decided:
    """Without a live rulebook messages wait and nothing leaves; one that ends meanwhile closes."""
    expires = message.request.expires_at
    if expires is not None and now >= expires:
        return Decided(replace(message, state=MessageState.EXPIRED, reason="expired", holds=(), next_at=None))
    since = next((h.since for h in message.holds if h.kind is HoldKind.NO_RULEBOOK), now)
    held = replace(
        message,
        state=MessageState.WAITING,
        reason="no_rulebook",
        holds=(Hold(HoldKind.NO_RULEBOOK, since),),
        deliveries=tuple(d for d in message.deliveries if d.state is not DeliveryState.PLANNED),
        next_at=expires,
    )
    return Decided(held, (GateRow(GateName.RULES, GateOutcome.HELD, "no_rulebook"),))


def _decided(draft: Draft) -> Decided:
    """The message as it comes out of planning."""
    message, merged = draft.message, draft.merged
    live = draft.state in LIVE_STATES
    deliveries = (*draft.gone, *draft.planned)
    limit = draft.scene.limits.deliveries_per_message
    new = replace(
        message,
        state=draft.state,
        reason=draft.reason,
        rule=draft.rule,
        category=merged.topic.category,
        urgency=merged.urgency,
        anchors=tuple(draft.holding.anchors.values()),
        holds=_steady(message.holds, draft.holding.holds) if live else (),
        deliveries=_in_order(message, deliveries[:limit]),
        rephrase=merged.rephrase,
        next_at=_next(draft, draft.now) if live else None,
    )
    # The very same object where nothing changed, so that it can be seen at a glance.
    return Decided(message if new == message else new, tuple(draft.gates), merged, tuple(draft.alerts))


def _planned(draft: Draft) -> Draft:
    """The draft with its plan; once more where the plan drops a delivery that may be out there already."""
    if not any(may_be_out(d) for d in draft.message.deliveries):
        plan(draft)
        return draft
    taken = draft.budget.snapshot()
    plan(draft)
    message = doubted(draft.message, frozenset(d.id for d in draft.planned), draft.now)
    if message == draft.message:
        return draft
    draft.budget.taken = taken
    again = Draft(message, draft.merged, draft.facts, draft.scene, draft.budget, draft.now, draft.zone)
    plan(again)
    return again


def _in_order(message: Message, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Known deliveries keep their place, new ones follow, so that an unchanged plan is an equal plan."""
    place = {d.id: i for i, d in enumerate(message.deliveries)}
    return tuple(sorted(deliveries, key=lambda d: place.get(d.id, len(place))))


def _steady(old: tuple[Hold, ...], new: list[Hold]) -> tuple[Hold, ...]:
    """A hold that applied before keeps the instant since which it does; the same hold is named once."""
    since = {(h.kind, h.rule, h.channel): h.since for h in old}
    steady: dict[tuple[HoldKind, str | None, object], Hold] = {}
    for hold in new:
        key = (hold.kind, hold.rule, hold.channel)
        known = steady.get(key)
        until = (
            hold.until
            if known is None or known.until is None or hold.until is None
            else max(hold.until, known.until)
        )
        steady[key] = replace(hold, since=since.get(key, hold.since), until=until)
    return tuple(steady.values())


def _next(draft: Draft, now: Instant) -> Instant | None:
    sending = [
        d.valid_until for d in draft.gone if d.state is DeliveryState.SENDING and d.valid_until is not None
    ]
    return min((at for at in (*draft.wakes, *sending) if at > now), default=None)


def _conclude(
    talking: Talking, old: Message, before: Message | None, decided: Decided, scene: Scene, cause: str
) -> None:
    """Keep the result; close what is over; record what changed since `before` this entry."""
    new = decided.message
    for code in decided.alerts:
        talking.alert(code, new, scene)
    if new.state not in LIVE_STATES:
        because = "REACHED_ELSEWHERE" if new.state is MessageState.REACHED else new.state.value
        new = withdrawn(_with_dropped(old, new), talking.now, because)
        new = replace(new, closed_at=talking.now)
    elif any(d.state in REACHED_STATES for d in new.deliveries):
        new = _silenced(old, new, talking.now)
    talking.keep(new)
    raise_doubts(talking, new)
    if before is None or _shows(before) != _shows(new):
        talking.record(_record(new, decided, talking, scene, cause))


def _with_dropped(old: Message, new: Message) -> Message:
    """With the deliveries of the old plan that the new one dropped: a closed message tells what was taken back."""
    kept = {d.id for d in new.deliveries}
    return replace(new, deliveries=(*new.deliveries, *(d for d in old.deliveries if d.id not in kept)))


def withdrawn(message: Message, now: Instant, because: str) -> Message:
    """What has not left is taken back; so is what a place still shows unseen. What may be out is in doubt."""
    message = doubted(message, frozenset(), now)
    return replace(
        message,
        deliveries=tuple(
            replace(d, state=DeliveryState.WITHDRAWN, because=because, changed_at=now, planned_at=None)
            if d.state is DeliveryState.PLANNED or (d.channel in PLACES and d.state in _SHOWN)
            else d
            for d in message.deliveries
        ),
    )


_SHOWN = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})


def _silenced(old: Message, new: Message, now: Instant) -> Message:
    """Reached, but a proof is still due: deliveries of the old plan that the new one dropped are taken back."""
    kept = {d.id for d in new.deliveries}
    dropped = tuple(
        replace(
            d, state=DeliveryState.WITHDRAWN, because="REACHED_ELSEWHERE", changed_at=now, planned_at=None
        )
        for d in old.deliveries
        if d.id not in kept
    )
    return replace(new, deliveries=(*new.deliveries, *dropped))


def _shows(message: Message) -> tuple[object, ...]:
    """What a record tells of a message: where this is equal, nothing changed."""
    plan = tuple((d.channel, d.state, d.planned_at, d.because) for d in message.deliveries)
    return (message.state, message.reason, message.rule, message.holds, plan, message.rephrase)


def _record(message: Message, decided: Decided, talking: Talking, scene: Scene, cause: str) -> KeptRecord:
    verdict = decided.merged.verdict if decided.merged is not None else Verdict()
    record = Record(
        message=message.id,
        n=talking.n,
        now=talking.now,
        state=message.state,
        reason=message.reason,
        revision=scene.revision,
        cause=cause,
        next_at=next_eligible(message),
        gates=decided.gates,
        rules=verdict.rows,
        holds=tuple(HoldRow(h.kind, h.since, h.until, h.rule) for h in message.holds),
        plan=tuple(PlanRow(d.channel, d.state, d.planned_at, d.because) for d in message.deliveries),
        reads=verdict.reads,
    )
    return kept(record, scene.book)


def next_eligible(message: Message) -> Instant | None:
    """The instant at which it leaves next if nothing else arrives; None where that is not known."""
    return min(
        (
            d.planned_at
            for d in message.deliveries
            if d.state is DeliveryState.PLANNED and d.planned_at is not None
        ),
        default=None,
    )


def closing_record(message: Message, gate: GateRow, talking: Talking, scene: Scene, cause: str) -> KeptRecord:
    """The record of a message that something other than the gates has closed."""
    return _record(message, Decided(message, (gate,)), talking, scene, cause)
