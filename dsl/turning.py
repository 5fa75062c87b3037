"""What one event does to situations and commitments: they open, move and close; they are made, kept and dropped."""

from typing import Any

from artifact.facts import CommitmentState
from dsl.effects import (
    CloseSituation,
    DropCommitment,
    KeepCommitment,
    MakeCommitment,
    MoveSituation,
    OpenSituation,
    UpdateSituation,
    WatchSilence,
)
from dsl.happening import Happening
from dsl.hearing import Ready
from dsl.outcomes import Outcomes
from dsl.program import CommitmentPlan, SituationPlan, Transition, Turn
from dsl.reading import reference_of

OPENING = (Turn.OPEN, Turn.WATCH)
"""What needs no situation that is open."""


def turn(one: Happening, ready: Ready, plan: SituationPlan, transition: Transition) -> None:
    """A transition of a situation."""
    reference = _reference(one, plan, transition.turn in OPENING)
    if reference is None:
        one.row(plan.kind, "UNKNOWN", plan.one_per)
    elif one.holds(ready):
        _turn(one, plan, transition, reference)


def _reference(one: Happening, plan: SituationPlan, opening: bool) -> str | None:
    """Which one of its kind this event speaks of. Only one that is open can be meant without being named."""
    if plan.one_per is None:
        return ""
    reference = reference_of(one.env, plan.kind)
    if reference is None and not opening:
        running = [each for each in one.env.situations(plan.kind) if each.open]
        return running[0].reference if len(running) == 1 else None
    return reference


def _turn(one: Happening, plan: SituationPlan, transition: Transition, reference: str) -> None:
    kind, data = plan.kind, one.event.data
    if transition.turn is Turn.WATCH and transition.silence is not None:
        kept = {
            name: data[name] for name in (plan.one_per, *plan.remembers) if name is not None and name in data
        }
        one.emit(kind, WatchSilence(kind, reference, transition.silence, kept))
    elif one.runs(kind, reference):
        _change(one, plan, transition, reference)
    elif transition.turn is Turn.OPEN:
        _begin(one, plan, reference)


def _change(one: Happening, plan: SituationPlan, transition: Transition, reference: str) -> None:
    """Of one that is open. To open it again tells news of it."""
    kind, data = plan.kind, _remembered(one, plan)
    if transition.turn is Turn.MOVE:
        one.emit(kind, MoveSituation(kind, reference, transition.state, data))
    elif transition.turn is Turn.CLOSE:
        one.emit(kind, CloseSituation(kind, reference, data))
    elif data:
        one.emit(kind, UpdateSituation(kind, reference, data))


def _remembered(one: Happening, plan: SituationPlan) -> dict[str, Any]:
    data = one.event.data
    return {name: data[name] for name in plan.remembers if name in data}


def _begin(one: Happening, plan: SituationPlan, reference: str) -> None:
    one.opening(plan.kind, reference)
    one.emit(plan.kind, OpenSituation(plan.kind, reference, _remembered(one, plan), plan.expires_after))


def fall_silent(one: Happening, ready: Ready, plan: SituationPlan) -> None:
    """A silence has lasted: its situation opens, unless it is open."""
    about = one.event.about
    if about is not None and not one.runs(plan.kind, about.reference):
        _begin(one, plan, about.reference)


def promise(
    one: Happening, ready: Ready, plan: CommitmentPlan, transition: Transition, outcomes: Outcomes
) -> None:
    """A transition of a commitment."""
    references = _promised(one, plan, transition.turn)
    if not references:
        one.row(plan.name, "UNKNOWN", plan.one_per)
    elif one.holds(ready):
        for reference in references:
            _promise(one, plan, transition.turn, reference, outcomes)


def _promised(one: Happening, plan: CommitmentPlan, turn: Turn) -> list[str]:
    """Which promises this event speaks of. One that names none keeps the only pending one, and ends them all."""
    if plan.one_per is None:
        return [""]
    reference = reference_of(one.env, plan.name)
    if reference is not None or turn is Turn.MAKE:
        return [] if reference is None else [reference]
    pending = [
        each.reference
        for each in one.facts.commitments
        if each.name == plan.name and each.state is CommitmentState.OPEN
    ]
    return pending if turn is Turn.DROP or len(pending) == 1 else []


def _promise(one: Happening, plan: CommitmentPlan, turn: Turn, reference: str, outcomes: Outcomes) -> None:
    name, event = plan.name, one.event
    if turn is Turn.MAKE:
        about = event.about or outcomes.subject(one, plan.one_per)
        stages = tuple(stage.after for stage in plan.stages)
        one.emit(name, MakeCommitment(name, reference, plan.within, about, dict(event.data), stages))
    elif turn is Turn.KEEP:
        one.emit(name, KeepCommitment(name, reference))
    else:
        one.emit(name, DropCommitment(name, reference))
