"""How an experiment went, read from what is remembered: who was in which arm when, and whether success followed.

A customer counts once in an experiment, from the first message that left, or that the holdout kept back. Nothing of
this is stored: the log says it all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from artifact.decision import Entry, Record
from artifact.event import Event
from artifact.facts import CommitmentState, Facts
from artifact.instant import Instant
from artifact.message import MessageState
from artifact.span import add_span
from artifact.states import LEFT_STATES
from dsl.book import CompiledRulebook
from dsl.program import HOLDOUT, ExperimentPlan, Trigger
from engine.traces import FIRED, whole


class Exposure(NamedTuple):
    """That a customer met an arm of an experiment, and when."""

    arm: str
    at: Instant


class Outcome(NamedTuple):
    """How it went for one customer in one experiment."""

    experiment: str
    arm: str
    succeeded: bool


def outcomes(book: CompiledRulebook, entries: Sequence[Entry], facts: Facts) -> list[Outcome]:
    """What one customer's log and memory say of every experiment that she met."""
    met = exposures(book, entries)
    events = [entry.event for entry in entries if entry.event is not None]
    zone = facts.preferences.zone or book.zone
    plans = [plan for plan in book.program.experiments if plan.name in met]
    return [
        Outcome(plan.name, met[plan.name].arm, _succeeded(plan, met[plan.name].at, events, facts, zone))
        for plan in plans
    ]


def exposures(book: CompiledRulebook, entries: Iterable[Entry]) -> dict[str, Exposure]:
    """The first exposure to each experiment."""
    arms = {arm.rule.name: (plan.name, arm.name) for plan in book.program.experiments for arm in plan.arms}
    found: dict[str, Exposure] = {}
    for record in (whole(kept, entry, book) for entry in entries for kept in entry.out):
        for experiment, arm in _met(record, arms):
            found.setdefault(experiment, Exposure(arm, record.now))
    return found


def _met(record: Record, arms: Mapping[str, tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The arms that had a say in what left, or that kept it back."""
    left = any(row.state in LEFT_STATES for row in record.plan)
    held_back = record.state is MessageState.BLOCKED and record.reason == HOLDOUT
    for row in record.rules if left or held_back else ():
        if row.result == FIRED and row.rule in arms:
            experiment, arm = arms[row.rule]
            if (arm == HOLDOUT) == held_back:
                yield experiment, arm


def _succeeded(
    plan: ExperimentPlan, since: Instant, events: Sequence[Event], facts: Facts, zone: str
) -> bool:
    if plan.within is None:
        return False
    until = add_span(since, plan.within, zone)
    instants = (at for trigger in plan.succeeds for at in _instants(trigger, events, facts))
    return any(since < at <= until for at in instants)


def _instants(trigger: Trigger, events: Sequence[Event], facts: Facts) -> Iterable[Instant]:
    """When this happened to her, as far as it is remembered."""
    if trigger.owner is None:
        return [event.at for event in events if event.type == trigger.type]
    if trigger.type == "commitment.broken":
        broken = [
            c for c in facts.commitments if c.name == trigger.owner and c.state is CommitmentState.BROKEN
        ]
        return [one.judged_at for one in broken if one.judged_at is not None]
    kept = [one for one in facts.situations if one.kind == trigger.owner]
    if trigger.type == "situation.opened":
        return [one.opened_at for one in kept]
    return [one.closed_at for one in kept if one.closed_at is not None]
