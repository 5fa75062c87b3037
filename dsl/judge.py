"""What all message rules say about one message: the compiled form of phase one of deciding.

The index (dsl.index) answers all plain conditions at once; only rules that it leaves are run. Everything that a rule
may answer is made beforehand. The oracle is dsl.oracle.
"""

from collections.abc import Callable
from functools import partial

import msgspec
from msgspec.structs import replace

from artifact.decision import RuleRow
from artifact.facts import Facts
from artifact.instant import Instant
from dsl.conclusion import Conclusion, Conclusions, all_told
from dsl.conditions import Compile, Test, fault_of
from dsl.effects import MessageEffect
from dsl.ground import Ground
from dsl.groups import LAYOUT, Group, Groups, Part
from dsl.interpret import Interpreter, first_missing, reads_of
from dsl.plain import Candidate, Split, candidates, split
from dsl.program import MessageRule, Program, Waiting
from dsl.reading import Env, Keys, reference_of
from dsl.seen import Seen, Sight
from dsl.typed import Condition
from dsl.values import Value
from dsl.verdict import SILENCE, Asked, Fired, Spoken, Trail, Verdict

Expression = Callable[[Env], Value]

MIXTURES = 4_096
"""For how many mixtures of rules that fired it is kept what follows from them."""


class Runner(msgspec.Struct, frozen=True):
    """One rule, ready to run. `steps` are the conditions that are not plain, each with the row for when it says no.

    It answers with `fired`, with `ended` where what it waits for no longer holds, or with more where there is more to
    tell. `every` are all conditions, for a rule that waits until a situation closes: it is asked of each anew.
    """

    rule: MessageRule
    rank: int
    steps: tuple[tuple[Test, RuleRow], ...]
    fired: Fired
    ended: Fired
    waiting: Waiting | None
    while_: Test | None
    every: tuple[Test, ...]

    def lasts(self, fired: Fired) -> bool:
        """Whether it was made beforehand."""
        return fired is self.fired or fired is self.ended


class Judge:
    """The message rules of a rulebook."""

    def __init__(self, program: Program, compile_condition: Compile) -> None:
        self._keys: Keys = program.keys
        self._values = Interpreter(program.currency, program.figures)
        self._compile = compile_condition
        self._candidates = candidates(program)
        ranked = [one.rule for one in self._candidates]
        self._places = {rule.name: rank for rank, rule in enumerate(ranked)}
        self._groups = Groups(program, self._candidates)
        self._runners: dict[int, Runner] = {}
        self._conclusions = Conclusions(ranked)
        self._kept: dict[tuple[object, ...], Conclusion] = {}

    @property
    def cost(self) -> int:
        """How many conditions the dearest topic can make the rules read."""
        return self._groups.cost

    def judge(
        self,
        asked: Asked,
        facts: Facts,
        zone: str,
        now: Instant,
        said: Spoken = SILENCE,
        seen: Seen | None = None,
    ) -> Verdict:
        """What all rules say. `seen` is what was seen of the same facts for other messages."""
        seen = self.seen(facts) if seen is None else seen
        env = Env(
            facts, zone, now, self._keys, asked=asked, subject=asked.about, said=said, kinds=seen.by_kind
        )
        run: list[Fired] = []
        rows: list[RuleRow] = []
        sights: list[Sight] = []
        group = self._groups.of(asked.topic, asked.category)
        ground = Ground(group, asked, zone, env.reads)
        for part in group.parts:
            sight = seen.at(part.table, part.looks, asked.about)
            sights.append(sight)
            more, unsure = ground.look(part, sight, env, rows)
            if more:
                self._run_all(part, more, False, env, run, rows)
            if unsure:
                self._run_all(part, unsure, True, env, run, rows)
        found = self._concluded(group, ground.sure, run)
        shown = all_told(rows, found.silenced) if rows or found.silenced else ()
        trail = Trail(partial(ground.told, env, sights, ground.read), ground)
        return Verdict(found.fired, shown, found.ties, env.flip, trail)

    def seen(self, facts: Facts) -> Seen:
        """What is seen of a customer: nothing yet."""
        return Seen(facts, self._keys)

    def looked(self, asked: Asked, env: Env) -> tuple[int, ...]:
        """The trace of the looks alone."""
        group, seen = self._groups.of(asked.topic, asked.category), self.seen(env.facts)
        ground = Ground(group, asked, env.zone, env.reads)
        sights = [seen.at(part.table, part.looks, asked.about) for part in group.parts]
        for part, sight in zip(group.parts, sights, strict=True):
            ground.look(part, sight, env, [])
        return ground.told(env, sights, ground.read).looked

    def rows(self, verdict: Verdict) -> tuple[RuleRow, ...]:
        """A row for every candidate, by rank: also of those that fired, and of those that a look ruled out."""
        told = {row.rule: row for row in verdict.rows}
        for one in verdict.fired:
            told.setdefault(one.rule, RuleRow(one.rule, "FIRED", one.by_unknown or None))
        for row in self.ruled_out(verdict.looked) or ():
            told.setdefault(row.rule, row)
        return tuple(sorted(told.values(), key=lambda row: self._places[row.rule]))

    def ruled_out(self, looked: tuple[int, ...]) -> tuple[RuleRow, ...] | None:
        """The rows of rules that a look did not leave to be run, by rank; None where the trace is of another layout."""
        if not looked:
            return ()
        if looked[0] != LAYOUT:
            return None
        zones = iter(looked[3:])
        parts = self._groups.numbered(looked[1], looked[2]).parts
        rows = [row for part in parts for row in part.table.rows(part.mask, part.looks, zones)]
        return tuple(sorted(rows, key=lambda row: self._places[row.rule]))

    def _run_all(
        self, part: Part, mask: int, unsure: bool, env: Env, run: list[Fired], rows: list[RuleRow]
    ) -> None:
        for strip in part.strips:
            for one in strip.of(strip.rules, mask):
                self._ran(self._runner(one), unsure, env, run, rows)

    def _concluded(self, group: Group, sure: list[int], run: list[Fired]) -> Conclusion:
        """What follows from all that fired. The same rules fire together again and again, so it is kept, but where one
        of those that were run fired in a way of its own."""
        if run and not self._all_last(run):
            return self._conclusions.of(_fired(group, sure, run))
        key = (group.place, *sure, *map(id, run))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MIXTURES:
                self._kept.clear()
            found = self._kept[key] = self._conclusions.of(_fired(group, sure, run))
        return found

    def _all_last(self, run: list[Fired]) -> bool:
        return all(self._runners[one.rank].lasts(one) for one in run)

    def _ran(self, runner: Runner, unsure: bool, env: Env, run: list[Fired], rows: list[RuleRow]) -> None:
        try:
            found = self._run(runner, unsure, env, rows)
        except Exception as error:
            found = self._failed(runner, error, rows)
        if found is not None:
            run.append(found)

    def _runner(self, one: Candidate) -> Runner:
        """A rule is compiled when a look first leaves it."""
        runner = self._runners.get(one.rank)
        if runner is None:
            runner = self._runners[one.rank] = _runner(one, self._compile)
        return runner

    def _run(self, runner: Runner, unsure: bool, env: Env, rows: list[RuleRow]) -> Fired | None:
        """A condition that says no decides, whatever another one could not tell, or erred about."""
        error: Exception | None = None
        for test, failed in runner.steps:
            try:
                answer = test(env)
            except Exception as raised:
                error = error or raised
            else:
                if answer is False:
                    rows.append(failed)
                    return None
                unsure = unsure or answer is None
        if error is not None:
            raise error
        if unsure:
            return self._unknown(runner, env, rows)
        return (
            runner.fired if runner.waiting is None else self._waiting(runner, runner.waiting, env, rows, None)
        )

    def _unknown(self, runner: Runner, env: Env, rows: list[RuleRow]) -> Fired | None:
        rule, fired = runner.rule, runner.fired
        missing = first_missing(in_pieces(split(rule)), env, self._values)
        if not rule.apply_unknown:
            rows.append(RuleRow(rule.name, "UNKNOWN", missing))
            return None
        if runner.waiting is not None:
            return self._waiting(runner, runner.waiting, env, rows, missing)
        return Fired(rule.name, runner.rank, fired.effects, True, missing)

    def _waiting(
        self, runner: Runner, waiting: Waiting, env: Env, rows: list[RuleRow], missing: str | None
    ) -> Fired | None:
        rule = runner.rule
        if waiting.until is not None:
            until = self._values.value(waiting.until, env)
            if until is None:
                name = first_unknown(waiting.until, env, self._values)
                rows.append(RuleRow(rule.name, "UNKNOWN", name))
                return None
            postpone = replace(waiting.fixed, until=until)
            return Fired(rule.name, runner.rank, (postpone, *rule.effects), True, missing)
        holding = True
        if runner.while_ is not None:
            answer = runner.while_(env)
            holding = rule.apply_unknown if answer is None else answer
        elif waiting.closing is not None:
            holding = self._closing(runner, waiting.closing, env)
        found = runner.fired if holding else runner.ended
        return found if missing is None else replace(found, by_unknown=missing)

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
                answers = [test(pinned) for test in runner.every]
                env.adopt(pinned)
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


def _fired(group: Group, sure: list[int], run: list[Fired]) -> list[Fired]:
    """Those that were run, and those that a look alone made fire."""
    fired = [*run]
    for part, mask in zip(group.parts, sure, strict=True):
        for strip in part.strips:
            fired += strip.of(strip.fired, mask)
    return fired


def in_pieces(parts: Split) -> tuple[Condition, ...]:
    """The conditions of a rule in the order in which they are asked."""
    plain = (condition for _, condition, _ in (*parts.plain, *parts.timed))
    return (*plain, *(condition for _, condition in parts.rest))


def _runner(one: Candidate, compile_condition: Compile) -> Runner:
    rule = one.rule
    steps = tuple(
        (compile_condition(part), RuleRow(rule.name, "NOT_MET", number)) for number, part in one.parts.rest
    )
    waiting = rule.waiting if rule.waits_anew else None
    while_ = compile_condition(waiting.while_) if waiting and waiting.while_ else None
    every = tuple(map(compile_condition, rule.conditions)) if waiting and waiting.closing else ()
    effects = rule.standing_effects if waiting is None else (waiting.fixed, *rule.effects)
    fired = Fired(rule.name, one.rank, effects)
    ended = Fired(rule.name, one.rank, effects, False)
    return Runner(rule, one.rank, steps, fired, ended, waiting, while_, every)


def first_unknown(expression: object, env: Env, values: Interpreter) -> str:
    """The name of the first unknown thing in an expression."""
    reads = reads_of(expression)  # type: ignore[arg-type]
    return next((read.shown for read in reads if values.named(read, env) is None), "")
