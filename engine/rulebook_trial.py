"""What an author's expectation means for what was decided: each kind of expectation against one moment.

Pure; running the steps on virtual time is engine.pipeline.rulebook_tests. Whether it is met says a function of its verb,
and what is the case instead another one, for the author of a test that fails (engine.trial_words).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artifact.customer import Body, StaffTask
from artifact.facts import Points
from artifact.instant import Instant
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
from engine.explaining import because, label, sentence
from engine.holds import period_end
from engine.judging import Asking, Memo
from engine.said import said_of
from engine.trial_words import TrialWords, words_of

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
    """None where the expectation is met, else what was expected and what is the case instead."""
    words = words_of(moment.book)
    if expected.verb not in _VERBS:
        return words.unseen.format(expected.text)
    is_met, case_of = _VERBS[expected.verb]
    met = is_met(expected, moment)
    of_rule = met and _is_of_rule(expected, moment)
    if of_rule is not expected.denied:
        return None
    if of_rule:
        case = words.is_so
    elif met:
        case = words.not_said.format(words.quoted.format(expected.rule))
    else:
        case = case_of(expected, moment, words)
    return words.expected.format(text=expected.text, case=case)


def _is_of_rule(expected: ExpectEffect, moment: Moment) -> bool:
    """Whether the message rule that the author names has this effect, if she names one: another may bring the same about."""
    message, kind = moment.message, type(expected.effect)
    if expected.rule is None or message is None or expected.verb not in _MERGED:
        return True
    return any(type(one) is kind for one in _fired(moment, message).get(expected.rule, ()))


_MERGED = frozenset({"deliver", "avoid", "rephrase", "propagate", "set_urgency", "require_proof"})
"""Effects of message rules that leave no name behind in the message."""


def _fired(moment: Moment, message: Message) -> dict[str, tuple[MessageEffect, ...]]:
    """Rules that fire for this message now, and what they say."""
    said = said_of(moment.body.talk, moment.book)
    asking = Asking(TESTED, moment.body.facts, moment.book, moment.now, Memo(), said)
    return {f.rule: f.effects for f in asking.about(message).verdict.fired}


def _message_case(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    """What an agent would be told of the message, and the rules that fire for it."""
    message = moment.message
    if message is None:
        return words.no_message
    told = sentence(moment.book, moment.body, message, words.language, moment.now)
    fired = ", ".join(words.quoted.format(rule) for rule in _fired(moment, message))
    return f"{told} {words.fired.format(fired)}" if fired else told


def _by_whom(expected: ExpectEffect, moment: Moment, rules: set[str | None]) -> bool:
    """Whether it was the rule, and for the reason, that the author names, where she does."""
    reasons = {because(moment.book, rule, moment.book.language) for rule in rules}
    return expected.rule in (None, *rules) and expected.because in (None, *reasons)


def _block(expected: ExpectEffect, moment: Moment) -> bool:
    message = moment.message
    if message is None or message.state is not MessageState.BLOCKED:
        return False
    fired = _fired(moment, message).items()
    blocking = {rule for rule, effects in fired if any(isinstance(one, Block) for one in effects)}
    return _by_whom(expected, moment, {message.rule} | blocking)


def _postpone(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    if message is None or message.state is not MessageState.WAITING:
        return False
    ends = {h.until for h in message.holds} | {next_eligible(message)}
    if expected.until is not None and expected.until not in ends:
        return False
    if expected.for_ is not None and add_span(moment.now, expected.for_, moment.zone) not in ends:
        return False
    if isinstance(effect, Postpone) and not _waits_so(effect, message, moment):
        return False
    return _by_whom(expected, moment, {h.rule for h in message.holds})


def _waits_so(effect: Postpone, message: Message, moment: Moment) -> bool:
    """Until the time of day, or the event, that is named."""
    if effect.until_event is not None:
        rules = moment.book.awaited.get(effect.until_event, frozenset())
        return any(h.rule in rules for h in message.holds)
    return effect.until_time is None or any(
        h.until == period_end(effect, h.since, moment.zone) for h in message.holds
    )


_HELD = frozenset({HoldKind.FIXED, HoldKind.WHILE, HoldKind.CONFLICT, HoldKind.GROUP})
_NOT_GOING = frozenset({MessageState.BLOCKED, MessageState.EXPIRED, MessageState.FAILED})


def _deliver(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    if message is None or message.state in _NOT_GOING or any(h.kind in _HELD for h in message.holds):
        return False
    channels = effect.channels if isinstance(effect, Deliver) else ()
    return not channels or any(d.channel in channels for d in message.deliveries)


def _group_into(expected: ExpectEffect, moment: Moment) -> bool:
    """It waits in that group, by itself so far or with others."""
    message, effect = moment.message, expected.effect
    name = effect.group if isinstance(effect, GroupInto) else ""
    hold = next((h for h in message.holds if h.kind is HoldKind.GROUP), None) if message is not None else None
    if (
        message is None
        or hold is None
        or (name, hold.since) not in [(p.group, p.since) for p in message.places]
    ):
        return False
    return _by_whom(expected, moment, {hold.rule})


def _avoid(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    if message is None or not isinstance(effect, Avoid):
        return False
    planned = {d.channel for d in message.deliveries if d.state is DeliveryState.PLANNED}
    return planned.isdisjoint(effect.channels)


def _rephrase(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    if message is None or message.rephrase is None:
        return False
    return not isinstance(effect, Rephrase) or effect.template == message.rephrase


def _propagate(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    if message is None or not isinstance(effect, Propagate):
        return False
    there = {d.channel: d.follower_after for d in message.deliveries}
    after = add_span(0, effect.after, "UTC") if effect.after is not None else None
    return all(c in there and after in (None, there[c]) for c in effect.channels)


def _urgency(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    return message is not None and isinstance(effect, SetUrgency) and message.urgency is effect.urgency


def _proof(expected: ExpectEffect, moment: Moment) -> bool:
    message, effect = moment.message, expected.effect
    wanted = set(effect.channels) if isinstance(effect, RequireProof) else set()
    proofs = {d.channel for d in message.deliveries if d.proof} if message is not None else set()
    return bool(proofs and (not wanted or proofs & wanted))


def _send(expected: ExpectEffect, moment: Moment) -> bool:
    effect = expected.effect
    if not isinstance(effect, Send):
        return bool(moment.messages)
    return any(
        message.request.topic == effect.topic
        and (effect.channels is None or set(effect.channels) == set(message.request.channels or ()))
        and expected.rule in (None, message.request.rule)
        and _includes(message.request.data, effect.data)
        for message in moment.messages
    )


def _includes(whole: dict[str, Any], part: dict[str, Any]) -> bool:
    return all(whole.get(name) == value for name, value in part.items())


def _sent(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    topics = [
        _by(label(moment.book, m.request.topic, words.language), m.request.rule, words)
        for m in moment.messages
    ]
    return words.sent.format(", ".join(topics) or words.none)


def _by(what: str, rule: str | None, words: TrialWords) -> str:
    return what if rule is None else f"{what} ({words.quoted.format(rule)})"


def _task(expected: ExpectEffect, moment: Moment) -> bool:
    effect = expected.effect
    if not isinstance(effect, RaiseTask):
        return bool(moment.tasks)
    return any(
        (task.kind, task.is_alert) == (effect.kind, effect.is_alert)
        and effect.team in (None, task.team)
        and (effect.due_in is None or add_span(task.raised_at, effect.due_in, moment.zone) == task.due)
        for task in moment.tasks
    )


def _raised(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    return words.raised.format(", ".join(task.kind for task in moment.tasks) or words.none)


def _situation(expected: ExpectEffect, moment: Moment) -> bool:
    found = moment.body.facts.situations
    match expected.effect:
        case OpenSituation(kind=kind):
            return any(one.kind == kind and one.open for one in found)
        case CloseSituation(kind=kind):
            return any(one.kind == kind and not one.open for one in found)
        case MoveSituation(kind=kind, state=state):
            return any((one.kind, one.state) == (kind, state) for one in found)
        case _:
            return False


def _fact(expected: ExpectEffect, moment: Moment) -> bool:
    effect = expected.effect
    fact = moment.body.facts.attributes.get(effect.name) if isinstance(effect, SetFact) else None
    return isinstance(effect, SetFact) and fact is not None and fact.value == effect.value


def _is_otherwise(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    return words.not_so


def _points(expected: ExpectEffect, moment: Moment) -> bool:
    effect = expected.effect
    return isinstance(effect, AddPoints) and any(
        (p.score, p.amount) == (effect.score, effect.amount) and expected.rule in (None, p.rule)
        for p in _points_now(moment)
    )


def _points_now(moment: Moment) -> list[Points]:
    return [p for p in moment.body.facts.points if p.at == moment.now]


def _scored(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    points = [_by(f"{p.score} {p.amount:+}", p.rule, words) for p in _points_now(moment)]
    return words.scored.format(", ".join(points) or words.none)


def _withdraw(expected: ExpectEffect, moment: Moment) -> bool:
    return not _still_there(expected, moment)


def _still_there(expected: ExpectEffect, moment: Moment) -> list[Message]:
    topics = expected.effect.topics if isinstance(expected.effect, Withdraw) else ()
    return [m for m in moment.body.talk.messages if m.request.topic in topics]


def _left_over(expected: ExpectEffect, moment: Moment, words: TrialWords) -> str:
    left = [label(moment.book, m.request.topic, words.language) for m in _still_there(expected, moment)]
    return words.still_there.format(", ".join(left))


Met = Callable[[ExpectEffect, Moment], bool]
Case = Callable[[ExpectEffect, Moment, TrialWords], str]

_VERBS: dict[str, tuple[Met, Case]] = {
    "block": (_block, _message_case),
    "postpone": (_postpone, _message_case),
    "deliver": (_deliver, _message_case),
    "group_into": (_group_into, _message_case),
    "avoid": (_avoid, _message_case),
    "rephrase": (_rephrase, _message_case),
    "propagate": (_propagate, _message_case),
    "set_urgency": (_urgency, _message_case),
    "require_proof": (_proof, _message_case),
    "send": (_send, _sent),
    "task": (_task, _raised),
    "alert": (_task, _raised),
    "open": (_situation, _is_otherwise),
    "close": (_situation, _is_otherwise),
    "move": (_situation, _is_otherwise),
    "set": (_fact, _is_otherwise),
    "add_to": (_points, _scored),
    "subtract_from": (_points, _scored),
    "withdraw": (_withdraw, _left_over),
}
"""Every verb that an expectation can name: whether it is met, and what is the case where it is not."""
