"""What an author's expectation means for what was decided: each kind of expectation against one moment.

Pure; running the steps on virtual time is engine.pipeline.rulebook_tests. A failed expectation is worded for the
author: what was expected, and what is the case instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artifact.customer import Body, StaffTask
from artifact.instant import Instant, format_instant
from artifact.message import DeliveryState, HoldKind, Message, MessageState
from artifact.span import add_span
from dsl.effects import (
    AddPoints,
    Avoid,
    Block,
    CloseSituation,
    Deliver,
    GroupInto,
    MessageEffect,
    MoveSituation,
    OpenSituation,
    Postpone,
    Propagate,
    RaiseTask,
    Rephrase,
    RequireProof,
    Send,
    SetFact,
    SetUrgency,
    Withdraw,
)
from dsl.rulebook import Rulebook
from dsl.trial import ExpectEffect
from engine.decided import next_eligible
from engine.explaining import because
from engine.holds import period_end
from engine.judging import Memo, judge
from engine.said import said_of

TESTED = "test"
"""The id of the customer of every test."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The customer after a step. `messages` and `tasks` are what the step brought, `message` the one spoken of."""

    body: Body
    now: Instant
    zone: str
    message: Message | None
    messages: tuple[Message, ...]
    tasks: tuple[StaffTask, ...]
    book: Rulebook


def check_effect(expected: ExpectEffect, moment: Moment) -> str | None:
    """None where the expectation is met, else what is the case instead."""
    check = _VERBS.get(expected.verb)
    if check is None:
        return f"a test cannot see whether {expected.verb.replace('_', ' ')} happens"
    found = check(expected, moment) or _of_rule(expected, moment)
    if expected.denied:
        return None if found is not None else f"not {expected.verb} was expected, but it is so"
    return found


def _of_rule(expected: ExpectEffect, moment: Moment) -> str | None:
    """None unless the author names a message rule of which this effect is not: another one may bring the same about."""
    message, kind = moment.message, type(expected.effect)
    if expected.rule is None or message is None or expected.verb not in _MERGED:
        return None
    effects = _fired(moment, message).get(expected.rule)
    if effects is None:
        return f"the rule “{expected.rule}” did not fire"
    return (
        None if any(type(one) is kind for one in effects) else f"the rule “{expected.rule}” does not say so"
    )


_MERGED = frozenset({"deliver", "avoid", "rephrase", "propagate", "set_urgency", "require_proof"})
"""Effects of message rules that leave no name behind in the message."""


def _spoken(moment: Moment) -> tuple[Message | None, str]:
    if moment.message is None:
        return None, "no message is there to speak of"
    message = moment.message
    rules = ", ".join(f"“{h.rule}”" for h in message.holds if h.rule) or (
        f"“{message.rule}”" if message.rule else ""
    )
    at = next_eligible(message)
    until = f" until {format_instant(at)}" if at is not None else ""
    channels = ", ".join(d.channel.value.lower() for d in message.deliveries)
    by = f" by {channels}" if channels else ""
    return (
        message,
        f"{message.request.topic} is {message.state} ({message.reason}{' ' + rules if rules else ''}){until}{by}",
    )


def _by_whom(expected: ExpectEffect, moment: Moment, rules: set[str | None], case: str) -> str | None:
    """The rule and the reason that the author names, where she does."""
    if expected.rule is not None and expected.rule not in rules:
        return f"the rule “{expected.rule}” was expected, but {case}"
    reasons = {because(moment.book, rule, moment.book.language) for rule in rules}
    if expected.because is not None and expected.because not in reasons:
        return f"the reason “{expected.because}” was expected, but {case}"
    return None


def _block(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    if message is None or message.state is not MessageState.BLOCKED:
        return f"block was expected, but {case}"
    blocking = {
        rule
        for rule, effects in _fired(moment, message).items()
        if any(isinstance(one, Block) for one in effects)
    }
    return _by_whom(expected, moment, {message.rule} | blocking, case)


def _postpone(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    if message is None or message.state is not MessageState.WAITING:
        return f"postpone was expected, but {case}"
    ends = {h.until for h in message.holds} | {next_eligible(message)}
    if expected.until is not None and expected.until not in ends:
        return f"postpone until {format_instant(expected.until)} was expected, but {case}"
    if expected.for_ is not None and add_span(moment.now, expected.for_, moment.zone) not in ends:
        return f"another length of the postponement was expected: {case}"
    effect = expected.effect
    if isinstance(effect, Postpone) and effect.until_time is not None:
        met = any(h.until == period_end(effect, h.since, moment.zone) for h in message.holds)
        if not met:
            return f"another time of day was expected: {case}"
    if isinstance(effect, Postpone) and effect.until_event is not None:
        rules = moment.book.awaited.get(effect.until_event, frozenset())
        if not any(h.rule in rules for h in message.holds):
            return f"waiting until {effect.until_event} was expected, but {case}"
    return _by_whom(expected, moment, {h.rule for h in message.holds}, case)


def _deliver(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    held_by_rule = message is not None and any(
        h.kind in (HoldKind.FIXED, HoldKind.WHILE, HoldKind.CONFLICT, HoldKind.GROUP) for h in message.holds
    )
    going = message is not None and message.state not in (
        MessageState.BLOCKED,
        MessageState.EXPIRED,
        MessageState.FAILED,
    )
    if message is None or held_by_rule or not going:
        return f"deliver was expected, but {case}"
    effect = expected.effect
    channels = effect.channels if isinstance(effect, Deliver) else ()
    if channels and not any(d.channel in channels for d in message.deliveries):
        return f"deliver by {', '.join(c.value.lower() for c in channels)} was expected, but {case}"
    return None


def _fired(moment: Moment, message: Message) -> dict[str, tuple[MessageEffect, ...]]:
    """Rules that fire for this message now, and what they say."""
    said = said_of(moment.body.talk, moment.book)
    merged = judge(message, TESTED, moment.body.facts, moment.book, moment.now, Memo(), said)
    return {f.rule: f.effects for f in merged.verdict.fired}


def _group_into(expected: ExpectEffect, moment: Moment) -> str | None:
    """It waits in that group, by itself so far or with others."""
    message, case = _spoken(moment)
    effect = expected.effect
    name = effect.group if isinstance(effect, GroupInto) else ""
    hold = next((h for h in message.holds if h.kind is HoldKind.GROUP), None) if message is not None else None
    places = [(p.group, p.since) for p in message.places] if message is not None else []
    if message is None or hold is None or (name, hold.since) not in places:
        return f"group into {name} was expected, but {case}"
    return _by_whom(expected, moment, {hold.rule}, case)


def _avoid(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    effect = expected.effect
    if message is None or not isinstance(effect, Avoid):
        return f"avoid was expected, but {case}"
    bad = [
        d.channel
        for d in message.deliveries
        if d.channel in effect.channels and d.state is DeliveryState.PLANNED
    ]
    return f"avoid was expected, but {case}" if bad else None


def _rephrase(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    effect = expected.effect
    if message is None or message.rephrase is None:
        return f"rephrase was expected, but {case}"
    if isinstance(effect, Rephrase) and effect.template != message.rephrase:
        return f"rephrase with {effect.template} was expected, but it is {message.rephrase}"
    return None


def _propagate(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    effect = expected.effect
    if message is None or not isinstance(effect, Propagate):
        return f"propagate was expected, but {case}"
    there = {d.channel: d.follower_after for d in message.deliveries}
    after = add_span(0, effect.after, "UTC") if effect.after is not None else None
    missing = [c for c in effect.channels if c not in there or (after is not None and there[c] != after)]
    return (
        f"propagate to {', '.join(c.value.lower() for c in missing)} was expected, but {case}"
        if missing
        else None
    )


def _urgency(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    effect = expected.effect
    met = message is not None and isinstance(effect, SetUrgency) and message.urgency is effect.urgency
    return None if met else f"another urgency was expected: {case}"


def _proof(expected: ExpectEffect, moment: Moment) -> str | None:
    message, case = _spoken(moment)
    effect = expected.effect
    wanted = set(effect.channels) if isinstance(effect, RequireProof) else set()
    proofs = {d.channel for d in message.deliveries if d.proof} if message is not None else set()
    return None if proofs and (not wanted or proofs & wanted) else f"proof was expected, but {case}"


def _send(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    if not isinstance(effect, Send):
        return None if moment.messages else "a message was expected, but none was asked for"
    for message in moment.messages:
        same_channels = effect.channels is None or set(effect.channels) == set(message.request.channels or ())
        if (
            message.request.topic == effect.topic
            and same_channels
            and expected.rule in (None, message.request.rule)
            and _includes(message.request.data, effect.data)
        ):
            return None
    sent = ", ".join(m.request.topic for m in moment.messages) or "nothing"
    return f"send {effect.topic} was expected, but {sent} was asked for"


def _includes(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    return all(whole.get(name) == value for name, value in part.items())


def _task(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    if not isinstance(effect, RaiseTask):
        return None if moment.tasks else "a task was expected, but none was raised"
    for task in moment.tasks:
        due = add_span(task.raised_at, effect.due_in, moment.zone) if effect.due_in is not None else None
        same = (task.kind, task.is_alert) == (effect.kind, effect.is_alert)
        if same and effect.team in (None, task.team) and due in (None, task.due):
            return None
    raised = ", ".join(t.kind for t in moment.tasks) or "nothing"
    return f"raise {effect.kind} was expected, but {raised} was raised"


def _situation(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    for situation in moment.body.facts.situations:
        if isinstance(effect, OpenSituation) and situation.kind == effect.kind and situation.open:
            return None
        if isinstance(effect, CloseSituation) and situation.kind == effect.kind and not situation.open:
            return None
        if isinstance(effect, MoveSituation) and (situation.kind, situation.state) == (
            effect.kind,
            effect.state,
        ):
            return None
    return f"{expected.verb} was expected, but it is not so"


def _fact(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    fact = moment.body.facts.attributes.get(effect.name) if isinstance(effect, SetFact) else None
    met = isinstance(effect, SetFact) and fact is not None and fact.value == effect.value
    return None if met else "another value of the fact was expected"


def _points(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    found = [p for p in moment.body.facts.points if p.at == moment.now]
    if isinstance(effect, AddPoints) and any(
        (p.score, p.amount) == (effect.score, effect.amount) and expected.rule in (None, p.rule)
        for p in found
    ):
        return None
    told = ", ".join(f"{p.amount} for {p.score}" for p in found) or "none"
    return f"other points were expected, but now there came {told}"


def _withdraw(expected: ExpectEffect, moment: Moment) -> str | None:
    effect = expected.effect
    topics = effect.topics if isinstance(effect, Withdraw) else ()
    live = [m.request.topic for m in moment.body.talk.messages if m.request.topic in topics]
    return f"withdraw was expected, but {', '.join(live)} is still there" if live else None


_VERBS: dict[str, Callable[[ExpectEffect, Moment], str | None]] = {
    "block": _block,
    "postpone": _postpone,
    "deliver": _deliver,
    "group_into": _group_into,
    "avoid": _avoid,
    "rephrase": _rephrase,
    "propagate": _propagate,
    "set_urgency": _urgency,
    "require_proof": _proof,
    "send": _send,
    "task": _task,
    "alert": _task,
    "open": _situation,
    "close": _situation,
    "move": _situation,
    "set": _fact,
    "add_to": _points,
    "subtract_from": _points,
    "withdraw": _withdraw,
}
"""Every verb that an expectation can name."""
