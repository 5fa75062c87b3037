"""What each verb of the language does to the memory, or asks for: one row an effect.

An effect of the language is a file in dsl/effects and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from artifact.event import Event, Subject
from artifact.facts import Commitment, CommitmentState, Fact, Situation
from artifact.message import Request
from artifact.span import add_span
from dsl.effects import (
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
    Withdraw,
)
from engine.outputs import Asked, Tasked, Withdrew, origin_of, output_id

if TYPE_CHECKING:
    from dsl.verdict import Raised
    from engine.fold import Folding


def apply_effect(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    """Do what one effect asks, as data: new facts, a queued event, or an output."""
    EFFECT_TABLE[type(raised.effect)](folding, event, raised, depth)


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


def _tell(folding: Folding, event: Event, type: str, kind: str, reference: str, depth: int) -> None:
    folding.raise_event(event, type, Subject(kind, reference), depth, event.data)


def _open(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: OpenSituation = raised.effect  # type: ignore[assignment]
    old = _find(folding, effect.kind, effect.reference)
    if old is not None and old.open:
        _put(folding, replace(old, data={**old.data, **effect.data}, changed_at=event.at))
        return
    if sum(s.open for s in folding.facts.situations) >= folding.limits.open_situations:
        _overflow(folding, event, raised, "situation_limit")
        return
    expires = effect.expires_after
    _put(
        folding,
        Situation(
            kind=effect.kind,
            reference=effect.reference,
            state="open",
            open=True,
            opened_at=event.at,
            changed_at=event.at,
            expires_at=add_span(event.at, expires, folding.zone) if expires else None,
            data={**(old.data if old else {}), **effect.data},
        ),
    )
    _tell(folding, event, "situation.opened", effect.kind, effect.reference, depth)


def _overflow(folding: Folding, event: Event, raised: Raised, kind: str) -> None:
    """A limit was met: nothing else is lost, and a person hears of it."""
    _task(folding, event, raised, RaiseTask(kind=kind, is_alert=True, about=event.about))


def _move(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: MoveSituation = raised.effect  # type: ignore[assignment]
    old = _find(folding, effect.kind, effect.reference)
    if old is None or not old.open:
        return
    _put(folding, replace(old, state=effect.state, data={**old.data, **effect.data}, changed_at=event.at))
    if old.state != effect.state:
        _tell(folding, event, "situation.moved", effect.kind, effect.reference, depth)


def _update(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: UpdateSituation = raised.effect  # type: ignore[assignment]
    old = _find(folding, effect.kind, effect.reference)
    if old is not None and old.open:
        _put(folding, replace(old, data={**old.data, **effect.data}, changed_at=event.at))


def _close(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: CloseSituation = raised.effect  # type: ignore[assignment]
    old = _find(folding, effect.kind, effect.reference)
    if old is None or not old.open:
        return
    closed = replace(
        old,
        state="closed",
        open=False,
        closed_at=event.at,
        changed_at=event.at,
        expires_at=None,
        data={**old.data, **effect.data},
    )
    _put(folding, closed)
    _tell(folding, event, "situation.closed", effect.kind, effect.reference, depth)


def _make(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: MakeCommitment = raised.effect  # type: ignore[assignment]
    made = Commitment(
        name=effect.name,
        reference=effect.reference,
        promised_at=event.at,
        due=add_span(event.at, effect.within, folding.zone),
        about=effect.about,
        data=effect.data,
    )
    others = tuple(
        c for c in folding.facts.commitments if (c.name, c.reference) != (effect.name, effect.reference)
    )
    if sum(c.state is CommitmentState.OPEN for c in others) >= folding.limits.open_commitments:
        _overflow(folding, event, raised, "commitment_limit")
        return
    folding.facts = replace(folding.facts, commitments=_kept_commitments(folding, (*others, made)))
    _tell(folding, event, "commitment.made", effect.name, effect.reference, depth)


def _kept_commitments(folding: Folding, all_of: tuple[Commitment, ...]) -> tuple[Commitment, ...]:
    judged = [c for c in all_of if c.state is not CommitmentState.OPEN]
    surplus = len(judged) - folding.limits.closed_commitments
    gone = {id(c) for c in sorted(judged, key=lambda c: c.judged_at or 0)[: max(surplus, 0)]}
    return tuple(c for c in all_of if id(c) not in gone)


def _judge(
    folding: Folding, event: Event, name: str, reference: str, state: CommitmentState, depth: int
) -> None:
    changed = False
    commitments = []
    for commitment in folding.facts.commitments:
        mine = (commitment.name, commitment.reference) == (name, reference)
        if mine and commitment.state is CommitmentState.OPEN:
            commitment = replace(commitment, state=state, judged_at=event.at)
            changed = True
        commitments.append(commitment)
    if changed:
        folding.facts = replace(folding.facts, commitments=tuple(commitments))
        verb = "kept" if state is CommitmentState.KEPT else "dropped"
        _tell(folding, event, f"commitment.{verb}", name, reference, depth)


def _keep(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: KeepCommitment = raised.effect  # type: ignore[assignment]
    in_time = any(
        (c.name, c.reference) == (effect.name, effect.reference) and event.at <= c.due
        for c in folding.facts.commitments
    )
    if in_time:
        _judge(folding, event, effect.name, effect.reference, CommitmentState.KEPT, depth)


def _drop(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: DropCommitment = raised.effect  # type: ignore[assignment]
    _judge(folding, event, effect.name, effect.reference, CommitmentState.CANCELLED, depth)


def _set(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: SetFact = raised.effect  # type: ignore[assignment]
    attributes = {**folding.facts.attributes, effect.name: Fact(effect.value, event.at)}
    folding.facts = replace(folding.facts, attributes=attributes)


def _send(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: Send = raised.effect  # type: ignore[assignment]
    origin = origin_of(event, raised.rule, raised.ordinal)
    id = output_id("r", origin, [effect.topic, effect.data, effect.key, effect.channels])
    request = Request(
        source="memento",
        id=id,
        at=event.at,
        topic=effect.topic,
        about=effect.about,
        key=effect.key,
        channels=effect.channels,
        data=effect.data,
        rule=raised.rule,
        cause=f"{event.source}:{event.id}",
    )
    folding.outputs.append(Asked(id, origin, request, folding.root, event.at))


def _raise_task(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: RaiseTask = raised.effect  # type: ignore[assignment]
    _task(folding, event, raised, effect)


def _task(folding: Folding, event: Event, raised: Raised, effect: RaiseTask) -> None:
    origin = origin_of(event, raised.rule, raised.ordinal)
    folding.outputs.append(
        Tasked(
            id=output_id("t", origin, [effect.kind, effect.team]),
            origin=origin,
            kind=effect.kind,
            reason=raised.rule,
            at=event.at,
            team=effect.team,
            due=add_span(event.at, effect.due_in, folding.zone) if effect.due_in else None,
            is_alert=effect.is_alert,
            about_kind=effect.about.kind if effect.about else None,
            about_reference=effect.about.reference if effect.about else None,
        )
    )


def _withdraw(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: Withdraw = raised.effect  # type: ignore[assignment]
    origin = origin_of(event, raised.rule, raised.ordinal)
    id = output_id("w", origin, list(effect.topics))
    folding.outputs.append(Withdrew(id, origin, effect.topics, event.at))


def _raise_event(folding: Folding, event: Event, raised: Raised, depth: int) -> None:
    effect: RaiseEvent = raised.effect  # type: ignore[assignment]
    folding.raise_event(event, effect.type, effect.about, depth, effect.data)


EFFECT_TABLE: dict[type[Any], Callable[[Folding, Event, Raised, int], None]] = {
    OpenSituation: _open,
    MoveSituation: _move,
    UpdateSituation: _update,
    CloseSituation: _close,
    MakeCommitment: _make,
    KeepCommitment: _keep,
    DropCommitment: _drop,
    SetFact: _set,
    Send: _send,
    RaiseTask: _raise_task,
    Withdraw: _withdraw,
    RaiseEvent: _raise_event,
}
"""What every effect of an event does."""
