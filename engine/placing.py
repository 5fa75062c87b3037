"""Where and when: the first permitted channel whose instant is in time and for which there are words; then followers.

Quiet hours, statutory hours and the contact budget each only move an instant forward, so their order does not matter.
"""

from functools import lru_cache

from msgspec.structs import replace

from artifact.channel import PLACES, SENDS, Channel
from artifact.decision import GateOutcome
from artifact.instant import DAY, Instant
from artifact.message import Delivery, DeliveryState, GateName, Hold, HoldKind, MessageState
from artifact.span import Span, add_span
from artifact.states import LEFT_STATES
from dsl.effects import Block, Deliver, GroupInto
from dsl.rulebook import Cap
from engine.draft import MUST_BE_SAID, Draft, Stop
from engine.gates import Extra
from engine.quiet import opens_at, windows_for

HORIZON_DAYS = 400
"""A plan further ahead than this is no plan: blocked `no_window`."""


def place(draft: Draft, candidates: list[Channel], extras: list[Extra], base: Instant | None) -> None:
    """Choose the channel and the instant of the first delivery, then of what follows it."""
    satisfied = bool(draft.gone) and any(
        d.state in LEFT_STATES and d.state is not DeliveryState.FAILED and d.follower_after is None
        for d in draft.gone
    )
    failures: list[str] = []
    if not satisfied:
        left = list(candidates)
        while left:
            failure = _try(draft, left.pop(0), base, None)
            if failure is None:
                break
            failures.append(failure)
            if draft.instead:
                left = [c for c in draft.instead if c in left]
    taken = {d.channel for d in draft.planned}
    for channel, after in _earliest(extras) if extras else ():
        if channel not in taken and channel not in {d.channel for d in draft.gone}:
            failure = _try(draft, channel, base, after)
            if failure is not None:
                failures.append(failure)
    if not draft.planned and not draft.has_left:
        _nowhere(draft, failures)
    _proofs(draft)
    first = first_instant(draft)
    held = GateOutcome.HELD if draft.planned and (first is None or first > draft.now) else GateOutcome.PASSED
    draft.row(GateName.WHEN, held, _clock_read(draft), first)
    if draft.expires is None:
        draft.passed(GateName.DEADLINE)
    else:
        draft.row(GateName.DEADLINE, GateOutcome.PASSED, until=draft.expires)
    draft.passed(GateName.RENDERING)


def _clock_read(draft: Draft) -> str:
    """Whose wall clock the gate went by: the record says so where it was not hers."""
    return "" if draft.facts.preferences.zone is not None else "zone_of_rulebook"


def _earliest(extras: list[Extra]) -> list[Extra]:
    """Each channel once, at its earliest delay."""
    best: dict[Channel, Span | None] = {}
    for channel, after in extras:
        if channel not in best or _length(after) < _length(best[channel]):
            best[channel] = after
    return sorted(best.items(), key=lambda item: (_length(item[1]), item[0]))


@lru_cache(maxsize=1024)
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
        draft.restless = True
        return "no_window"
    if swap is not None:
        draft.restless = True
        if isinstance(swap.otherwise, Block):
            raise Stop(GateName.WHEN, MessageState.BLOCKED, "cap", swap.name)
        draft.instead = swap.otherwise.channels if isinstance(swap.otherwise, Deliver) else ()
        return "cap"
    if draft.expires is not None and at >= draft.expires:
        return "expires_before_window"
    if at <= draft.now or (after is not None and draft.now < start < at):
        draft.restless = True  # the next moment may be a quiet one, or one at which a follower reserves
    if at <= draft.now:
        at = delivery.planned_at if delivery.planned_at is not None and delivery.planned_at <= at else at
    else:
        draft.wakes.append(at)
    draft.planned.append(delivery if delivery.planned_at == at else replace(delivery, planned_at=at))
    if after is None or at <= draft.now:
        draft.reserved.append((at, channel))
        topic = draft.merged.topic
        draft.budget.take(at, channel, topic.category, topic.name, draft.merged.also)
    return None


def _delivery(draft: Draft, channel: Channel, after: Span | None) -> Delivery:
    """The delivery of this channel as it stands, or a new one under the id that it will always have."""
    length = None if after is None else _length(after)
    for delivery in draft.message.deliveries:
        if delivery.channel is channel and delivery.state is DeliveryState.PLANNED:
            if delivery.follower_after == length and not delivery.proof:
                return delivery
            return replace(delivery, follower_after=length, proof=False)
    return Delivery(id=f"{draft.message.id}-{channel}", channel=channel, follower_after=length)


def _follower_base(draft: Draft, base: Instant, after: Span) -> Instant:
    """A follower counts from the first hand-over; until there was one, from its plan; without one, from the request.

    Never from now: an instant that moves on with each deciding never comes.
    """
    lefts = [d.left_at or d.intent_at for d in draft.gone if d.state in LEFT_STATES]
    starts = [at for at in lefts if at is not None] or [
        d.planned_at for d in draft.planned if d.planned_at is not None and d.follower_after is None
    ]
    start = min(starts, default=draft.message.received_at)
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
            opened, (moved, swap) = moved, _within_caps(draft, channel, moved)
            if moved > opened and start <= draft.now:
                draft.restless = True  # hours and caps take turns as time goes by
            if swap is not None:
                return moved, swap
        if moved == at:
            return at, None
        at = moved
        if at - draft.now > HORIZON_DAYS * DAY:
            break
    raise OverflowError("no window within the horizon")


def _open(draft: Draft, channel: Channel, at: Instant) -> Instant:
    topic = draft.merged.topic
    if not draft.hours:
        return at
    windows = windows_for(draft.hours, channel, statutory=True)
    if not topic.passes_quiet_hours and "quiet_hours" not in draft.message.released:
        windows += windows_for(draft.hours, channel, statutory=False)
    moved = opens_at(at, windows, draft.zone) if windows else at
    if moved > at:
        draft.holding.holds.append(Hold(HoldKind.QUIET_HOURS, draft.now, moved, channel=channel))
    return moved


def _within_caps(draft: Draft, channel: Channel, at: Instant) -> tuple[Instant, Cap | None]:
    topic, moved = draft.merged.topic, at
    for cap in draft.budget.bearing(channel, topic.category, topic.name, draft.merged.also):
        draft.weighed = True
        admitted = draft.budget.admits_at(cap, moved)
        if admitted > moved and isinstance(cap.otherwise, GroupInto):
            if cap.otherwise.group in draft.groups:
                draft.into = draft.into or (cap.name, cap.otherwise.group)
        elif admitted > moved and cap.otherwise is not None:
            draft.wakes.append(admitted)
            return moved, cap
        if admitted > moved:
            draft.holding.holds.append(Hold(HoldKind.BUDGET, draft.now, admitted, cap.name, channel))
        moved = admitted
    return moved, None


def has_words(draft: Draft, channel: Channel) -> bool:
    """Whether there are words for this channel: the back-end's own, or a template."""
    content = draft.message.request.content
    if content and any(c.channel in (channel, None) for c in content):
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


def first_instant(draft: Draft) -> Instant | None:
    return min([d.planned_at for d in draft.planned if d.planned_at is not None], default=None)


def waits(draft: Draft) -> bool:
    first = first_instant(draft)
    return bool(draft.planned) and (first is None or first > draft.now)
