"""The gates before a channel and an instant are chosen: life, rules, channels, consent, holds.

One that ends the matter raises Stop; that a message has passed is recorded by whoever sends it through all of them.
"""

from collections.abc import Mapping, Sequence

from artifact.channel import Channel
from artifact.decision import GateOutcome
from artifact.message import Delivery, DeliveryState, GateName, Hold, HoldKind, MessageState
from artifact.states import REACHED_STATES, Standing, standing_of
from dsl.effects import Block, Deliver
from dsl.rulebook import RuleFace
from engine.consent import freely, permitted
from engine.draft import MUST_BE_SAID, PRESSING, Draft, Stop
from engine.holds import Holding, Limit, earliest_end
from engine.ruling import Extra, Ruling, permitted_of


def life(draft: Draft) -> None:
    if draft.has_reached and not _proof_open(draft):
        raise Stop(GateName.LIFE, MessageState.REACHED, "reached")
    if draft.moment.now >= draft.end:
        _expire(draft)
    if draft.message.conflict_with is not None:
        draft.holds.append(Hold(HoldKind.CONFLICT, draft.moment.now))
        raise Stop(GateName.LIFE, MessageState.WAITING, "conflict")
    if draft.moment.facts.deceased_at is not None and draft.merged.topic.basis != "legal":
        raise Stop(GateName.LIFE, MessageState.BLOCKED, "deceased")


def _proof_open(draft: Draft) -> bool:
    return any(
        d.proof and d.state not in REACHED_STATES | {DeliveryState.DELIVERED, DeliveryState.WITHDRAWN}
        for d in draft.message.deliveries
    )


def _expire(draft: Draft) -> None:
    if draft.gone and draft.fates <= _DOUBTFUL:
        raise Stop(GateName.LIFE, MessageState.FAILED, "in_doubt")
    if standing_of(draft.fates) in _ON_ITS_WAY:
        raise Stop(GateName.LIFE, MessageState.REACHED, "life_over")
    if draft.message.conflict_with is not None:
        draft.alerts.append("expired_in_conflict")
    elif draft.merged.topic.basis in MUST_BE_SAID:
        draft.alerts.append("expired_unsaid")
    raise Stop(GateName.LIFE, MessageState.EXPIRED, "expired")


_ON_ITS_WAY = frozenset({Standing.LEFT, Standing.ARRIVED, Standing.REACHED})
_DOUBTFUL = frozenset({DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.SENDING})


def rules(draft: Draft) -> None:
    merged, ruling = draft.merged, draft.merged.ruling
    if merged.verdict.flips_at is not None:
        draft.wakes.append(merged.verdict.flips_at)
    if merged.alerts:
        draft.alerts += merged.alerts
    if ruling.block is not None:
        face = draft.moment.book.rules.get(ruling.block)
        if face is not None and face.holdout:
            raise Stop(GateName.RULES, MessageState.BLOCKED, "holdout", ruling.block)
        raise Stop(GateName.RULES, MessageState.BLOCKED, "rule", ruling.block)
    if ruling.postpones or draft.anchors:
        _postpone(draft, ruling)
        _held(draft)


_RULES, _HELD = GateName.RULES, GateOutcome.HELD


def _held(draft: Draft) -> None:
    """What comes of the holds of rules, and of those whose time is up."""
    # A hold ends also for what goes no further than the next gate.
    for hold in draft.holds:
        if hold.until is not None:
            draft.wakes.append(hold.until)
    for rule, otherwise in draft.limits:
        if isinstance(otherwise, Block):
            raise Stop(GateName.RULES, MessageState.BLOCKED, "rule_limit", rule)
    if draft.holds:
        draft.free_at = earliest_end(draft.holds)
        draft.say(_RULES, _HELD, "rule", draft.free_at)


def _postpone(draft: Draft, ruling: Ruling) -> None:
    """Rules that fire now, and fixed periods begun earlier by rules that still exist."""
    moment, begun, faces = draft.moment, draft.anchors, draft.moment.book.rules
    anchors = {anchor.rule: anchor for anchor in begun}
    holding = Holding(moment.now, moment.zone, faces, anchors, draft.holds, draft.limits)
    released = draft.message.released
    lifted = _lifted(released, faces) if released else ()
    for rule, (effect, applies) in ruling.postpones.items():
        if rule not in lifted:
            holding.apply(rule, effect, holding=applies)
    for anchor in begun:
        if anchor.rule not in ruling.postpones and anchor.rule not in lifted:
            holding.stand(anchor)
    draft.anchors = tuple(anchors.values())


def _lifted(released: Sequence[str], faces: Mapping[str, RuleFace]) -> Sequence[str]:
    """The rules whose holds an agent has lifted, and may."""
    return [rule for rule in released if rule in faces and faces[rule].agent_may_release]


def channels(draft: Draft) -> tuple[Sequence[Channel], Sequence[Extra]]:
    """The channels of which one is taken, in order, and those that rules add."""
    ruling, wanted = draft.merged.ruling, draft.message.request.channels
    favourites = draft.moment.facts.preferences.favourite_channels
    candidates: Sequence[Channel] = ruling.channels
    extras: Sequence[Extra] = ruling.extras
    otherwise = _otherwise(draft.limits) if draft.limits else ()
    if otherwise:
        candidates = permitted_of(ruling.topic, ruling.avoid, otherwise)
    elif favourites and not ruling.chosen:
        candidates = _favoured(candidates, favourites)
    if wanted is not None:
        candidates = _among(candidates, wanted)
    if draft.gone:
        candidates, extras = _untaken(draft.gone, candidates, extras)
    elif not candidates and not extras:
        raise Stop(GateName.CHANNELS, MessageState.BLOCKED, "no_channel")
    return candidates, extras


def _favoured(candidates: Sequence[Channel], favourites: Sequence[Channel]) -> Sequence[Channel]:
    """Her favourites first, in her order."""
    return sorted(candidates, key=lambda c: favourites.index(c) if c in favourites else len(favourites))


def _among(candidates: Sequence[Channel], wanted: Sequence[Channel]) -> Sequence[Channel]:
    return [channel for channel in candidates if channel in wanted]


def _untaken(
    gone: Sequence[Delivery], candidates: Sequence[Channel], extras: Sequence[Extra]
) -> tuple[Sequence[Channel], Sequence[Extra]]:
    """Those on which nothing has gone yet."""
    taken = {delivery.channel for delivery in gone}
    return [c for c in candidates if c not in taken], [extra for extra in extras if extra[0] not in taken]


def _otherwise(limits: list[Limit]) -> tuple[Channel, ...]:
    """The channels that a rule names whose time is up."""
    return next((o.channels for _, o in limits if isinstance(o, Deliver) and o.channels), ())


def consent(
    draft: Draft, candidates: Sequence[Channel], extras: Sequence[Extra]
) -> tuple[Sequence[Channel], Sequence[Extra]]:
    if freely(draft.moment.facts, draft.merged.topic.basis):
        return candidates, extras
    return _permitted(draft, candidates, extras)


def _permitted(
    draft: Draft, candidates: Sequence[Channel], extras: Sequence[Extra]
) -> tuple[Sequence[Channel], Sequence[Extra]]:
    """Those on which she may be told."""
    kept = [channel for channel in candidates if _may(draft, channel)]
    kept_extras = [extra for extra in extras if _may(draft, extra[0])]
    if (candidates or extras) and not kept and not kept_extras:
        raise Stop(GateName.CONSENT, MessageState.BLOCKED, "consent")
    return kept, kept_extras


def _may(draft: Draft, channel: Channel) -> bool:
    topic = draft.merged.topic
    return permitted(draft.moment.facts, topic.basis, topic.category, channel)


def other_holds(draft: Draft) -> None:
    """Add the holds that are not of rules."""
    moment, not_before = draft.moment, draft.message.request.not_before
    preferences = moment.facts.preferences
    paused = preferences.paused_until
    if not_before is not None and not_before > moment.now:
        draft.hold(HoldKind.NOT_BEFORE, draft.message.received_at, not_before)
    if paused is not None and paused > moment.now and draft.merged.topic.basis in PRESSING:
        draft.hold(HoldKind.PAUSED, preferences.at or moment.now, paused)
