"""Where and when: the first permitted channel whose instant is in time and for which there are words; then followers.

Quiet hours, statutory hours and the contact budget each only move an instant forward, so their order does not matter.
"""

from collections.abc import Sequence
from operator import attrgetter

from msgspec.structs import replace

from artifact.channel import SENDS, Channel
from artifact.instant import DAY, Instant
from artifact.message import (
    PLANNED,
    Content,
    Delivery,
    DeliveryState,
    GateName,
    Hold,
    HoldKind,
    MessageState,
    delivery_id,
)
from artifact.span import Span
from artifact.states import LEFT_STATES, first_planned
from dsl.effects import Block, Deliver, GroupInto
from dsl.rulebook import Cap
from engine.draft import MUST_BE_SAID, Draft, Stop, later
from engine.quiet import opens_at, windows_for
from engine.ruling import Extra, length_of

HORIZON_DAYS = 400
"""A plan further ahead than this is no plan: blocked `no_window`."""


def place(draft: Draft, candidates: Sequence[Channel], extras: Sequence[Extra], base: Instant | None) -> None:
    """Choose the channel and the instant of the first delivery, then of what follows it."""
    failures = [] if _satisfied(draft) else _try_in_turn(draft, candidates, base)
    if extras:
        taken = {*map(_channel_of, draft.gone), *map(_channel_of, draft.planned)}
        for channel, after in extras:
            if channel not in taken and (failure := _try(draft, channel, base, after)) is not None:
                failures.append(failure)
    if not draft.planned and not draft.has_left:
        _nowhere(draft, failures)
    if draft.merged.ruling.proof is not None or draft.merged.topic.proof:
        _prove(draft)
    draft.first = first = first_planned(draft.planned)
    draft.waits = bool(draft.planned) and (first is None or first > draft.moment.now)


_channel_of = attrgetter("channel")
_UNDER_WAY = LEFT_STATES - {DeliveryState.FAILED}


def _satisfied(draft: Draft) -> bool:
    """Whether a first delivery has left, and did not fail."""
    for delivery in draft.gone:
        if delivery.follower_after is None and delivery.state in _UNDER_WAY:
            return True
    return False


def _try_in_turn(draft: Draft, candidates: Sequence[Channel], base: Instant | None) -> list[str]:
    """One channel after the other until one will do; why those before it would not."""
    failures: list[str] = []
    left = [*candidates]
    while left:
        failure = _try(draft, left.pop(0), base, None)
        if failure is None:
            break
        failures.append(failure)
        if draft.instead:
            left = _named(draft.instead, left)
    return failures


def _named(names: Sequence[Channel], left: Sequence[Channel]) -> list[Channel]:
    return [channel for channel in names if channel in left]


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
    if not has_words(draft, channel):
        return "template_failed"
    if base is None:
        draft.planned.append(_at(_delivery(draft, channel, after), None))
        return None
    now, held = draft.moment.now, len(draft.holds)
    start = base if after is None else _follower_base(draft, base, after)
    at, failure = start, None
    if channel in SENDS and not draft.moment.unhindered:
        at, failure = _when(draft, channel, start, reserve=after is None or start <= now)
    if failure is None and draft.expires is not None and at >= draft.expires:
        failure = "expires_before_window"
    if failure is not None:
        del draft.holds[held:]
        return failure
    if at <= now or (after is not None and now < start < at):
        draft.restless = True  # the next moment may be a quiet one, or one at which a follower reserves
    _plan(draft, _delivery(draft, channel, after), at, reserve=after is None or at <= now)
    return None


def _plan(draft: Draft, delivery: Delivery, at: Instant, *, reserve: bool) -> None:
    """What is ready keeps the instant since which it is."""
    if at > draft.moment.now:
        draft.wakes.append(at)
    elif delivery.planned_at is not None and delivery.planned_at <= at:
        at = delivery.planned_at
    draft.planned.append(_at(delivery, at))
    budget, ruling = draft.moment.budget, draft.merged.ruling
    if reserve and budget.caps:
        draft.reserved.append((at, delivery.channel))
        budget.take(at, delivery.channel, ruling.topic.category, ruling.topic.name, ruling.also)


def _at(delivery: Delivery, at: Instant | None) -> Delivery:
    return delivery if delivery.planned_at == at else replace(delivery, planned_at=at)


def _delivery(draft: Draft, channel: Channel, after: Span | None) -> Delivery:
    """The delivery of this channel as it stands, or a new one under the id that it will always have."""
    length = None if after is None else length_of(after)
    for delivery in draft.message.deliveries:
        if delivery.channel is channel and delivery.state is PLANNED:
            if delivery.follower_after == length and not delivery.proof:
                return delivery
            return replace(delivery, follower_after=length, proof=False)
    return Delivery(id=delivery_id(draft.message.id, channel), channel=channel, follower_after=length)


def _follower_base(draft: Draft, base: Instant, after: Span) -> Instant:
    """A follower counts from the first hand-over; until there was one, from its plan; without one, from the request.

    Never from now: an instant that moves on with each deciding never comes.
    """
    start: Instant | None = None
    for delivery in draft.gone:
        at = delivery.left_at or delivery.intent_at
        if at is not None and delivery.state in LEFT_STATES and (start is None or at < start):
            start = at
    if start is None:
        start = first_planned([d for d in draft.planned if d.follower_after is None])
    due = later(draft.message.received_at if start is None else start, after, draft.moment.zone)
    return max(base, due)


def _when(draft: Draft, channel: Channel, start: Instant, *, reserve: bool) -> tuple[Instant, str | None]:
    """The instant at which it may leave from `start` on, or why there is none."""
    try:
        at, swap = _admitted(draft, channel, start, reserve=reserve)
    except OverflowError:
        draft.restless = True
        return start, "no_window"
    if swap is None:
        return at, None
    draft.restless = True
    if isinstance(swap.otherwise, Block):
        raise Stop(GateName.WHEN, MessageState.BLOCKED, "cap", swap.name)
    draft.instead = swap.otherwise.channels if isinstance(swap.otherwise, Deliver) else ()
    return at, "cap"


def _admitted(draft: Draft, channel: Channel, start: Instant, *, reserve: bool) -> tuple[Instant, Cap | None]:
    """The first instant that quiet hours, statutory hours and the contact budget all admit.

    Each only moves the instant forward, so their order does not matter. Also the cap that says otherwise than to
    postpone, where one stands in the way. Raises OverflowError past the rounds or the horizon.
    """
    at, now = start, draft.moment.now
    for _ in range(draft.moment.limits.rounds):
        moved = _open(draft, channel, at)
        if reserve and not draft.merged.topic.passes_caps:
            opened, (moved, swap) = moved, _within_caps(draft, channel, moved)
            if moved > opened and start <= now:
                draft.restless = True  # hours and caps take turns as time goes by
            if swap is not None:
                return moved, swap
        if moved == at:
            return at, None
        at = moved
        if at - now > HORIZON_DAYS * DAY:
            break
    raise OverflowError("no window within the horizon")


def _open(draft: Draft, channel: Channel, at: Instant) -> Instant:
    moment = draft.moment
    if not moment.hours:
        return at
    windows = windows_for(moment.hours, channel, statutory=True)
    if not draft.merged.topic.passes_quiet_hours and "quiet_hours" not in draft.message.released:
        windows += windows_for(moment.hours, channel, statutory=False)
    moved = opens_at(at, windows, moment.zone) if windows else at
    if moved > at:
        draft.holds.append(Hold(HoldKind.QUIET_HOURS, moment.now, moved, channel=channel))
    return moved


def _within_caps(draft: Draft, channel: Channel, at: Instant) -> tuple[Instant, Cap | None]:
    budget, ruling, moved = draft.moment.budget, draft.merged.ruling, at
    for cap in budget.bearing(channel, ruling.topic.category, ruling.topic.name, ruling.also):
        admitted = budget.admits_at(cap, moved)
        if admitted > moved and isinstance(cap.otherwise, GroupInto):
            if cap.otherwise.group in draft.groups:
                draft.into = draft.into or (cap.name, cap.otherwise.group)
        elif admitted > moved and cap.otherwise is not None:
            draft.wakes.append(admitted)
            return moved, cap
        if admitted > moved:
            draft.holds.append(Hold(HoldKind.BUDGET, draft.moment.now, admitted, cap.name, channel))
        moved = admitted
    return moved, None


def has_words(draft: Draft, channel: Channel) -> bool:
    """Whether there are words for this channel: the back-end's own, or a template."""
    content, template = draft.message.request.content, draft.merged.topic.template
    if content and _brings_words(content, channel):
        return True
    moment = draft.moment
    return template is not None and moment.book.has_template(template, channel, moment.language)


def _brings_words(content: Sequence[Content], channel: Channel) -> bool:
    return any(one.channel in (channel, None) for one in content)


def _prove(draft: Draft) -> None:
    """Mark the deliveries that are demanded as proof."""
    wanted = draft.merged.ruling.proof or tuple(d.channel for d in draft.planned if d.channel in SENDS)[:1]
    draft.planned = [replace(d, proof=d.channel in wanted) for d in draft.planned]
