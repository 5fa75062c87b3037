"""Experiments: every arm is checked as the message rule that it is; here only shares and successes are looked at."""

from fractions import Fraction
from typing import NamedTuple

from msgspec.structs import replace

from dsl.check import literals
from dsl.check.behaviour import Behaviour
from dsl.check.header import Placed
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.program import HOLDOUT, WHOLE_SHARE, Arm, ExperimentPlan
from dsl.syntax import Node, Place, Word
from dsl.typed import InArm


class _Written(NamedTuple):
    """An arm as it stands in the text. `effects` None: the holdout."""

    name: str
    percent: Word
    effects: Node | None
    place: Place


def arms_of(node: Node) -> tuple[str, ...]:
    """The names of the arms, the holdout among them."""
    return tuple(arm.name for arm in _arms(node))


def rule_name(experiment: str, arm: str) -> str:
    """The name of the rule that an arm is, as decisions and tests speak of it."""
    return f"{experiment}: {arm}"


def placed_arms(node: Node, base: int) -> list[tuple[str, Placed]]:
    """The rule that each arm is, with the place of what it says."""
    name = node.word().text
    found = [(rule_name(name, arm.word().text), Placed(arm, base)) for arm in node.all("arm")]
    return [*found, (rule_name(name, HOLDOUT), Placed(node, base))]


def _arms(node: Node) -> list[_Written]:
    arms = [_Written(arm.word(0).text, arm.word(1), arm.node(2), arm) for arm in node.all("arm")]
    share = node.maybe_word(len(node.parts) - 3)
    return arms if share is None else [*arms, _Written(HOLDOUT, share, None, share)]


def check_experiment(behaviour: Behaviour, placed: Placed, text: str) -> ExperimentPlan | None:
    """One experiment. `text` is the declaration as written, for the words of an explanation."""
    node, desk = placed.node, behaviour.desk
    desk.base = placed.base
    for part in node.nodes():
        if part.kind in ("exception_to", "if_unknown"):
            desk.report(Code.EFFECT_MISPLACED, part, text=desk.keyword(part.kind), what="an experiment")
    _check_names(behaviour, node)
    arms, dealt = [], Fraction()
    for one in _arms(node):
        read = literals.percent(desk, one.percent)
        share = read.value if read is not None else Fraction()
        if dealt + share > 1 >= dealt:
            desk.report(Code.SHARES_OVER, one.percent, text=node.word().text)
        arms.append(_arm(behaviour, placed, text, one, _bounds(dealt, share, last=one.effects is None)))
        dealt += share
    triggers, within = node.maybe_node(len(node.parts) - 2), node.maybe_node(len(node.parts) - 1)
    desk.base = placed.base
    return ExperimentPlan(
        name=node.word().text,
        arms=tuple(arm for arm in arms if arm is not None),
        succeeds=behaviour.triggers(triggers) if triggers is not None else (),
        within=literals.span(desk, within) if within is not None else None,
    )


def _bounds(dealt: Fraction, share: Fraction, *, last: bool) -> tuple[int, int]:
    """Variants from the lower end, the holdout from the upper one: it stays what it is when a variant is added."""
    low, high = (1 - share, Fraction(1)) if last else (dealt, dealt + share)
    return int(max(low, Fraction()) * WHOLE_SHARE), int(min(high, Fraction(1)) * WHOLE_SHARE)


def _check_names(behaviour: Behaviour, node: Node) -> None:
    seen: Names[bool] = Names()
    for name in (HOLDOUT, behaviour.desk.tongue.name_of(HOLDOUT)):
        seen.add(name, True)
    for arm in node.all("arm"):
        if not seen.add(arm.word().text, True):
            behaviour.desk.report(Code.NAME_TAKEN, arm.word(), text=arm.word().text)


def _arm(
    behaviour: Behaviour, placed: Placed, text: str, written: _Written, bounds: tuple[int, int]
) -> Arm | None:
    rule = behaviour.message_rule(Placed(_as_rule(placed.node, written), placed.base), text)
    if rule is None:
        return None
    said = " ".join(text[written.place.start : written.percent.end].split())
    face = replace(rule.face, conditions=(*rule.face.conditions, said), holdout=written.effects is None)
    part = InArm(placed.node.word().text, *bounds)
    return Arm(written.name, replace(rule, conditions=(*rule.conditions, part), face=face), *bounds)


_SHARED = frozenset(
    {"priority", "valid", "owner", "source", "agent_may_release", "of_topic", "of_category", "when"}
)


def _as_rule(node: Node, written: _Written) -> Node:
    """The message rule that an arm is. What is unknown leaves a customer out of the experiment."""
    place = written.place
    name = Word("STRING", rule_name(node.word().text, written.name), node.word().start, node.word().end)
    ignore = Node("if_unknown", (Word("NAME", "ignore", place.start, place.end),), place.start, place.end)
    shared = [part for part in node.nodes() if part.kind in _SHARED]
    effects = written.effects
    if effects is None:
        block = Node("block", (), place.start, place.end)
        effects = Node("effects", (block,), place.start, place.end)
    return Node("message_rule", (name, ignore, *shared, effects), node.start, node.end)
