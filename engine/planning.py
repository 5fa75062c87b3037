"""Phase two of deciding, for one message: the gates in their order, each recorded also when it passes.

Everything is found anew from the request, the verdict and what has already left; of the previous plan only anchors,
and the instant since which a delivery has been ready, are kept.
"""

from collections.abc import Sequence

import msgspec

from artifact.channel import Channel
from artifact.customer import Gathering
from artifact.decision import GateOutcome
from artifact.instant import Instant
from artifact.message import DeliveryState, GateName, Hold, HoldKind, MessageState
from artifact.states import state_of
from engine.draft import BEFORE, Draft, Stop
from engine.gates import channels, consent, life, other_holds, rules
from engine.placing import place
from engine.ruling import Extra

# Names of their own for what each planning asks for, as with artifact.message.PLANNED.
_CONSENT, _GROUP, _RENDERING = GateName.CONSENT, GateName.GROUP, GateName.RENDERING
_WAITING, _READY, _FAILED = MessageState.WAITING, MessageState.READY, MessageState.FAILED
_LOST = DeliveryState.FAILED
_CLOSING = frozenset(MessageState) - {MessageState.BLOCKED, MessageState.WAITING}


class Way(msgspec.Struct, frozen=True):
    """What is open to a message that has passed the gates before its group, and from when (None: not known yet)."""

    candidates: Sequence[Channel]
    extras: Sequence[Extra]
    base: Instant | None


def plan(draft: Draft) -> None:
    """Run all gates; afterwards the draft holds state, reason, holds and planned deliveries."""
    way = approach(draft)
    if way is not None:
        _set_out(draft, way, way.base)


def approach(draft: Draft) -> Way | None:
    """The gates that a message passes by itself, also where it is to go with others; None where it goes no further."""
    try:
        life(draft)
        rules(draft)
        candidates, extras = channels(draft)
        candidates, extras = consent(draft, candidates, extras)
    except Stop as stop:
        _stopped(draft, stop)
        draft.wakes.append(draft.end)
        return None
    draft.passed = _CONSENT
    other_holds(draft)
    return Way(candidates, extras, draft.free_at)


def go(draft: Draft, way: Way, gathering: Gathering) -> None:
    """The gates after that. Whoever is alone in a group waits until it closes, and then goes as itself."""
    waits = gathering.until > draft.moment.now
    _set_out(draft, way, wait_for_others(draft, gathering) if waits else way.base)


def wait_for_others(draft: Draft, gathering: Gathering) -> Instant:
    """Hold until the group closes; that instant."""
    place = next((p for p in draft.message.places if p.bundle == gathering.id), None)
    since, rule = (gathering.since, None) if place is None else (place.since, place.rule)
    draft.holds.append(Hold(HoldKind.GROUP, since, gathering.until, rule))
    draft.wakes.append(gathering.until)
    draft.say(GateName.GROUP, GateOutcome.HELD, "group", gathering.until)
    return gathering.until


def go_together(draft: Draft, way: Way, gathering: Gathering | None) -> None:
    """The same for a bundle, whose items have each come so far by themselves."""
    try:
        life(draft)
    except Stop as stop:
        _stopped(draft, stop)
        draft.wakes.append(draft.end)
        return
    base = way.base
    if gathering is not None and gathering.until > draft.moment.now:
        base = wait_for_others(draft, gathering)
    else:
        draft.say(GateName.GROUP, GateOutcome.PASSED, "bundle")
    _set_out(draft, way, base)


def _set_out(draft: Draft, way: Way, base: Instant | None) -> None:
    """Find where and when, and what state that makes."""
    draft.passed = _GROUP
    try:
        place(draft, way.candidates, way.extras, base)
    except Stop as stop:
        _stopped(draft, stop)
    else:
        draft.passed = _RENDERING
        _settle(draft)
    draft.wakes.append(draft.end)


def _stopped(draft: Draft, stop: Stop) -> None:
    outcome = GateOutcome.HELD if stop.state is _WAITING else GateOutcome.BLOCKED
    draft.say(stop.gate, outcome, stop.reason)
    if draft.passed is None:
        draft.passed = BEFORE[stop.gate]
    draft.planned = []
    draft.reason, draft.rule = stop.reason, stop.rule
    draft.state = stop.state
    if draft.gone and stop.state not in _CLOSING:
        left = state_of(draft.gone)
        if left is not None and left is not _FAILED:  # what failed leaves other channels to try
            draft.state = left


def _settle(draft: Draft) -> None:
    """Compute the state from the deliveries; the plan says the rest."""
    # Where nothing has gone the plan alone says the rest.
    computed = _after_what_has_gone(draft) if draft.gone else None
    if computed is not None:
        draft.state, draft.reason = computed, _LEFT_REASONS[computed]
        if computed is _FAILED:
            draft.alerts.append("failed")
    elif not draft.planned:
        draft.state, draft.reason = MessageState.BLOCKED, "no_channel"
    elif draft.waits:
        draft.state, draft.reason = _WAITING, _hold_reason(draft.holds)
        draft.rule = _first_rule(draft.holds)
    else:
        draft.state, draft.reason = _READY, "ready"
        draft.holds = []


def _after_what_has_gone(draft: Draft) -> MessageState | None:
    if _LOST in draft.fates and any(d.proof and d.state is _LOST for d in draft.gone):
        draft.alerts.append("proof_failed")
    if draft.has_reached:
        draft.planned = [d for d in draft.planned if d.proof]
    return state_of((*draft.gone, *draft.planned))


_LEFT_REASONS = {
    MessageState.UNDER_WAY: "under_way",
    MessageState.REACHED: "reached",
    MessageState.FAILED: "failed",
}

_REASONS = {
    HoldKind.FIXED: "rule",
    HoldKind.WHILE: "rule",
    HoldKind.NOT_BEFORE: "not_before",
    HoldKind.PAUSED: "paused",
    HoldKind.GROUP: "group",
    HoldKind.BUDGET: "budget",
    HoldKind.QUIET_HOURS: "quiet_hours",
    HoldKind.CONFLICT: "conflict",
    HoldKind.NO_RULEBOOK: "no_rulebook",
}
"""Why a message waits, by what holds it: the first that applies."""


def _hold_reason(holds: list[Hold]) -> str:
    """The first of the reasons for which it waits."""
    kinds = [hold.kind for hold in holds]
    for kind, reason in _REASONS.items():
        if kind in kinds:
            return reason
    return "planned"


def _first_rule(holds: list[Hold]) -> str | None:
    for hold in holds:
        if hold.rule is not None:
            return hold.rule
    return None
