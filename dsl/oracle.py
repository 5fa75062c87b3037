"""A rulebook run by the plain interpreter of the typed tree: no index, no closures, nothing made beforehand.

It exists to be obviously right and to disagree with the compiled form if that is wrong.
"""

from artifact.decision import RuleRow
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import DEFAULT_LIMITS
from dsl.book import CompiledRulebook
from dsl.effects import Postpone
from dsl.interpret import Interpreter, first_missing, reads_of
from dsl.judge import admits, silenced, ties
from dsl.program import MessageRule, Program
from dsl.react import fault_of, valid
from dsl.reading import Env, reference_of
from dsl.verdict import SILENCE, Asked, Fired, Spoken, Verdict


class InterpretedRulebook(CompiledRulebook):
    """The same protocol as a compiled one; only judging and conditions are done the plain way."""

    def __init__(self, program: Program, text: str = "", revision: str = "") -> None:
        self._walker = Interpreter(program.currency, program.figures)
        super().__init__(
            program,
            text,
            revision,
            DEFAULT_LIMITS,
            lambda condition: lambda env: self._walker.truth(condition, env),
        )

    def judge(self, asked: Asked, facts: Facts, zone: str, now: Instant, said: Spoken = SILENCE) -> Verdict:
        """What all message rules say about one message."""
        env = Env(facts, zone, now, self.program.keys, asked=asked, subject=asked.about, said=said)
        ranked = sorted(
            self.program.message_rules, key=lambda rule: (-rule.priority, rule.specificity, rule.name)
        )
        fired, rows = [], []
        for rank, rule in enumerate(ranked):
            if self._speaks_of(rule, asked):
                one, row = self._one(rule, rank, env)
                rows.append(row)
                if one is not None:
                    fired.append(one)
        rules = {rule.name: rule for rule in ranked}
        standing = silenced(fired, rows, rules)
        ranks = {rule.name: (rule.priority, rule.specificity) for rule in ranked}
        return Verdict(tuple(standing), tuple(rows), ties(standing, ranks), env.reads, env.flip)

    def _speaks_of(self, rule: MessageRule, asked: Asked) -> bool:
        in_topics = rule.topics is None or asked.topic in rule.topics
        in_categories = rule.categories is None or asked.category in rule.categories
        named = all(admits(condition, asked.topic, asked.category) for condition in rule.conditions)
        return in_topics and in_categories and named

    def _one(self, rule: MessageRule, rank: int, env: Env) -> tuple[Fired | None, RuleRow]:
        try:
            return self._judged(rule, rank, env)
        except Exception as error:
            row = RuleRow(rule.name, "ERROR", fault_of(error))
            if not rule.apply_unknown:
                return None, row
            waits = (rule.waiting.fixed,) if rule.waiting and rule.waiting.until is None else ()
            return Fired(rule.name, rank, (*waits, *rule.effects), True, fault_of(error)), row

    def _judged(self, rule: MessageRule, rank: int, env: Env) -> tuple[Fired | None, RuleRow]:
        if rule.validity is not None and not valid(rule.validity, env):
            return None, RuleRow(rule.name, "NOT_MET", 0)
        missing = None
        for number, condition in enumerate(rule.conditions, 1):
            answer = self._walker.truth(condition, env)
            if answer is False:
                return None, RuleRow(rule.name, "NOT_MET", number)
            if answer is None and missing is None:
                missing = first_missing(rule.conditions, env, self._walker)
        if missing is not None and not rule.apply_unknown:
            return None, RuleRow(rule.name, "UNKNOWN", missing)
        if rule.waiting is not None and rule.waiting.until is not None:
            until = self._walker.value(rule.waiting.until, env)
            if until is None:
                reads = reads_of(rule.waiting.until)
                name = next((read.shown for read in reads if self._walker.named(read, env) is None), "")
                return None, RuleRow(rule.name, "UNKNOWN", name)
        return self._applied(rule, rank, env, missing), RuleRow(rule.name, "FIRED", missing)

    def _applied(self, rule: MessageRule, rank: int, env: Env, missing: str | None) -> Fired:
        waiting = rule.waiting
        if waiting is None:
            return Fired(rule.name, rank, rule.effects, True, missing)
        postpone, holding = waiting.fixed, True
        if waiting.until is not None:
            until = self._walker.value(waiting.until, env)
            postpone = Postpone(
                postpone.kind, until=until, times=postpone.times, at_most=postpone.at_most,
                otherwise=postpone.otherwise, because=postpone.because,
            )  # fmt: skip
        elif waiting.while_ is not None:
            answer = self._walker.truth(waiting.while_, env)
            holding = rule.apply_unknown if answer is None else answer
        elif waiting.closing is not None:
            holding = self._someone_open(rule, waiting.closing, env)
        return Fired(rule.name, rank, (postpone, *rule.effects), holding, missing)

    def _someone_open(self, rule: MessageRule, kind: str, env: Env) -> bool:
        running = [one for one in env.situations(kind) if one.open]
        reference = reference_of(env, kind)
        if reference is not None:
            return any(one.reference == reference for one in running)
        holding = []
        for one in running:
            pinned = env.pinned_to(one)
            answers = [self._walker.truth(condition, pinned) for condition in rule.conditions]
            if pinned.flip is not None:
                env.until(pinned.flip)
            holding.append(False not in answers and (None not in answers or rule.apply_unknown))
        return any(holding)
