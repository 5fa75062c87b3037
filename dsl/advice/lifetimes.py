"""What never ends, and what ends before it could begin: situations, waits, validities, circles of events."""

from collections.abc import Iterator

from artifact.span import Span
from dsl.advice.rules import Remark
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import tongue
from dsl.program import ClosePlan, EffectPlan, MessageRule, Program, RaisePlan, Turn
from dsl.values import length


def remarks_on_lifetimes(program: Program) -> Iterator[Remark]:
    """All of them, in the order of the text within each kind."""
    yield from _never_closing(program)
    yield from _circles(program)
    yield from _waits(program)
    yield from _validities(program)


def effects_of(program: Program) -> Iterator[EffectPlan]:
    """What event rules and promises do."""
    for rule in program.event_rules:
        yield from rule.effects
    for commitment in program.commitments:
        yield from commitment.if_broken
        for stage in commitment.stages:
            yield from stage.effects


def _never_closing(program: Program) -> Iterator[Remark]:
    closed = {effect.kind for effect in effects_of(program) if isinstance(effect, ClosePlan)}
    for plan in program.situations:
        turns = {transition.turn for transition in plan.transitions}
        if Turn.CLOSE not in turns and plan.expires_after is None and plan.kind not in closed:
            yield Remark(Code.SITUATION_NEVER_CLOSES, "situation", plan.kind, {"text": plan.kind})


def _circles(program: Program) -> Iterator[Remark]:
    """Events that rules raise in answer to each other, without end but for the limit of depth."""
    raises: dict[str, dict[str, str]] = {}
    for rule in program.event_rules:
        raised = [effect.type for effect in rule.effects if isinstance(effect, RaisePlan)]
        for trigger in rule.clause.triggers:
            for type_ in raised:
                raises.setdefault(trigger.type, {}).setdefault(type_, rule.name)
    for start in raises:
        path = _way_back(raises, start)
        if path and start == min(path):
            values = {"text": " -> ".join([*path, start])}
            yield Remark(
                Code.EVENT_CYCLE, "event_rule", raises[start][path[1] if len(path) > 1 else start], values
            )


def _way_back(raises: dict[str, dict[str, str]], start: str) -> list[str]:
    """The shortest way from an event back to itself; empty if there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        for type_ in raises.get(way[-1], ()):
            if type_ == start:
                return way
            if type_ not in seen:
                seen.add(type_)
                ways.append([*way, type_])
    return []


def _waits(program: Program) -> Iterator[Remark]:
    """A limit that no message of the rule lives to see."""
    for rule in program.message_rules:
        limit = rule.waiting.fixed.at_most if rule.waiting is not None else None
        lives = _lives(program, rule)
        if limit is not None and lives and max(lives) <= length(limit):
            values = {"text": rule.name, "limit": _in_words(limit, program.language)}
            yield Remark(Code.LIMIT_BEYOND_LIFE, "message_rule", rule.name, values)


def _lives(program: Program, rule: MessageRule) -> list[int]:
    """How long messages of the rule's topics last at most, in microseconds."""
    return [
        length(topic.expires_after or topic.lives_for)
        for topic in program.topics.values()
        if (rule.topics is None and rule.categories is None)
        or topic.name in (rule.topics or ())
        or topic.category in (rule.categories or ())
    ]


def _in_words(span: Span, language: str) -> str:
    """`60 days`, in the author's language: a unit is spelled first for many, then for one."""
    spelled = tongue(language).spelled[f"UNIT:{span.unit}"]
    return f"{span.amount} {spelled[min(span.amount == 1, len(spelled) - 1)]}"


def _validities(program: Program) -> Iterator[Remark]:
    """An exception that is over before its base begins, or the other way round."""
    rules = {rule.name: rule for rule in program.message_rules}
    for rule in program.message_rules:
        for base in rule.exception_to:
            if base in rules and not _meet(rule, rules[base]):
                values = {"text": rule.name, "other": base}
                yield Remark(Code.VALIDITY_DISJOINT, "message_rule", rule.name, values)


def _meet(one: MessageRule, other: MessageRule) -> bool:
    if one.validity is None or other.validity is None:
        return True
    first = max(one.validity.first, other.validity.first)
    return all(v.last is None or first <= v.last for v in (one.validity, other.validity))
