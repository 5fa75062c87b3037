"""One message as it comes out of planning: its new state, holds and deliveries, and when it must be decided anew."""

from collections.abc import Callable, Sequence
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from artifact.customer import Gathering
from artifact.decision import GateOutcome, KeptGate
from artifact.instant import Instant
from artifact.message import (
    LIVE_STATES,
    PLANNED,
    Delivery,
    DeliveryState,
    GateName,
    Hold,
    HoldKind,
    Message,
    MessageState,
)
from artifact.states import first_planned
from engine.bundles import shared_state
from engine.doubt import doubted, may_be_out
from engine.draft import Draft, draft_of
from engine.judging import Merged
from engine.planning import plan
from engine.traces import gate


class Decided(msgspec.Struct):
    """One message after deciding; `alerts` are codes for a person to know. `gates` tells how it came about.

    `eligible` is the next eligible instant of what goes in company, None: that of its own deliveries.
    """

    message: Message
    gates: Callable[[], tuple[KeptGate, ...]]
    merged: Merged | None = None
    alerts: Sequence[str] = ()
    eligible: Instant | None = None


def of_itself(message: Message, *gates: KeptGate) -> Decided:
    """A message that no gates had to be asked about."""
    return Decided(message, lambda: gates)


def without_rulebook(message: Message, now: Instant) -> Decided:
    """Without a live rulebook messages wait and nothing leaves; one that ends meanwhile closes."""
    expires = message.request.expires_at
    if expires is not None and now >= expires:
        return of_itself(
            replace(message, state=MessageState.EXPIRED, reason="expired", holds=(), next_at=None)
        )
    since = next((h.since for h in message.holds if h.kind is HoldKind.NO_RULEBOOK), now)
    held = replace(
        message,
        state=MessageState.WAITING,
        reason="no_rulebook",
        holds=(Hold(HoldKind.NO_RULEBOOK, since),),
        deliveries=tuple(d for d in message.deliveries if d.state is not PLANNED),
        next_at=expires,
    )
    return of_itself(held, gate(GateName.RULES, GateOutcome.HELD, "no_rulebook"))


def decided_of(draft: Draft) -> Decided:
    """The message as it comes out of planning."""
    message, merged = draft.message, draft.merged
    live = draft.state in LIVE_STATES
    deliveries = (*draft.gone, *draft.planned)
    limit = draft.moment.limits.deliveries_per_message
    new = replace(
        message,
        state=draft.state,
        reason=draft.reason,
        rule=draft.rule,
        category=merged.topic.category,
        urgency=merged.urgency,
        anchors=draft.anchors,
        holds=_steady(message.holds, draft.holds) if live and draft.holds else (),
        deliveries=_in_order(message, deliveries[:limit]),
        rephrase=merged.ruling.rephrase,
        next_at=_next(draft) if live else None,
    )
    # The very same object where nothing changed, so that it can be seen at a glance.
    return Decided(message if new == message else new, draft.gates, merged, draft.alerts)


def item_decided(draft: Draft, message: Message, bundle: Message, gathering: Gathering | None) -> Decided:
    """A message that goes in a bundle, which has been decided: it waits for that, then shares what becomes of it."""
    state, reason = shared_state(bundle)
    place = next(p for p in message.places if p.bundle == bundle.id)
    closing = gathering.until if gathering is not None and gathering.until > draft.moment.now else None
    at = next_eligible(bundle) or closing
    waits, live = state is MessageState.WAITING, state in LIVE_STATES
    holds = [Hold(HoldKind.GROUP, place.since, at, place.rule)] if waits else []
    draft.wakes.append(draft.end)
    if waits:
        draft.say(GateName.GROUP, GateOutcome.HELD, "group", at)
    new = replace(
        message,
        state=state,
        reason=reason,
        rule=place.rule if waits else None,
        category=draft.merged.topic.category,
        urgency=draft.merged.urgency,
        anchors=draft.anchors,
        holds=_steady(message.holds, holds),
        deliveries=draft.gone,
        rephrase=draft.merged.ruling.rephrase,
        next_at=_next(draft) if live else None,
        bundle=bundle.id,
    )
    return Decided(new, draft.gates, draft.merged, draft.alerts, at if waits else None)


def next_eligible(message: Message) -> Instant | None:
    """The instant at which it leaves next if nothing else arrives; None where that is not known."""
    return first_planned(message.deliveries)


def planned(draft: Draft, run: Callable[[Draft], None] = plan) -> Draft:
    """The draft with its plan; once more where the plan drops a delivery that may be out there already."""
    if not _may_any_be_out(draft.message):
        run(draft)
        return draft
    moment = draft.moment
    taken = moment.budget.snapshot()
    run(draft)
    message = doubted(draft.message, frozenset(d.id for d in draft.planned), moment.now)
    if message == draft.message:
        return draft
    moment.budget.taken = taken
    again = draft_of(message, draft.merged, moment)
    run(again)
    return again


def _may_any_be_out(message: Message) -> bool:
    for delivery in message.deliveries:
        if delivery.because is not None and may_be_out(delivery):
            return True
    return False


def _in_order(message: Message, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Known deliveries keep their place, new ones follow, so that an unchanged plan is an equal plan."""
    known = message.deliveries
    if not known or deliveries == known or [*map(_id_of, deliveries)] == [*map(_id_of, known)]:
        return deliveries
    return _known_first(deliveries, {delivery.id: place for place, delivery in enumerate(known)})


_id_of = attrgetter("id")


def _known_first(deliveries: Sequence[Delivery], place: dict[str, int]) -> tuple[Delivery, ...]:
    return tuple(sorted(deliveries, key=lambda delivery: place.get(delivery.id, len(place))))


def _steady(old: tuple[Hold, ...], new: list[Hold]) -> tuple[Hold, ...]:
    """A hold that applied before keeps the instant since which it does; the same hold is named once."""
    if tuple(new) == old:
        return old
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
        anchored = since.get(key, hold.since)
        same = anchored == hold.since and until == hold.until
        steady[key] = hold if same else replace(hold, since=anchored, until=until)
    return tuple(steady.values())


_SENDING = DeliveryState.SENDING


def _next(draft: Draft) -> Instant | None:
    now, wakes = draft.moment.now, draft.wakes
    if _SENDING in draft.fates:
        wakes = [*wakes, *[d.valid_until or 0 for d in draft.gone if d.state is _SENDING]]
    first: Instant | None = None
    for at in wakes:
        if at > now and (first is None or at < first):
            first = at
    return first
