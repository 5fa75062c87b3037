"""Rules and tests against a frame. Each that is known to be good in it is taken as it was found.

What one rule says of another's name is looked at every time: an exception names its base, a test the rule it expects.
"""

from typing import NamedTuple, TypeVar

import msgspec

from dsl.check.behaviour import Behaviour
from dsl.check.experiments import arms_of, check_experiment, placed_arms, rule_name
from dsl.check.groups import check_grouped
from dsl.check.header import Header, Placed
from dsl.check.tests import Tests
from dsl.errors import DiagnosticCode as Code
from dsl.errors import Lines
from dsl.names import Names
from dsl.program import EventRule, ExperimentPlan, MessageRule
from dsl.syntax import Node
from dsl.trial import ExpectEffect, Expects, RulebookTest

RULES = frozenset({"message_rule", "event_rule", "experiment", "test"})
"""Kinds of declarations that stand outside the frame: none in it looks at any of them."""

Rule = MessageRule | EventRule | ExperimentPlan | RulebookTest
R = TypeVar("R", MessageRule, EventRule, ExperimentPlan, RulebookTest)


class Source(NamedTuple):
    """A parsed declaration, where it begins, and its text. `alone`: nothing else stands in that text.

    `written` is the tree with the author's own names, where a glossary gave it others.
    """

    node: Node
    base: int
    text: str
    alone: bool
    written: Node | None = None


class Found(NamedTuple):
    """What stands outside the frame, but the tests."""

    event_rules: tuple[EventRule, ...]
    message_rules: tuple[MessageRule, ...]
    experiments: tuple[ExperimentPlan, ...]


class Rules:
    """Checks the rules and tests of one text. `known` are good ones by their texts; `good` those of this text."""

    def __init__(self, behaviour: Behaviour, header: Header, known: dict[str, Rule]) -> None:
        self.behaviour, self.header, self.known = behaviour, header, known
        self.desk, self.symbols = behaviour.desk, behaviour.symbols
        self.good: dict[str, Rule] = {}
        self._tests: list[Source] = []

    def checked(self, sources: list[Source]) -> Found:
        """The rules and experiments."""
        of: dict[str, list[Source]] = {kind: [] for kind in RULES}
        for source in sources:
            of[source.node.kind].append(source)
        self._tests = of["test"]
        for source in of["event_rule"]:
            self._declare(self.symbols.event_rules, source)
        for source in of["message_rule"]:
            self._declare(self.symbols.message_rules, source)
        for source in of["experiment"]:
            self._declare_experiment(source)
        event_rules = tuple(made for one in of["event_rule"] if (made := self._event_rule(one)))
        message_rules = tuple(rule for one in of["message_rule"] if (rule := self._message_rule(one)))
        self._check_exceptions(of["message_rule"], message_rules)
        experiments = tuple(plan for one in of["experiment"] if (plan := self._experiment(one)))
        placed = {one.node.word().text: Placed(one.node, one.base) for one in of["message_rule"]}
        placed |= {name: arm for one in of["experiment"] for name, arm in placed_arms(one.node, one.base)}
        arms = [arm.rule for plan in experiments for arm in plan.arms]
        check_grouped(self.behaviour, [(rule, placed[rule.name]) for rule in (*message_rules, *arms)])
        return Found(event_rules, message_rules, experiments)

    def tests(self, lines: Lines) -> tuple[RulebookTest, ...]:
        """The tests, with the lines on which they stand."""
        checker = Tests(self.behaviour.effects, self.header, self.behaviour.catalogue.topics)
        return tuple(
            msgspec.structs.replace(self._test(checker, one), line=lines.place(one.base + one.node.start)[0])
            for one in self._tests
        )

    def _declare(self, names: Names[bool], source: Source) -> None:
        word = source.node.word()
        if not names.add(word.text, True):
            self.desk.base = source.base
            self.desk.report(Code.NAME_TAKEN, word, text=word.text)

    def _declare_experiment(self, source: Source) -> None:
        """An experiment by name with its arms, each of which is a rule of which tests may speak."""
        word, arms = source.node.word(), arms_of(source.node)
        self.desk.base = source.base
        if not self.symbols.experiments.add(word.text, arms):
            self.desk.report(Code.NAME_TAKEN, word, text=word.text)
        for arm in arms:
            self.symbols.message_rules.add(rule_name(word.text, arm), True)

    def _keep(self, source: Source, rule: R | None, findings: int) -> R | None:
        """Remember what was checked, if nothing was found beyond so many findings."""
        if rule is not None and source.alone and len(self.desk.findings) == findings:
            self.good[source.text] = rule
        return rule

    def _event_rule(self, source: Source) -> EventRule | None:
        known = self.known.get(source.text)
        if isinstance(known, EventRule):
            return self._keep(source, known, len(self.desk.findings))
        count = len(self.desk.findings)
        return self._keep(source, self.behaviour.event_rule(Placed(source.node, source.base)), count)

    def _message_rule(self, source: Source) -> MessageRule | None:
        known = self.known.get(source.text)
        if isinstance(known, MessageRule) and self._stand(known.exception_to):
            return self._keep(source, known, len(self.desk.findings))
        count = len(self.desk.findings)
        placed = Placed(source.node, source.base)
        return self._keep(source, self.behaviour.message_rule(placed, source.text), count)

    def _experiment(self, source: Source) -> ExperimentPlan | None:
        known = self.known.get(source.text)
        if isinstance(known, ExperimentPlan):
            return self._keep(source, known, len(self.desk.findings))
        count = len(self.desk.findings)
        placed = Placed(source.node, source.base)
        return self._keep(source, check_experiment(self.behaviour, placed, source.text), count)

    def _stand(self, bases: tuple[str, ...]) -> bool:
        """Whether all rules of these names are there, spelled the same."""
        rules = self.symbols.message_rules
        return all(rules.find(name) and rules.spelled(name) == name for name in bases)

    def _test(self, checker: Tests, source: Source) -> RulebookTest:
        known = self.known.get(source.text)
        if isinstance(known, RulebookTest) and all(map(checker.is_rule, _rules_named(known))):
            self._keep(source, known, len(self.desk.findings))
            return known
        count = len(self.desk.findings)
        made = checker.test(Placed(source.node, source.base), source.text)
        self._keep(source, made, count)
        return made

    def _check_exceptions(self, sources: list[Source], rules: tuple[MessageRule, ...]) -> None:
        """Exceptions may have exceptions, but not in a circle."""
        above = {rule.name: rule.exception_to for rule in rules if rule.exception_to}
        for one in sources if above else ():
            name = one.node.word().text
            reached, waiting = set(), list(above.get(name, ()))
            while waiting:
                base = waiting.pop()
                if base not in reached:
                    reached.add(base)
                    waiting += above.get(base, ())
            if name in reached:
                self.desk.base = one.base
                self.desk.report(Code.EXCEPTION_CYCLE, one.node.word(), text=name)


def _rules_named(test: RulebookTest) -> list[str]:
    """The rules that a test expects to have spoken."""
    outcomes = [one for step in test.steps if isinstance(step, Expects) for one in step.outcomes]
    return [one.rule for one in outcomes if isinstance(one, ExpectEffect) and one.rule is not None]
