"""A rulebook run by the plain interpreter of the typed tree: no index, no closures, nothing made beforehand.

The trace of a look is the one thing that it takes from the index; plain_rows says what must be read from it.

It exists to be obviously right and to disagree with the compiled form if that is wrong.
"""

from artifact.decision import RuleRow
from artifact.event import Event
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import DEFAULT_LIMITS
from dsl.book import CompiledRulebook
from dsl.conclusion import all_told, silenced, ties
from dsl.conditions import fault_of, valid
from dsl.effects import Postpone
from dsl.interpret import Interpreter, first_missing, reads_of
from dsl.judge import in_pieces
from dsl.plain import Candidate, Part, candidates
from dsl.program import MessageRule, Program
from dsl.reading import Env, reference_of
from dsl.rulebook import Rulebook
from dsl.seen import Seen
from dsl.verdict import SILENCE, Asked, Fired, Reaction, Spoken, Traced, Trail, Verdict


class InterpretedRulebook(CompiledRulebook):
    """The same protocol as a compiled one; only judging and conditions are done the plain way."""

    def __init__(self, program: Program, text: str = "", revision: str = "") -> None:
        self._walker = Interpreter(program.currency, program.figures)
        self._candidates = candidates(program)
        super().__init__(
            program,
            text,
            revision,
            DEFAULT_LIMITS,
            lambda condition: lambda env: self._walker.truth(condition, env),
        )

    def change_from(self, before: Rulebook) -> None:
        """Not told: everybody is decided anew."""

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """What this event does: every clause is asked."""
        return self.explained(event, facts, zone)

    def judge(
        self,
        asked: Asked,
        facts: Facts,
        zone: str,
        now: Instant,
        said: Spoken = SILENCE,
        seen: Seen | None = None,
    ) -> Verdict:
        """What all message rules say about one message; whatever was seen is looked at again."""
        env = Env(facts, zone, now, self.program.keys, asked=asked, subject=asked.about, said=said)
        candidates = [one for one in self._candidates if one.about.admits(asked.topic, asked.category)]
        fired, rows = [], []
        for one in candidates:
            answer, row = self._one(one, env)
            if row is not None:
                rows.append(row)
            if answer is not None:
                fired.append(answer)
        rules = {one.rule.name: one.rule for one in candidates}
        standing, gone = silenced(fired, rules)
        ranks = {rule.name: (rule.priority, rule.specificity) for rule in rules.values()}
        looked = self._judge.looked(
            asked, Env(facts, zone, now, self.program.keys, asked=asked, subject=asked.about, said=said)
        )
        trail = Trail(lambda: Traced(env.reads, looked))
        return Verdict(tuple(standing), all_told(rows, gone), ties(standing, ranks), env.flip, trail)

    def plain_rows(self, asked: Asked, facts: Facts, zone: str, now: Instant) -> tuple[RuleRow, ...]:
        """The rows of candidates of which a plain condition says no, or is unknown where that ends it."""
        env = Env(facts, zone, now, self.program.keys, asked=asked, subject=asked.about)
        candidates = [one for one in self._candidates if one.about.admits(asked.topic, asked.category)]
        rows = (self._plain_row(one, env) or self._timed_row(one, env) for one in candidates)
        return tuple(row for row in rows if row is not None)

    def _plain_row(self, one: Candidate, env: Env) -> RuleRow | None:
        """All plain conditions are asked, whatever one of them says: the index looks at each thing anyway."""
        return self._row_of(one, one.parts.plain, env)

    def _timed_row(self, one: Candidate, env: Env) -> RuleRow | None:
        """All conditions on time are asked of a rule that plain ones leave."""
        return self._row_of(one, one.parts.timed, env, timed=True)

    def _row_of(
        self, one: Candidate, parts: tuple[Part, ...], env: Env, *, timed: bool = False
    ) -> RuleRow | None:
        answers = [(number, self._walker.truth(part, env)) for number, part, _ in parts]
        for number, answer in answers:
            if answer is False:
                return RuleRow(one.rule.name, "NOT_MET", number, one.parts.unasked(number, timed=timed))
        if None in (answer for _, answer in answers):
            return RuleRow(one.rule.name, "UNKNOWN", first_missing(in_pieces(one.parts), env, self._walker))
        return None

    def _one(self, one: Candidate, env: Env) -> tuple[Fired | None, RuleRow | None]:
        """What a rule does, and its row if neither its firing nor its plain conditions tell it."""
        rule = one.rule
        self._plain_row(one, env)  # the index reads what it names, whatever day it is
        if rule.validity is not None and not valid(rule.validity, env):
            return None, RuleRow(rule.name, "NOT_MET", 0)
        for ask in (self._plain_row, self._timed_row):
            row = ask(one, env)
            if row is not None and (row.result == "NOT_MET" or not rule.apply_unknown):
                return None, None
        try:
            return self._judged(one, env)
        except Exception as error:
            row = RuleRow(rule.name, "ERROR", fault_of(error))
            if not rule.apply_unknown:
                return None, row
            waits = (rule.waiting.fixed,) if rule.waiting and rule.waiting.until is None else ()
            return Fired(rule.name, one.rank, (*waits, *rule.effects), True, fault_of(error)), row

    def _judged(self, one: Candidate, env: Env) -> tuple[Fired | None, RuleRow | None]:
        rule, errors = one.rule, []
        unsure = None in [
            self._walker.truth(part, env) for _, part, _ in (*one.parts.plain, *one.parts.timed)
        ]
        for number, condition in one.parts.rest:
            try:
                answer = self._walker.truth(condition, env)
            except Exception as error:
                errors.append(error)
            else:
                if answer is False:
                    return None, RuleRow(rule.name, "NOT_MET", number)
                unsure = unsure or answer is None
        if errors:
            raise errors[0]
        missing = first_missing(in_pieces(one.parts), env, self._walker) if unsure else None
        if missing is not None and not rule.apply_unknown:
            return None, RuleRow(rule.name, "UNKNOWN", missing)
        if rule.waiting is not None and rule.waiting.until is not None:
            until = self._walker.value(rule.waiting.until, env)
            if until is None:
                reads = reads_of(rule.waiting.until)
                name = next((read.shown for read in reads if self._walker.named(read, env) is None), "")
                return None, RuleRow(rule.name, "UNKNOWN", name)
        return self._applied(rule, one.rank, env, missing), None

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
            env.adopt(pinned)
            holding.append(False not in answers and (None not in answers or rule.apply_unknown))
        return any(holding)
