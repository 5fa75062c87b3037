"""What the tests of a rulebook try: which rules fired or never came up, which conditions were seen both ways, which rows.

A rulebook that watches itself takes the place of the compiled one while tests run. It is the plain interpreter, so
what it sees is what any other form of the rulebook would have done.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from artifact.decision import RuleRow
from artifact.event import Event
from artifact.facts import Facts
from artifact.limits import Limits
from dsl.book import CompiledRulebook
from dsl.interpret import Interpreter
from dsl.oracle import InterpretedRulebook
from dsl.plain import Candidate
from dsl.program import EventRule, MessageRule, Program
from dsl.reading import Env
from dsl.tables import Answer, TablePlan
from dsl.typed import Condition
from dsl.verdict import Fired, Reaction


class Seen(StrEnum):
    """How far a rule came: it fired, it was asked and did not, or it was never asked."""

    FIRED = "FIRED"
    CANDIDATE = "CANDIDATE"
    NEVER = "NEVER"


class ConditionSeen(msgspec.Struct, frozen=True):
    """Whether a condition was seen to hold, and to fail. `text` is the author's; empty for event rules."""

    text: str
    held: bool
    failed: bool


class RuleSeen(msgspec.Struct, frozen=True):
    """`kind` is `message rule` or `event rule`."""

    kind: str
    name: str
    seen: Seen
    conditions: tuple[ConditionSeen, ...]


class TableSeen(msgspec.Struct, frozen=True):
    """Numbers of the rows that counted, and of those that never did; 0 is `otherwise`."""

    name: str
    hit: tuple[int, ...]
    missed: tuple[int, ...]


class Coverage(msgspec.Struct, frozen=True):
    """Everything in the order of the text."""

    rules: tuple[RuleSeen, ...] = ()
    tables: tuple[TableSeen, ...] = ()

    def not_fired(self) -> list[RuleSeen]:
        """The rules that no test made fire."""
        return [one for one in self.rules if one.seen is not Seen.FIRED]


class _Walker(Interpreter):
    """Notes the rows of tables that count."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.currency, program.figures)
        self.rows: dict[str, set[int]] = {}

    def answer(self, plan: TablePlan, env: Env) -> Answer:
        found = super().answer(plan, env)
        self.rows.setdefault(plan.name, set()).update(found.rows)
        return found


class WatchedRulebook(InterpretedRulebook):
    """Does what the rulebook does, and remembers what came up."""

    def __init__(self, program: Program, text: str, revision: str) -> None:
        self._of_rule: dict[str, list[set[bool | None]]] = {}
        self._fired: set[str] = set()
        self._asked: set[str] = set()
        super().__init__(program, text, revision)
        self._walker: _Walker = _Walker(program)

    @classmethod
    def of(cls, book: CompiledRulebook) -> "WatchedRulebook":
        """The same rulebook, watched."""
        return cls(book.program, book.text, book.revision)

    def under(self, program: Program, limits: Limits) -> "WatchedRulebook":
        """With another program; what comes up there is remembered here."""
        other = WatchedRulebook(program, self.text, self.revision)
        other._of_rule, other._fired, other._asked = self._of_rule, self._fired, self._asked
        other._walker.rows = self._walker.rows
        return other

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """What this event does."""
        reaction = super().react(event, facts, zone)
        rules = {rule.name: rule for rule in self.program.event_rules}
        for row in reaction.rows:
            if row.rule in rules:
                self._note(row)
        self._try_again(reaction, rules.values(), event, facts, zone)
        return reaction

    def _try_again(
        self, reaction: Reaction, rules: Iterable[EventRule], event: Event, facts: Facts, zone: str
    ) -> None:
        """All conditions of the rules that were asked, also those behind the first that failed."""
        asked = {row.rule for row in reaction.rows}
        env = Env(facts, zone, event.at, self.program.keys, event=event, subject=event.about)
        for rule in rules:
            if rule.name in asked:
                self._watch(rule.name, rule.clause.conditions, env)

    def _one(self, one: Candidate, env: Env) -> tuple[Fired | None, RuleRow | None]:
        fired, row = super()._one(one, env)
        self._note(row or RuleRow(one.rule.name, "NOT_MET" if fired is None else "FIRED"))
        self._watch(one.rule.name, one.rule.conditions, env)
        return fired, row

    def _note(self, row: RuleRow) -> None:
        self._asked.add(row.rule)
        if row.result == "FIRED":
            self._fired.add(row.rule)

    def _watch(self, name: str, conditions: tuple[Condition, ...], env: Env) -> None:
        seen = self._of_rule.setdefault(name, [set() for _ in conditions])
        for answers, condition in zip(seen, conditions, strict=True):
            try:
                answers.add(self._walker.truth(condition, env))
            except Exception:  # noqa: S112 - the rule's own row tells of it
                continue

    def coverage(self) -> Coverage:
        """What has come up so far."""
        rules = [
            self._seen("event rule", rule.name, ("",) * len(rule.clause.conditions))
            for rule in self.program.event_rules
        ]
        rules += [self._seen("message rule", rule.name, _words(rule)) for rule in self.program.message_rules]
        return Coverage(tuple(rules), tuple(map(self._table, self.program.tables.values())))

    def _seen(self, kind: str, name: str, texts: tuple[str, ...]) -> RuleSeen:
        seen = Seen.FIRED if name in self._fired else Seen.CANDIDATE if name in self._asked else Seen.NEVER
        answers = self._of_rule.get(name, [set() for _ in texts])
        conditions = (
            ConditionSeen(text, True in one, False in one) for text, one in zip(texts, answers, strict=True)
        )
        return RuleSeen(kind, name, seen, tuple(conditions))

    def _table(self, plan: TablePlan) -> TableSeen:
        hit = self._walker.rows.get(plan.name, set())
        rows = [*range(1, len(plan.rows) + 1), *([0] if plan.otherwise is not None else [])]
        return TableSeen(
            plan.name, tuple(n for n in rows if n in hit), tuple(n for n in rows if n not in hit)
        )


def _words(rule: MessageRule) -> tuple[str, ...]:
    """The author's words of each condition."""
    return rule.face.conditions or ("",) * len(rule.conditions)
