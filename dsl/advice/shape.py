"""A message rule as the advice compares it: the cases in which it fires, and what it says there.

A rule that applies also where something is unknown fires in more cases than its boxes tell; `whole` is then False.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from dsl.advice.cases import TOPIC, Box, Cases, TooMany, inside
from dsl.advice.domain import Choice
from dsl.effects import Block
from dsl.program import MessageRule, Program


class Shape(NamedTuple):
    """`boxes` None: too many cases to compare. `says` are the effects without their reasons, as text."""

    rule: MessageRule
    boxes: tuple[Box, ...] | None
    says: frozenset[str]
    topics: frozenset[str] | None
    whole: bool

    @property
    def blocks(self) -> bool:
        """Whether it says no more than block."""
        return any(isinstance(effect, Block) for effect in self.rule.effects)

    def meets(self, other: "Shape") -> bool:
        """Whether both may speak of one message, as far as topics tell."""
        return self.topics is None or other.topics is None or not self.topics.isdisjoint(other.topics)

    def within(self, other: "Shape") -> bool:
        """Whether the other fires wherever this one does, and is valid when this one is."""
        if self.boxes is None or other.boxes is None or not (self.whole or not other.whole):
            return False
        if other.rule.validity is not None and other.rule.validity != self.rule.validity:
            return False
        if not self.whole and self.rule.conditions != other.rule.conditions:
            return False
        return all(any(inside(part, whole) for whole in other.boxes) for part in self.boxes)


def shapes_of(program: Program) -> list[Shape]:
    """All message rules, in the order of the text."""
    cases = cases_of(program)
    return [_shape(rule, cases) for rule in program.message_rules]


def cases_of(program: Program) -> Cases:
    """What makes boxes for the conditions of this rulebook."""
    return Cases({topic.name: topic.category for topic in program.topics.values()})


def _shape(rule: MessageRule, cases: Cases) -> Shape:
    head = cases.head(rule.topics, rule.categories)
    try:
        boxes = tuple(cases.all(rule.conditions, head))
    except TooMany:
        boxes = None
    return Shape(rule, boxes, frozenset(_said(rule)), _topics(head, boxes), whole=not rule.apply_unknown)


def _topics(head: Box, boxes: tuple[Box, ...] | None) -> frozenset[str] | None:
    """The topics that a rule can speak of; None: any."""
    named = [box.get(TOPIC) for box in (boxes if boxes is not None else (head,))]
    if any(not isinstance(one, Choice) or one.rest for one in named):
        return None
    return frozenset(topic for one in named if isinstance(one, Choice) for topic in one.values)


def _said(rule: MessageRule) -> Iterable[str]:
    for effect in rule.effects:
        yield repr(plainly(effect))
    if rule.waiting is not None:
        waiting = rule.waiting
        yield repr((plainly(waiting.fixed), waiting.until, waiting.while_, waiting.closing))


def plainly(effect: Any) -> Any:
    """An effect without the author's reason for it."""
    return msgspec.structs.replace(effect, because={}) if hasattr(effect, "because") else effect
