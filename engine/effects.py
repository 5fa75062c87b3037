"""What each verb of the language does to the memory, or asks for: one row an effect.

An effect of the language is a file in dsl/effects and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.event import ENGINE_SOURCE, Event, Subject
from artifact.facts import Commitment, CommitmentState, Fact, Points, Situation, Stage, Watch
from artifact.message import Request
from artifact.span import add_span
from dsl.effects import (
    AddPoints,
    CloseSituation,
    DropCommitment,
    KeepCommitment,
    MakeCommitment,
    MoveSituation,
    OpenSituation,
    RaiseEvent,
    RaiseTask,
    Send,
    SetFact,
    UpdateSituation,
    WatchSilence,
    Withdraw,
)
from dsl.react import PENDING
from engine.outputs import Asked, Happened, Settled, Tasked, Withdrew, origin_of, output_id
from engine.points import bounded

if TYPE_CHECKING:
    from dsl.verdict import Raised
    from engine.fold import Folding


class Cause(msgspec.Struct, frozen=True, gc=False):
    """Who asks: the event at hand, the rule (or situation, or commitment) and which of its effects; how deep."""

    event: Event
    rule: str
    ordinal: int
    depth: int

    @property
    def origin(self) -> str:
        """The name of this asking, which can be derived again."""
        return origin_of(self.event, self.rule, self.ordinal)


def apply_effect(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    """Do what one effect asks, as data: new facts, a queued event, or an output."""
    cause = Cause(event, raised.rule, raised.ordinal, depth)
    EFFECT_TABLE[type(raised.effect)](folding, cause, raised.effect)


def _find(folding: Folding, kind: str, reference: str) -> Situation | None:
    for situation in folding.facts.situations:
        if situation.kind == kind and situation.reference == reference:
            return situation
    return None


def _put(folding: Folding, new: Situation) -> None:
    """Replace the situation of the same key, or add it; forget the longest closed ones past the limit."""
    old = _find(folding, new.kind, new.reference)
    situations = folding.facts.situations
    changed = tuple(new if s is old else s for s in situations) if old else (*situations, new)
    folding.facts = replace(folding.facts, situations=_bounded(folding, changed))


def _bounded(folding: Folding, situations: tuple[Situation, ...]) -> tuple[Situation, ...]:
    closed = [s for s in situations if not s.open]
    surplus = len(closed) - folding.limits.closed_situations
    if surplus <= 0:
        return situations
    gone = {id(s) for s in sorted(closed, key=lambda s: (s.closed_at or 0, s.kind, s.reference))[:surplus]}
    return tuple(s for s in situations if id(s) not in gone)


def _tell(folding: Folding, cause: Cause, type: str, kind: str, reference: str) -> None:
    folding.raise_event(cause.event, type, Subject(kind, reference), cause.depth, cause.event.data)


def _open(folding: Folding, cause: Cause, effect: OpenSituation) -> None:
    old = _find(folding, effect.kind, effect.reference)
    if old is not None and old.open:
        _put(folding, replace(old, data={**old.data, **effect.data}, changed_at=cause.event.at))
        return
    if sum(s.open for s in folding.facts.situations) >= folding.limits.open_situations:
        _overflow(folding, cause, "situation_limit")
        return
    expires = effect.expires_after
    _put(
        folding,
        Situation(
            kind=effect.kind,
            reference=effect.reference,
            state="open",
            open=True,
            opened_at=cause.event.at,
            changed_at=cause.event.at,
            expires_at=add_span(cause.event.at, expires, folding.zone) if expires else None,
            data={**(old.data if old else {}), **effect.data},
        ),
    )
    _tell(folding, cause, "situation.opened", effect.kind, effect.reference)


def _overflow(folding: Folding, cause: Cause, kind: str) -> None:
    """A limit was met: nothing else is lost, and a person hears of it."""
    _raise_task(folding, cause, RaiseTask(kind=kind, is_alert=True, about=cause.event.about))


def _move(folding: Folding, cause: Cause, effect: MoveSituation) -> None:
    old = _find(folding, effect.kind, effect.reference)
    if old is None or not old.open:
        return
    _put(
        folding, replace(old, state=effect.state, data={**old.data, **effect.data}, changed_at=cause.event.at)
    )
    if old.state != effect.state:
        _tell(folding, cause, "situation.moved", effect.kind, effect.reference)


def _update(folding: Folding, cause: Cause, effect: UpdateSituation) -> None:
    old = _find(folding, effect.kind, effect.reference)
    if old is not None and old.open:
        _put(folding, replace(old, data={**old.data, **effect.data}, changed_at=cause.event.at))


def _close(folding: Folding, cause: Cause, effect: CloseSituation) -> None:
    old = _find(folding, effect.kind, effect.reference)
    if old is None or not old.open:
        return
    closed = replace(
        old,
        state="closed",
        open=False,
        closed_at=cause.event.at,
        changed_at=cause.event.at,
        expires_at=None,
        data={**old.data, **effect.data},
    )
    _put(folding, closed)
    _tell(folding, cause, "situation.closed", effect.kind, effect.reference)


def _watch(folding: Folding, cause: Cause, effect: WatchSilence) -> None:
    """Listen anew; past the limit a silence is not listened for, and a person hears of that once."""
    due = add_span(cause.event.at, effect.within, folding.zone)
    new = Watch(effect.kind, effect.reference, due, effect.data)
    known = [(w.kind, w.reference) for w in folding.facts.watches]
    if (effect.kind, effect.reference) in known:
        place = known.index((effect.kind, effect.reference))
        watches = (*folding.facts.watches[:place], new, *folding.facts.watches[place + 1 :])
    elif len(known) < folding.limits.watches:
        watches = (*folding.facts.watches, new)
    else:
        _deaf(folding, cause, effect.kind)
        return
    folding.facts = replace(folding.facts, watches=watches)


def _deaf(folding: Folding, cause: Cause, kind: str) -> None:
    origin = derived_id("o", "watch_limit", kind)
    folding.outputs.append(
        Tasked(
            id=output_id("t", origin, ["watch_limit"]),
            origin=origin,
            kind="watch_limit",
            reason=cause.rule,
            at=cause.event.at,
            is_alert=True,
        )
    )


def _make(folding: Folding, cause: Cause, effect: MakeCommitment) -> None:
    at, zone = cause.event.at, folding.zone
    made = Commitment(
        name=effect.name,
        reference=effect.reference,
        promised_at=at,
        due=add_span(at, effect.within, zone),
        about=effect.about,
        data=effect.data,
        stages=tuple(Stage(n, add_span(at, after, zone)) for n, after in enumerate(effect.stages)),
    )
    others = tuple(
        c for c in folding.facts.commitments if (c.name, c.reference) != (effect.name, effect.reference)
    )
    if sum(c.state is CommitmentState.OPEN for c in others) >= folding.limits.open_commitments:
        _overflow(folding, cause, "commitment_limit")
        return
    for old in folding.facts.commitments:
        if old not in others and old.state is CommitmentState.OPEN:
            _settle(folding, cause, old)
    folding.facts = replace(folding.facts, commitments=_kept_commitments(folding, (*others, made)))
    _tell(folding, cause, "commitment.made", effect.name, effect.reference)


def _kept_commitments(folding: Folding, all_of: tuple[Commitment, ...]) -> tuple[Commitment, ...]:
    judged = [c for c in all_of if c.state is not CommitmentState.OPEN]
    surplus = len(judged) - folding.limits.closed_commitments
    gone = {id(c) for c in sorted(judged, key=lambda c: c.judged_at or 0)[: max(surplus, 0)]}
    return tuple(c for c in all_of if id(c) not in gone)


def _judge(folding: Folding, cause: Cause, name: str, reference: str, state: CommitmentState) -> None:
    changed = False
    commitments = []
    for commitment in folding.facts.commitments:
        mine = (commitment.name, commitment.reference) == (name, reference)
        if mine and commitment.state is CommitmentState.OPEN:
            _settle(folding, cause, commitment)
            commitment = replace(commitment, state=state, judged_at=cause.event.at, stages=())
            changed = True
        commitments.append(commitment)
    if changed:
        folding.facts = replace(folding.facts, commitments=tuple(commitments))
        verb = "kept" if state is CommitmentState.KEPT else "dropped"
        _tell(folding, cause, f"commitment.{verb}", name, reference)


def _settle(folding: Folding, cause: Cause, commitment: Commitment) -> None:
    """Nobody need do any more what was asked because a promise was pending."""
    if commitment.staged:
        promise = promise_of(commitment)
        id = output_id("s", cause.origin, [promise])
        folding.outputs.append(Settled(id, cause.origin, promise, cause.event.at))


def promise_of(commitment: Commitment) -> str:
    """The name of one making of a promise."""
    return f"{commitment.name}/{commitment.reference}/{commitment.promised_at}"


def _keep(folding: Folding, cause: Cause, effect: KeepCommitment) -> None:
    in_time = any(
        (c.name, c.reference) == (effect.name, effect.reference) and cause.event.at <= c.due
        for c in folding.facts.commitments
    )
    if in_time:
        _judge(folding, cause, effect.name, effect.reference, CommitmentState.KEPT)


def _drop(folding: Folding, cause: Cause, effect: DropCommitment) -> None:
    _judge(folding, cause, effect.name, effect.reference, CommitmentState.CANCELLED)


def _set(folding: Folding, cause: Cause, effect: SetFact) -> None:
    attributes = {**folding.facts.attributes, effect.name: Fact(effect.value, cause.event.at)}
    folding.facts = replace(folding.facts, attributes=attributes)


def _send(folding: Folding, cause: Cause, effect: Send) -> None:
    origin = cause.origin
    id = output_id("r", origin, [effect.topic, effect.data, effect.key, effect.channels])
    request = Request(
        source=ENGINE_SOURCE,
        id=id,
        at=cause.event.at,
        topic=effect.topic,
        about=effect.about,
        key=effect.key,
        channels=effect.channels,
        data=effect.data,
        rule=cause.rule,
        cause=f"{cause.event.source}:{cause.event.id}",
        heard_from=None if cause.event.source == ENGINE_SOURCE else cause.event.source,
    )
    folding.outputs.append(Asked(id, origin, request, folding.root, cause.event.at))


def _raise_task(folding: Folding, cause: Cause, effect: RaiseTask) -> None:
    origin = cause.origin
    folding.outputs.append(
        Tasked(
            id=output_id("t", origin, [effect.kind, effect.team]),
            origin=origin,
            kind=effect.kind,
            reason=cause.rule,
            at=cause.event.at,
            team=effect.team,
            due=add_span(cause.event.at, effect.due_in, folding.zone) if effect.due_in else None,
            is_alert=effect.is_alert,
            about_kind=effect.about.kind if effect.about else None,
            about_reference=effect.about.reference if effect.about else None,
            promise=_pending(folding, cause.event),
        )
    )


def _pending(folding: Folding, event: Event) -> str | None:
    """The promise of which an event says that it is still pending."""
    if event.type != PENDING or event.about is None:
        return None
    key = (event.about.kind, event.about.reference)
    return next((promise_of(c) for c in folding.facts.commitments if (c.name, c.reference) == key), None)


def _withdraw(folding: Folding, cause: Cause, effect: Withdraw) -> None:
    origin = cause.origin
    id = output_id("w", origin, list(effect.topics))
    folding.outputs.append(Withdrew(id, origin, effect.topics, cause.event.at))


def _add_points(folding: Folding, cause: Cause, effect: AddPoints) -> None:
    """Remember them. Their value is read once everything that the event does is done."""
    new = Points(effect.score, effect.amount, cause.event.at, cause.rule, effect.because)
    folding.scored = True
    points = bounded((*folding.facts.points, new), folding.limits.points)
    folding.facts = replace(folding.facts, points=points)


def _raise_event(folding: Folding, cause: Cause, effect: RaiseEvent) -> None:
    raised = folding.raise_event(cause.event, effect.type, effect.about, cause.depth, effect.data)
    if raised is not None:
        id = output_id("h", cause.origin, [effect.type, effect.data])
        folding.outputs.append(Happened(id, cause.origin, raised, raised.at))


EFFECT_TABLE: dict[type[Any], Callable[[Folding, Cause, Any], None]] = {
    OpenSituation: _open,
    MoveSituation: _move,
    UpdateSituation: _update,
    CloseSituation: _close,
    WatchSilence: _watch,
    MakeCommitment: _make,
    KeepCommitment: _keep,
    DropCommitment: _drop,
    SetFact: _set,
    AddPoints: _add_points,
    Send: _send,
    RaiseTask: _raise_task,
    Withdraw: _withdraw,
    RaiseEvent: _raise_event,
}
"""What every effect of an event does."""
