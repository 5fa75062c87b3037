"""Message rules beside each other: what can never apply, says nothing new, or disagrees with another."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsl.advice.cases import Box, TooMany, is_certain, overlap
from dsl.advice.shape import Shape, cases_of, plainly, shapes_of
from dsl.effects import Avoid, Block, Deliver, GroupInto, Rephrase, SetUrgency
from dsl.errors import DiagnosticCode as Code
from dsl.program import MessageRule, Program


class Remark(NamedTuple):
    """A finding about one declaration. `box` is a customer and a message for whom it is so, `word` a word of the language."""

    code: Code
    kind: str
    name: str
    values: dict[str, str]
    box: Box | None = None
    word: str | None = None


def remarks_on_rules(program: Program, most_pairs: int) -> Iterator[Remark]:
    """All that is found among the message rules, in their order. Beyond so many pairs the rest is left out, and told."""
    shapes = shapes_of(program)
    yield from _alone(program, shapes)
    yield from _pairs(shapes, most_pairs)


def _alone(program: Program, shapes: list[Shape]) -> Iterator[Remark]:
    cases = cases_of(program)
    for shape in shapes:
        name = shape.rule.name
        if shape.boxes == () and shape.whole:
            yield Remark(Code.RULE_NEVER_APPLIES, "message_rule", name, {"text": name})
            continue
        for number, condition in enumerate(shape.rule.conditions):
            try:
                always = not cases.of(condition, holds=False)
            except TooMany:
                continue
            if always:
                text = _words(shape.rule, number)
                yield Remark(Code.CONDITION_ALWAYS_TRUE, "message_rule", name, {"text": text})


def _words(rule: MessageRule, number: int) -> str:
    """The author's words of a condition."""
    return rule.face.conditions[number] if number < len(rule.face.conditions) else str(number + 1)


def _pairs(shapes: list[Shape], most: int) -> Iterator[Remark]:
    bases = {(shape.rule.name, base) for shape in shapes for base in shape.rule.exception_to}
    excepted = {base for _, base in bases}
    left = most
    for found in _meetings(shapes):
        left -= 1
        if left < 0:
            yield Remark(Code.PAIRS_NOT_COMPARED, "message_rule", found[0].rule.name, {"limit": str(most)})
            return
        one, other = found
        if (one.rule.name, other.rule.name) in bases or (other.rule.name, one.rule.name) in bases:
            continue
        yield from _about(one, other, excepted)


def _meetings(shapes: list[Shape]) -> Iterator[tuple[Shape, Shape]]:
    """Pairs that speak of one topic, and might have to do with each other; each once, in the order of the text."""
    of_any = [shape for shape in shapes if shape.topics is None]
    of_topic: dict[str, list[Shape]] = {}
    place = {shape.rule.name: index for index, shape in enumerate(shapes)}
    for shape in shapes:
        for topic in shape.topics or ():
            of_topic.setdefault(topic, []).append(shape)
    for index, shape in enumerate(shapes):
        near = shapes if shape.topics is None else [*of_any, *(s for t in shape.topics for s in of_topic[t])]
        others = {place[s.rule.name]: s for s in near if place[s.rule.name] > index}
        for _, other in sorted(others.items()):
            if _concerned(shape, other):
                yield shape, other


def _concerned(one: Shape, other: Shape) -> bool:
    """Whether comparing them can bring up anything."""
    return bool(one.says & other.says) or one.blocks or other.blocks or any(_clashes(one.rule, other.rule))


def _about(one: Shape, other: Shape, excepted: set[str]) -> Iterator[Remark]:
    later, earlier = other, one
    for part, whole in ((later, earlier), (earlier, later)):
        code = _says_nothing(part, whole, excepted)
        if code is not None:
            values = {"text": part.rule.name, "what": whole.rule.name}
            yield Remark(code, "message_rule", part.rule.name, values)
            return
    for code, word in _clashes(one.rule, other.rule):
        box = _common(one, other)
        if box is not None:
            certain = is_certain(box) and code is Code.RULES_TIE
            told = code if certain or code is not Code.RULES_TIE else Code.RULES_MAY_TIE
            values = {"text": one.rule.name, "other": other.rule.name}
            yield Remark(told, "message_rule", other.rule.name, values, box, word)


def _says_nothing(part: Shape, whole: Shape, excepted: set[str]) -> Code | None:
    """Whether a rule could be left out because another one speaks wherever it does."""
    if whole.rule.name in excepted or part.rule.exception_to or not part.meets(whole):
        return None
    if part.says <= whole.says and part.within(whole):
        same = part.says == whole.says and whole.within(part)
        return Code.RULE_DUPLICATE if same else Code.RULE_SUBSUMED
    silent = whole.blocks and not part.blocks and part.rule.waiting is None
    return Code.RULE_SHADOWED if silent and part.within(whole) else None


def _clashes(one: MessageRule, other: MessageRule) -> Iterator[tuple[Code, str]]:
    """What two rules would disagree in, if both applied."""
    ties = (one.priority, one.specificity) == (other.priority, other.specificity)
    for first in one.effects:
        for second in other.effects:
            if type(first) is type(second) and isinstance(first, _ONE_VALUE):
                if ties and plainly(first) != plainly(second):
                    yield Code.RULES_TIE, _VERBS[type(first)]
            elif _without_channel(first, second) or _without_channel(second, first):
                yield Code.DELIVER_AVOIDED, "_DELIVER"
            elif _denied(first, second) or _denied(second, first):
                yield Code.DELIVER_BLOCKED, "_DELIVER"


_ONE_VALUE = (Rephrase, SetUrgency, Deliver, GroupInto)
_VERBS = {
    Rephrase: "_REPHRASE_WITH",
    SetUrgency: "_SET_URGENCY",
    Deliver: "_DELIVER",
    GroupInto: "_GROUP_INTO",
}
"""The words of the language for what only one rule can say."""


def _without_channel(deliver: object, avoid: object) -> bool:
    if not (isinstance(deliver, Deliver) and isinstance(avoid, Avoid) and deliver.channels):
        return False
    return set(deliver.channels) <= set(avoid.channels)


def _denied(deliver: object, block: object) -> bool:
    return isinstance(deliver, Deliver) and not deliver.channels and isinstance(block, Block)


def _common(one: Shape, other: Shape) -> Box | None:
    """A case in which both fire, the plainest first."""
    if one.boxes is None or other.boxes is None or not _at_one_time(one.rule, other.rule):
        return None
    joined = (overlap(a, b) for a in one.boxes for b in other.boxes)
    found: Iterable[Box] = (box for box in joined if box is not None)
    return min(found, key=lambda box: (not is_certain(box), len(box)), default=None)


def _at_one_time(one: MessageRule, other: MessageRule) -> bool:
    if one.validity is None or other.validity is None:
        return True
    first, last = max(one.validity.first, other.validity.first), _last(one, other)
    return last is None or first <= last


def _last(one: MessageRule, other: MessageRule) -> int | None:
    ends = [v.last for v in (one.validity, other.validity) if v is not None and v.last is not None]
    return min(ends, default=None)
