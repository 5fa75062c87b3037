"""What all message rules say about one message: the compiled form of phase one of deciding.

Rules are found by the topic of the message; everything that a rule may answer is made beforehand, so that judging
mostly compares and appends. The oracle is dsl.oracle.
"""

from collections.abc import Callable
from typing import NamedTuple

from artifact.decision import RuleRow
from artifact.facts import Facts
from artifact.instant import Instant
from dsl.effects import Deliver, GroupInto, MessageEffect, Postpone, Rephrase, SetUrgency
from dsl.interpret import Interpreter, first_missing, reads_of
from dsl.program import MessageRule, Program, Waiting
from dsl.react import Compile, Test, fault_of, valid
from dsl.reading import Env, Keys, reference_of
from dsl.typed import And, Compare, Condition, Literal, OneOf, Read, Relation, Scope
from dsl.values import Value
from dsl.verdict import SILENCE, Asked, Fired, Spoken, Verdict

Expression = Callable[[Env], Value]


class Unsure(NamedTuple):
    """What is said where a condition is the first to be unknown. `name` None: several things are read, so find which."""

    condition: Condition
    name: str | None
    row: RuleRow


class Runner(NamedTuple):
    """One rule, ready to run. `steps` are its conditions, each with the row for when it is the first to fail.

    `invalid` is the row outside its validity. `waiting` is set only if what it waits for must be read anew.
    """

    rule: MessageRule
    rank: int
    steps: tuple[tuple[Test, RuleRow, Unsure], ...]
    invalid: RuleRow
    fired_row: RuleRow
    fired: Fired
    waiting: Waiting | None
    while_: Test | None


class Judge:
    """The message rules of a rulebook."""

    def __init__(self, program: Program, compile_condition: Compile) -> None:
        self._keys: Keys = program.keys
        self._values = Interpreter(program.currency, program.figures)
        self._compile = compile_condition
        self._ranked = sorted(
            program.message_rules, key=lambda rule: (-rule.priority, rule.specificity, rule.name)
        )
        self._rules = {rule.name: rule for rule in self._ranked}
        self._exceptions = {rule.name for rule in self._ranked if rule.exception_to}
        self._rivals = {
            rule.name for rule in self._ranked if any(type(e) in _ONE_VALUE for e in rule.effects)
        }
        self._ranks = {rule.name: (rule.priority, rule.specificity) for rule in self._ranked}
        self._categories = {topic.name: topic.category for topic in program.topics.values()}
        self._of_topic: dict[str, list[int]] = {}
        self._of_category: dict[str, list[int]] = {}
        self._of_any: list[int] = []
        for rank, rule in enumerate(self._ranked):
            self._enter(rank, rule)
        self._runners: dict[int, Runner] = {}
        self._found: dict[str, tuple[Runner, ...]] = {}

    def _enter(self, rank: int, rule: MessageRule) -> None:
        if rule.topics is None and rule.categories is None:
            self._of_any.append(rank)
        for name in rule.topics or ():
            self._of_topic.setdefault(name, []).append(rank)
        for name in rule.categories or ():
            self._of_category.setdefault(name, []).append(rank)

    @property
    def cost(self) -> int:
        """How many conditions the dearest topic can make the rules read."""
        each = [1 + len(rule.conditions) for rule in self._ranked]
        of_topic = {name: sum(map(each.__getitem__, ranks)) for name, ranks in self._of_topic.items()}
        of_category = {name: sum(map(each.__getitem__, ranks)) for name, ranks in self._of_category.items()}
        topics = [of_topic.get(name, 0) + of_category.get(of, 0) for name, of in self._categories.items()]
        return sum(map(each.__getitem__, self._of_any)) + max(topics, default=0)

    def candidates(self, topic: str, category: str) -> tuple[Runner, ...]:
        """The rules that may apply to messages of this topic, in the order of their rank."""
        found = self._found.get(topic)
        if found is not None:
            return found
        of_topic, of_category = self._of_topic.get(topic, []), self._of_category.get(category, [])
        ranks = sorted({*of_topic, *of_category, *self._of_any})
        found = tuple(self._runner(rank) for rank in ranks if self._may_apply(rank, topic, category))
        if self._categories.get(topic) == category:
            self._found[topic] = found
        return found

    def _may_apply(self, rank: int, topic: str, category: str) -> bool:
        return all(admits(part, topic, category) for part in self._ranked[rank].conditions)

    def _runner(self, rank: int) -> Runner:
        """A rule is compiled when a message first needs it, so that a large rulebook goes live at once."""
        runner = self._runners.get(rank)
        if runner is None:
            runner = self._runners[rank] = _runner(self._ranked[rank], rank, self._compile)
        return runner

    def judge(self, asked: Asked, facts: Facts, zone: str, now: Instant, said: Spoken = SILENCE) -> Verdict:
        """What all rules say."""
        env = Env(facts, zone, now, self._keys, asked=asked, subject=asked.about, said=said)
        fired: list[Fired] = []
        rows: list[RuleRow] = []
        for runner in self.candidates(asked.topic, asked.category):
            try:
                found = self._run(runner, env, rows)
            except Exception as error:
                found = self._failed(runner, error, rows)
            if found is not None:
                fired.append(found)
        if self._exceptions and not self._exceptions.isdisjoint(one.rule for one in fired):
            fired = silenced(fired, rows, self._rules)
        rivals = [one for one in fired if one.rule in self._rivals]
        tied = ties(rivals, self._ranks) if len(rivals) > 1 else ()
        return Verdict(tuple(fired), tuple(rows), tied, env.reads, env.flip)

    def _run(self, runner: Runner, env: Env, rows: list[RuleRow]) -> Fired | None:
        rule = runner.rule
        if rule.validity is not None and not valid(rule.validity, env):
            rows.append(runner.invalid)
            return None
        unknown: Unsure | None = None
        for test, failed, unsure in runner.steps:
            answer = test(env)
            if answer is False:
                rows.append(failed)
                return None
            if answer is None:
                unknown = unknown or unsure
        if unknown is not None:
            return self._unknown(runner, unknown, env, rows)
        if runner.waiting is None:
            rows.append(runner.fired_row)
            return runner.fired
        return self._waiting(runner, runner.waiting, env, rows, None)

    def _unknown(self, runner: Runner, unsure: Unsure, env: Env, rows: list[RuleRow]) -> Fired | None:
        rule, missing = runner.rule, unsure.name
        if missing is None:
            missing = first_missing((unsure.condition,), env, self._values)
        if not rule.apply_unknown:
            rows.append(RuleRow(rule.name, "UNKNOWN", missing) if unsure.name is None else unsure.row)
            return None
        if runner.waiting is not None:
            return self._waiting(runner, runner.waiting, env, rows, missing)
        rows.append(RuleRow(rule.name, "FIRED", missing))
        return Fired(rule.name, runner.rank, runner.fired.effects, True, missing)

    def _waiting(
        self, runner: Runner, waiting: Waiting, env: Env, rows: list[RuleRow], missing: str | None
    ) -> Fired | None:
        rule, postpone, holding = runner.rule, waiting.fixed, True
        if waiting.until is not None:
            until = self._values.value(waiting.until, env)
            if until is None:
                name = first_unknown(waiting.until, env, self._values)
                rows.append(RuleRow(rule.name, "UNKNOWN", name))
                return None
            postpone = Postpone(
                postpone.kind,
                None,
                until,
                None,
                postpone.times,
                postpone.at_most,
                postpone.otherwise,
                postpone.because,
            )
        elif runner.while_ is not None:
            answer = runner.while_(env)
            holding = rule.apply_unknown if answer is None else answer
        elif waiting.closing is not None:
            holding = self._closing(runner, waiting.closing, env)
        rows.append(RuleRow(rule.name, "FIRED", missing) if missing else runner.fired_row)
        return Fired(rule.name, runner.rank, (postpone, *rule.effects), holding, missing)

    def _closing(self, runner: Runner, kind: str, env: Env) -> bool:
        """Whether the situation meant is open; else whether one is for which the rule's condition holds."""
        found = env.situations(kind)
        reference = reference_of(env, kind)
        if reference is not None:
            return any(one.open and one.reference == reference for one in found)
        holding = False
        for one in found:
            if one.open:
                pinned = env.pinned_to(one)
                answers = [test(pinned) for test, _, _ in runner.steps]
                if pinned.flip is not None:
                    env.until(pinned.flip)
                holding = holding or not (
                    False in answers or (None in answers and not runner.rule.apply_unknown)
                )
        return holding

    def _failed(self, runner: Runner, error: Exception, rows: list[RuleRow]) -> Fired | None:
        """A rule that errs counts as unknown."""
        rule, said = runner.rule, fault_of(error)
        rows.append(RuleRow(rule.name, "ERROR", said))
        if not rule.apply_unknown:
            return None
        effects: tuple[MessageEffect, ...] = rule.effects
        if rule.waiting is not None and rule.waiting.until is None:
            effects = (rule.waiting.fixed, *effects)
        return Fired(rule.name, runner.rank, effects, True, said)


def _runner(rule: MessageRule, rank: int, compile_condition: Compile) -> Runner:
    steps = tuple(
        (compile_condition(part), RuleRow(rule.name, "NOT_MET", number), _unsure(rule.name, part))
        for number, part in enumerate(rule.conditions, 1)
    )
    waiting, effects = rule.waiting, rule.effects
    if waiting is not None and not (waiting.until or waiting.while_ or waiting.closing):
        effects, waiting = (waiting.fixed, *effects), None
    return Runner(
        rule,
        rank,
        steps,
        RuleRow(rule.name, "NOT_MET", 0),
        RuleRow(rule.name, "FIRED"),
        Fired(rule.name, rank, effects),
        waiting,
        compile_condition(waiting.while_) if waiting and waiting.while_ else None,
    )


def _unsure(rule: str, condition: Condition) -> Unsure:
    """Where one thing only is read, that is what is missing."""
    names = {read.shown for read in reads_of(condition)}
    name = names.pop() if len(names) == 1 else None
    return Unsure(condition, name, RuleRow(rule, "UNKNOWN", name))


def admits(condition: Condition, topic: str, category: str) -> bool:
    """False where `message.topic` or `message.category` alone already says no: the rule is then no candidate."""
    match condition:
        case Compare(Relation.EQ, Read(Scope.MESSAGE, _, "topic" | "category" as field), Literal(value)):
            return bool(value == (topic if field == "topic" else category))
        case OneOf(Read(Scope.MESSAGE, _, "topic" | "category" as field), values):
            return (topic if field == "topic" else category) in values
        case And(parts):
            return all(admits(part, topic, category) for part in parts)
        case _:
            return True


def silenced(fired: list[Fired], rows: list[RuleRow], rules: dict[str, MessageRule]) -> list[Fired]:
    """What stands once exceptions have silenced their bases. An exception that is itself silenced silences nothing."""
    names = {one.rule for one in fired}
    by: dict[str, list[str]] = {}
    for name in sorted(names):
        for base in rules[name].exception_to:
            by.setdefault(base, []).append(name)
    stands: dict[str, bool] = {}

    def standing(name: str) -> bool:
        if name not in stands:
            stands[name] = not any(standing(other) for other in by.get(name, ()))
        return stands[name]

    kept = [one for one in fired if standing(one.rule)]
    for index, row in enumerate(rows):
        if row.rule in names and not standing(row.rule):
            rows[index] = RuleRow(row.rule, "SILENCED", next(n for n in by[row.rule] if standing(n)))
    return kept


_ONE_VALUE = (Rephrase, SetUrgency, Deliver, GroupInto)


def ties(fired: list[Fired], ranks: dict[str, tuple[int, int]]) -> tuple[tuple[str, str], ...]:
    """Pairs of rules of equal priority and specificity that give different values where only one can win."""
    says: dict[type, list[tuple[str, object]]] = {verb: [] for verb in _ONE_VALUE}
    for one in fired:
        for effect in one.effects:
            if type(effect) in says:
                says[type(effect)].append((one.rule, _value(effect)))
    found: dict[tuple[str, str], None] = {}
    for said in says.values():
        if len({value for _, value in said}) < 2:  # of many rules that agree, no two must be compared
            continue
        for index, (rule, value) in enumerate(said):
            for other, another in said[index + 1 :]:
                if value != another and ranks[rule] == ranks[other]:
                    found[rule, other] = None
    return tuple(found)


def _value(effect: MessageEffect) -> object:
    """What an effect says, leaving out why."""
    if isinstance(effect, Rephrase):
        return effect.template
    if isinstance(effect, GroupInto):
        return effect.group
    return effect.urgency if isinstance(effect, SetUrgency) else getattr(effect, "channels", None)


def first_unknown(expression: object, env: Env, values: Interpreter) -> str:
    """The name of the first unknown thing in an expression."""
    reads = reads_of(expression)  # type: ignore[arg-type]
    return next((read.shown for read in reads if values.named(read, env) is None), "")
