"""Phase two of deciding, for one message: the gates in their order, each recorded also when it passes.

Everything is found anew from the request, the verdict and what has already left; of the previous plan only anchors,
and the instant since which a delivery has been ready, are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from artifact.channel import PLACES, SENDS, Channel
from artifact.decision import GateOutcome, GateRow
from artifact.instant import DAY, Instant
from artifact.message import Delivery, DeliveryState, GateName, Hold, HoldKind, Message, MessageState
from artifact.span import Span, Unit, add_span
from artifact.states import LEFT_STATES, REACHED_STATES, Standing, standing_of, state_of
from dsl.effects import Block, Deliver
from engine.consent import permitted
from engine.holds import Holding, earliest_end
from engine.quiet import opens_at, windows_for

if TYPE_CHECKING:
    from artifact.facts import Facts
    from dsl.rulebook import Cap
    from engine.budget import Budget
    from engine.judging import Merged
    from engine.scene import Scene

HORIZON_DAYS = 400
"""A plan further ahead than this is no plan: blocked `no_window`."""

MUST_BE_SAID = frozenset({"contract", "pre_contract", "legal", "vital_interest"})
"""Bases under which a message that cannot be said in time is worth an alert."""

PRESSING = frozenset({"consent", "existing_customer"})
"""Bases under which she may ask for a pause."""


class Stop(Exception):  # ends the gates early; no error of anyone's
    """The message goes no further: its state and the stable code of the reason."""

    def __init__(self, gate: GateName, state: MessageState, reason: str, rule: str | None = None) -> None:
        super().__init__(reason)
        self.gate, self.state, self.reason, self.rule = gate, state, reason, rule


@dataclass(slots=True)
class Draft:
    """One message while it is being planned."""

    message: Message
    merged: Merged
    facts: Facts
    scene: Scene
    budget: Budget
    now: Instant
    zone: str
    gates: list[GateRow] = field(default_factory=list)
    wakes: list[Instant] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    holding: Holding = field(init=False)
    planned: list[Delivery] = field(default_factory=list)
    reason: str = ""
    rule: str | None = None
    state: MessageState = MessageState.WAITING

    def __post_init__(self) -> None:
        self.holding = Holding(self.now, self.zone, {a.rule: a for a in self.message.anchors})

    @property
    def gone(self) -> tuple[Delivery, ...]:
        """What has left, or was taken back: no plan can change it."""
        return tuple(d for d in self.message.deliveries if d.state is not DeliveryState.PLANNED)

    @property
    def has_left(self) -> bool:
        return any(d.state in LEFT_STATES for d in self.message.deliveries)

    @property
    def end(self) -> Instant:
        """The instant from which it must not be said any more."""
        return life_end(self.message, self.merged, self.zone)

    def row(
        self, gate: GateName, outcome: GateOutcome, reason: str = "", until: Instant | None = None
    ) -> None:
        self.gates.append(GateRow(gate, outcome, reason, until))


def expiry(message: Message, merged: Merged, zone: str) -> Instant | None:
    """The instant given by the back-end, else by the topic, after which it must not be said."""
    if message.request.expires_at is not None:
        return message.request.expires_at
    after = merged.topic.expires_after
    return add_span(message.request.at, after, zone) if after is not None else None


def life_end(message: Message, merged: Merged, zone: str) -> Instant:
    """When it closes at the latest: its expiry, else the end of what its category lives for."""
    expires = expiry(message, merged, zone)
    return expires if expires is not None else add_span(message.received_at, merged.topic.lives_for, zone)


def plan(draft: Draft) -> None:
    """Run all gates; afterwards the draft holds state, reason, holds and planned deliveries."""
    try:
        _life(draft)
        _rules(draft)
        candidates, extras = _channels(draft)
        candidates, extras = _consent(draft, candidates, extras)
        draft.row(GateName.GROUP, GateOutcome.PASSED, "no_group")
        base = _holds_end(draft)
        _place(draft, candidates, extras, base)
        _settle(draft)
    except Stop as stop:
        _stopped(draft, stop)
    draft.wakes.append(draft.end)


def _stopped(draft: Draft, stop: Stop) -> None:
    outcome = GateOutcome.BLOCKED if stop.state is not MessageState.WAITING else GateOutcome.HELD
    draft.row(stop.gate, outcome, stop.reason)
    draft.planned = []
    draft.reason, draft.rule = stop.reason, stop.rule
    left = state_of(draft.gone)
    closing = stop.state not in (MessageState.BLOCKED, MessageState.WAITING)
    draft.state = left if left is not None and not closing else stop.state


def _life(draft: Draft) -> None:
    message = draft.message
    if any(d.state in REACHED_STATES for d in message.deliveries) and not _proof_open(draft):
        raise Stop(GateName.LIFE, MessageState.REACHED, "reached")
    if draft.now >= draft.end:
        _expire(draft)
    if message.conflict_with is not None:
        draft.holding.holds.append(Hold(HoldKind.CONFLICT, message.received_at))
        raise Stop(GateName.LIFE, MessageState.WAITING, "conflict")
    if draft.facts.deceased_at is not None and draft.merged.topic.basis != "legal":
        raise Stop(GateName.LIFE, MessageState.BLOCKED, "deceased")
    draft.row(GateName.LIFE, GateOutcome.PASSED)


def _proof_open(draft: Draft) -> bool:
    return any(
        d.proof and d.state not in REACHED_STATES | {DeliveryState.DELIVERED, DeliveryState.WITHDRAWN}
        for d in draft.message.deliveries
    )


def _expire(draft: Draft) -> None:
    standing = standing_of(d.state for d in draft.gone)
    if all(d.state in _DOUBTFUL for d in draft.gone) and draft.gone:
        raise Stop(GateName.LIFE, MessageState.FAILED, "in_doubt")
    if standing in (Standing.LEFT, Standing.ARRIVED, Standing.REACHED):
        raise Stop(GateName.LIFE, MessageState.REACHED, "life_over")
    if draft.merged.topic.basis in MUST_BE_SAID:
        draft.alerts.append("expired_unsaid")
    raise Stop(GateName.LIFE, MessageState.EXPIRED, "expired")


_DOUBTFUL = frozenset({DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.SENDING})


def _rules(draft: Draft) -> None:
    merged = draft.merged
    if merged.verdict.flips_at is not None:
        draft.wakes.append(merged.verdict.flips_at)
    draft.alerts += [f"rule_tie:{one}/{other}" for one, other in merged.verdict.ties]
    draft.alerts += [f"rule_error:{row.rule}" for row in merged.verdict.rows if row.result == "ERROR"]
    if merged.block is not None:
        raise Stop(GateName.RULES, MessageState.BLOCKED, "rule", merged.block.rule)
    _postpone(draft)
    for rule, otherwise in draft.holding.limits:
        if isinstance(otherwise, Block):
            raise Stop(GateName.RULES, MessageState.BLOCKED, "rule_limit", rule)
    held = draft.holding.holds
    if held:
        draft.row(GateName.RULES, GateOutcome.HELD, "rule", earliest_end(held))
    else:
        draft.row(GateName.RULES, GateOutcome.PASSED)


def _postpone(draft: Draft) -> None:
    """Rules that fire now, and fixed periods begun earlier by rules that still exist."""
    firing = draft.merged.postpones
    faces = draft.scene.book.rules if draft.scene.book is not None else {}
    for rule, (effect, holding) in firing.items():
        if not _released(draft, rule):
            draft.holding.apply(rule, effect, firing=True, holding=holding)
    for anchor in draft.message.anchors:
        face = faces.get(anchor.rule)
        if anchor.rule in firing or face is None or face.postpone is None or _released(draft, anchor.rule):
            continue
        draft.holding.apply(anchor.rule, face.postpone, firing=False, holding=False)


def _released(draft: Draft, rule: str) -> bool:
    face = draft.scene.book.rules.get(rule) if draft.scene.book is not None else None
    return rule in draft.message.released and face is not None and face.agent_may_release


def _channels(draft: Draft) -> tuple[list[Channel], list[tuple[Channel, Span | None]]]:
    """The channels of which one is taken, in order, and those that rules add."""
    merged, request = draft.merged, draft.message.request
    allowed = [c for c in merged.topic.channels if request.channels is None or c in request.channels]
    otherwise = next(
        (o.channels for _, o in draft.holding.limits if isinstance(o, Deliver) and o.channels), ()
    )
    ordered = otherwise or merged.deliver
    favourites = draft.facts.preferences.favourite_channels
    chosen = (
        [c for c in ordered if c in allowed]
        if ordered
        else sorted(allowed, key=lambda c: favourites.index(c) if c in favourites else len(favourites))
    )
    barred = merged.avoid | {d.channel for d in draft.gone}
    candidates = [c for c in chosen if c not in barred]
    extras = [(c, e.after) for c, e, _ in merged.propagate if c not in barred]
    if not candidates and not extras and not draft.gone:
        raise Stop(GateName.CHANNELS, MessageState.BLOCKED, "no_channel")
    draft.row(GateName.CHANNELS, GateOutcome.PASSED)
    return candidates, extras


def _consent(
    draft: Draft, candidates: list[Channel], extras: list[tuple[Channel, Span | None]]
) -> tuple[list[Channel], list[tuple[Channel, Span | None]]]:
    topic = draft.merged.topic

    def may(channel: Channel) -> bool:
        return permitted(draft.facts, topic.basis, topic.category, channel)

    kept = [c for c in candidates if may(c)]
    kept_extras = [(c, after) for c, after in extras if may(c)]
    if (candidates or extras) and not kept and not kept_extras:
        raise Stop(GateName.CONSENT, MessageState.BLOCKED, "consent")
    draft.row(GateName.CONSENT, GateOutcome.PASSED)
    return kept, kept_extras


def _holds_end(draft: Draft) -> Instant | None:
    """The instant from which it may go, None while that is not known. Adds the holds that are not of rules."""
    holds, request = draft.holding.holds, draft.message.request
    paused = draft.facts.preferences.paused_until
    if request.not_before is not None and request.not_before > draft.now:
        holds.append(Hold(HoldKind.NOT_BEFORE, draft.message.received_at, request.not_before))
        draft.wakes.append(request.not_before)
    if paused is not None and paused > draft.now and draft.merged.topic.basis in PRESSING:
        holds.append(Hold(HoldKind.PAUSED, draft.facts.preferences.at or draft.now, paused))
        draft.wakes.append(paused)
    end = earliest_end(holds)
    draft.wakes += draft.holding.wakes
    return max(draft.now, end) if end is not None else None


def _place(
    draft: Draft, candidates: list[Channel], extras: list[tuple[Channel, Span | None]], base: Instant | None
) -> None:
    """Choose the channel and the instant of the first delivery, then of what follows it."""
    satisfied = any(
        d.state in LEFT_STATES and d.state is not DeliveryState.FAILED and d.follower_after is None
        for d in draft.gone
    )
    failures: list[str] = []
    if not satisfied:
        for channel in candidates:
            failure = _try(draft, channel, base, None)
            if failure is None:
                break
            failures.append(failure)
    taken = {d.channel for d in draft.planned}
    for channel, after in _earliest(extras):
        if channel not in taken and channel not in {d.channel for d in draft.gone}:
            failure = _try(draft, channel, base, after)
            if failure is not None:
                failures.append(failure)
    if not draft.planned and not draft.has_left:
        _nowhere(draft, failures)
    _proofs(draft)
    draft.row(GateName.WHEN, GateOutcome.HELD if _waits(draft) else GateOutcome.PASSED, until=_first(draft))
    draft.row(GateName.DEADLINE, GateOutcome.PASSED, until=expiry(draft.message, draft.merged, draft.zone))
    draft.row(GateName.RENDERING, GateOutcome.PASSED)


def _earliest(extras: list[tuple[Channel, Span | None]]) -> list[tuple[Channel, Span | None]]:
    """Each channel once, at its earliest delay."""
    best: dict[Channel, Span | None] = {}
    for channel, after in extras:
        if channel not in best or _length(after) < _length(best[channel]):
            best[channel] = after
    return sorted(best.items(), key=lambda item: (_length(item[1]), item[0]))


def _length(span: Span | None) -> int:
    return 0 if span is None else add_span(0, span, "UTC")


def _nowhere(draft: Draft, failures: list[str]) -> None:
    """No channel is left: say the worst obstacle, and tell a person where it had to be said."""
    order = ("expires_before_window", "no_window", "cap", "template_failed")
    reason = next((r for r in order if r in failures), "no_channel")
    gates = {"template_failed": GateName.RENDERING, "expires_before_window": GateName.DEADLINE}
    if reason == "template_failed" or (
        reason == "expires_before_window" and draft.merged.topic.basis in MUST_BE_SAID
    ):
        draft.alerts.append(reason)
    raise Stop(gates.get(reason, GateName.WHEN), MessageState.BLOCKED, reason)


def _try(draft: Draft, channel: Channel, base: Instant | None, after: Span | None) -> str | None:
    """Plan a delivery on this channel; the reason where it can't be. A failed try leaves no hold behind."""
    before = len(draft.holding.holds)
    failure = _attempt(draft, channel, base, after)
    if failure is not None:
        del draft.holding.holds[before:]
    return failure


def _attempt(draft: Draft, channel: Channel, base: Instant | None, after: Span | None) -> str | None:
    if not has_words(draft, channel):
        return "template_failed"
    delivery = _delivery(draft, channel, after)
    if base is None:
        draft.planned.append(replace(delivery, planned_at=None))
        return None
    start = base if after is None else _follower_base(draft, base, after)
    try:
        at, swap = _when(draft, channel, start, reserve=after is None or start <= draft.now)
    except OverflowError:
        return "no_window"
    if swap is not None:
        if isinstance(swap.otherwise, Block):
            raise Stop(GateName.WHEN, MessageState.BLOCKED, "cap", swap.name)
        return "cap"
    expires = expiry(draft.message, draft.merged, draft.zone)
    if expires is not None and at >= expires:
        return "expires_before_window"
    if at <= draft.now:
        at = delivery.planned_at if delivery.planned_at is not None and delivery.planned_at <= at else at
    else:
        draft.wakes.append(at)
    draft.planned.append(replace(delivery, planned_at=at))
    if after is None or at <= draft.now:
        draft.budget.take(at, channel, draft.merged.topic.category, draft.merged.topic.name)
    return None


def _delivery(draft: Draft, channel: Channel, after: Span | None) -> Delivery:
    """The delivery of this channel as it stands, or a new one under the id that it will always have."""
    length = None if after is None else _length(after)
    for delivery in draft.message.deliveries:
        if delivery.channel is channel and delivery.state is DeliveryState.PLANNED:
            return replace(delivery, follower_after=length, proof=False)
    return Delivery(id=f"{draft.message.id}-{channel}", channel=channel, follower_after=length)


def _follower_base(draft: Draft, base: Instant, after: Span) -> Instant:
    """A follower counts from the first hand-over; until there was one, from the first plan."""
    lefts = [d.left_at or d.intent_at for d in draft.gone if d.state in LEFT_STATES]
    starts = [at for at in lefts if at is not None] or [
        d.planned_at for d in draft.planned if d.planned_at is not None
    ]
    start = min(starts, default=base)
    return max(base, add_span(start, after, draft.zone))


def _when(draft: Draft, channel: Channel, start: Instant, *, reserve: bool) -> tuple[Instant, Cap | None]:
    """The first instant that quiet hours, statutory hours and the contact budget all admit.

    Each only moves the instant forward, so their order does not matter. Also the cap that says otherwise than to
    postpone, where one stands in the way. Raises OverflowError past the rounds or the horizon.
    """
    if channel in PLACES or draft.scene.book is None:
        return start, None
    at = start
    for _ in range(draft.scene.limits.rounds):
        moved = _open(draft, channel, at)
        if reserve and not draft.merged.topic.passes_caps:
            moved, swap = _within_caps(draft, channel, moved)
            if swap is not None:
                return moved, swap
        if moved == at:
            return at, None
        at = moved
        if at - draft.now > HORIZON_DAYS * DAY:
            break
    raise OverflowError("no window within the horizon")


def _open(draft: Draft, channel: Channel, at: Instant) -> Instant:
    book = draft.scene.book
    if book is None:
        return at
    topic = draft.merged.topic
    windows = windows_for(book.quiet_hours, channel, statutory=True)
    if not topic.passes_quiet_hours and "quiet_hours" not in draft.message.released:
        windows += windows_for(book.quiet_hours, channel, statutory=False)
    moved = opens_at(at, windows, draft.zone) if windows else at
    if moved > at:
        draft.holding.holds.append(Hold(HoldKind.QUIET_HOURS, draft.now, moved, channel=channel))
    return moved


def _within_caps(draft: Draft, channel: Channel, at: Instant) -> tuple[Instant, Cap | None]:
    topic, moved = draft.merged.topic, at
    for cap in draft.budget.bearing(channel, topic.category, topic.name):
        admitted = draft.budget.admits_at(cap, moved)
        if admitted > moved and cap.otherwise is not None:
            return moved, cap
        if admitted > moved:
            draft.holding.holds.append(Hold(HoldKind.BUDGET, draft.now, admitted, cap.name, channel))
        moved = admitted
    return moved, None


def has_words(draft: Draft, channel: Channel) -> bool:
    """Whether there are words for this channel: the back-end's own, or a template."""
    content = draft.message.request.content
    if any(c.channel in (channel, None) for c in content):
        return True
    book, template = draft.scene.book, draft.merged.topic.template
    if book is None or template is None:
        return False
    return book.has_template(template, channel, draft.facts.preferences.language or book.language)


def _proofs(draft: Draft) -> None:
    """Mark the deliveries that are demanded as proof."""
    merged = draft.merged
    if merged.proof is None and not merged.topic.proof:
        return
    wanted = merged.proof or tuple(d.channel for d in draft.planned if d.channel in SENDS)[:1]
    draft.planned = [replace(d, proof=d.channel in wanted) for d in draft.planned]


def _first(draft: Draft) -> Instant | None:
    return min((d.planned_at for d in draft.planned if d.planned_at is not None), default=None)


def _waits(draft: Draft) -> bool:
    first = _first(draft)
    return bool(draft.planned) and (first is None or first > draft.now)


def _settle(draft: Draft) -> None:
    """Compute the state from the deliveries; the plan says the rest."""
    if any(d.state in REACHED_STATES for d in draft.gone):
        draft.planned = [d for d in draft.planned if d.proof]
    computed = state_of((*draft.gone, *draft.planned))
    if computed is not None:
        draft.state, draft.reason = computed, _left_reason(computed)
        if computed is MessageState.FAILED:
            draft.alerts.append("failed")
    elif not draft.planned:
        draft.state, draft.reason = MessageState.BLOCKED, "no_channel"
    elif _waits(draft):
        draft.state, draft.reason = MessageState.WAITING, _hold_reason(draft.holding.holds)
    else:
        draft.state, draft.reason = MessageState.READY, "ready"
        draft.holding.holds = []
    if draft.state is MessageState.WAITING:
        draft.rule = next((h.rule for h in draft.holding.holds if h.rule is not None), None)


def _left_reason(state: MessageState) -> str:
    return {
        MessageState.UNDER_WAY: "under_way",
        MessageState.REACHED: "reached",
        MessageState.FAILED: "failed",
    }[state]


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


def _hold_reason(holds: list[Hold]) -> str:
    kinds = {h.kind for h in holds}
    return next((reason for kind, reason in _REASONS.items() if kind in kinds), "planned")


__all__ = ["Draft", "Stop", "Unit", "expiry", "life_end", "plan"]
