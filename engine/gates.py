"""The gates before a channel and an instant are chosen: life, rules, channels, consent, holds.

Each records its outcome, also when it passes; one that ends the matter raises Stop.
"""

from artifact.channel import Channel
from artifact.decision import GateOutcome
from artifact.instant import Instant
from artifact.message import DeliveryState, GateName, Hold, HoldKind, MessageState
from artifact.span import Span
from artifact.states import REACHED_STATES, Standing, standing_of
from dsl.effects import Block, Deliver
from engine.consent import permitted
from engine.draft import MUST_BE_SAID, PRESSING, Draft, Stop
from engine.holds import earliest_end

Extra = tuple[Channel, Span | None]
"""A channel that a rule adds, and how long after the first hand-over (None: at once)."""


def life(draft: Draft) -> None:
    message = draft.message
    if draft.gone and any(d.state in REACHED_STATES for d in draft.gone) and not _proof_open(draft):
        raise Stop(GateName.LIFE, MessageState.REACHED, "reached")
    if draft.now >= draft.end:
        _expire(draft)
    if message.conflict_with is not None:
        draft.holding.holds.append(Hold(HoldKind.CONFLICT, draft.now))
        raise Stop(GateName.LIFE, MessageState.WAITING, "conflict")
    if draft.facts.deceased_at is not None and draft.merged.topic.basis != "legal":
        raise Stop(GateName.LIFE, MessageState.BLOCKED, "deceased")
    draft.passed(GateName.LIFE)


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
    if draft.message.conflict_with is not None:
        draft.alerts.append("expired_in_conflict")
    elif draft.merged.topic.basis in MUST_BE_SAID:
        draft.alerts.append("expired_unsaid")
    raise Stop(GateName.LIFE, MessageState.EXPIRED, "expired")


_DOUBTFUL = frozenset({DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.SENDING})


def rules(draft: Draft) -> None:
    merged = draft.merged
    if merged.verdict.flips_at is not None:
        draft.wakes.append(merged.verdict.flips_at)
    draft.alerts += merged.alerts
    if merged.block is not None:
        rule = merged.block.rule
        face = draft.scene.book.rules.get(rule) if draft.scene.book is not None else None
        if face is not None and face.holdout:
            raise Stop(GateName.RULES, MessageState.BLOCKED, "holdout", rule)
        raise Stop(GateName.RULES, MessageState.BLOCKED, "rule", rule)
    _postpone(draft)
    draft.wakes += draft.holding.wakes  # a hold ends also for what goes no further than the next gate
    for rule, otherwise in draft.holding.limits:
        if isinstance(otherwise, Block):
            raise Stop(GateName.RULES, MessageState.BLOCKED, "rule_limit", rule)
    held = draft.holding.holds
    if held:
        draft.row(GateName.RULES, GateOutcome.HELD, "rule", earliest_end(held))
    else:
        draft.passed(GateName.RULES)


def _postpone(draft: Draft) -> None:
    """Rules that fire now, and fixed periods begun earlier by rules that still exist."""
    firing = draft.merged.postpones
    faces = draft.scene.book.rules if draft.scene.book is not None else {}
    for rule, (effect, holding) in firing.items():
        if not _released(draft, rule):
            draft.holding.apply(rule, effect, faces.get(rule), holding=holding)
    for anchor in draft.message.anchors:
        face = faces.get(anchor.rule)
        if anchor.rule in firing or face is None or face.postpone is None or _released(draft, anchor.rule):
            continue
        draft.holding.stand(anchor, face)


def _released(draft: Draft, rule: str) -> bool:
    if rule not in draft.message.released or draft.scene.book is None:
        return False
    face = draft.scene.book.rules.get(rule)
    return face is not None and face.agent_may_release


def channels(draft: Draft) -> tuple[list[Channel], list[Extra]]:
    """The channels of which one is taken, in order, and those that rules add."""
    merged, request = draft.merged, draft.message.request
    allowed = [c for c in merged.topic.channels if request.channels is None or c in request.channels]
    limits = draft.holding.limits
    otherwise = next((o.channels for _, o in limits if isinstance(o, Deliver) and o.channels), ())
    ordered = otherwise or merged.deliver
    favourites = draft.facts.preferences.favourite_channels
    chosen = [c for c in ordered if c in allowed] if ordered else allowed
    if favourites and not ordered:
        chosen.sort(key=lambda c: favourites.index(c) if c in favourites else len(favourites))
    barred = merged.avoid.union([d.channel for d in draft.gone])
    candidates = [c for c in chosen if c not in barred] if barred else chosen
    extras = [(c, e.after) for c, e, _ in merged.propagate if c not in barred]
    if not candidates and not extras and not draft.gone:
        raise Stop(GateName.CHANNELS, MessageState.BLOCKED, "no_channel")
    draft.passed(GateName.CHANNELS)
    return candidates, extras


def consent(
    draft: Draft, candidates: list[Channel], extras: list[Extra]
) -> tuple[list[Channel], list[Extra]]:
    topic = draft.merged.topic

    def may(channel: Channel) -> bool:
        return permitted(draft.facts, topic.basis, topic.category, channel)

    kept = [c for c in candidates if may(c)]
    kept_extras = [(c, after) for c, after in extras if may(c)]
    if (candidates or extras) and not kept and not kept_extras:
        raise Stop(GateName.CONSENT, MessageState.BLOCKED, "consent")
    draft.passed(GateName.CONSENT)
    return kept, kept_extras


def holds_end(draft: Draft) -> Instant | None:
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
    return max(draft.now, end) if end is not None else None
