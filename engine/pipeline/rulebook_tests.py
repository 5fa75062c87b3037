"""Run the `test` declarations of a rulebook: a customer of their own each, on virtual time, with the real kernel.

Nothing is stored and nothing leaves. In a test the customer has agreed to everything, a back-end brings its own words,
and a hand-over succeeds as time passes; what a test gives or makes happen comes on top.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from artifact.channel import Channel
from artifact.customer import Artifact, Body, Contact, Requested, Talk
from artifact.decision import Intent
from artifact.errors import InputError
from artifact.event import Event
from artifact.facts import (
    Commitment,
    CommitmentState,
    Consent,
    ConsentState,
    Fact,
    Facts,
    Situation,
    Stage,
)
from artifact.instant import SECOND, Instant
from artifact.limits import DEFAULT_LIMITS, Limits
from artifact.message import Message
from artifact.span import Span, Unit, add_span, following
from dsl.book import CompiledRulebook
from dsl.compile import rehearsed
from dsl.interpret import Interpreter
from dsl.reading import Env
from dsl.trial import (
    Asks,
    ExpectEffect,
    Expects,
    ExpectTrue,
    GivenArm,
    GivenCommitment,
    GivenEvent,
    GivenFact,
    GivenItems,
    GivenSaid,
    GivenSituation,
    Happens,
    Later,
    RulebookTest,
)
from engine.consent import ANY_CATEGORY
from engine.judging import Memo
from engine.past import Past
from engine.pipeline.backtest import handed_over
from engine.pipeline.run import Run
from engine.rulebook_trial import TESTED, Moment, check_effect
from engine.scene import Scene
from engine.trial_words import words_of

SOURCE = "test"


class TestResult(msgspec.Struct, frozen=True):
    """How one test ended. `detail` says what was expected and what is the case instead; empty where it passed."""

    __test__ = False

    name: str
    line: int
    passed: bool
    detail: str = ""


class _Failed(Exception):  # ends a test, no error of ours
    pass


async def run_tests(
    book: CompiledRulebook, tests: Sequence[RulebookTest], limits: Limits = DEFAULT_LIMITS
) -> list[TestResult]:
    """Run all tests, each by itself, in the order of the text."""
    return [await _one(book, test, limits) for test in tests]


async def _one(book: CompiledRulebook, test: RulebookTest, limits: Limits) -> TestResult:
    play = _Play(book, test, limits)
    try:
        await play.run()
    except _Failed as failed:
        return TestResult(test.name, test.line, passed=False, detail=str(failed))
    except InputError as error:
        return TestResult(test.name, test.line, passed=False, detail=str(error))
    return TestResult(test.name, test.line, passed=True)


class _NoPast:
    """In a test everything comes in order, but for what was given as past: then the memory begins empty."""

    async def of_event(self, run: Run, event: Event) -> Past:
        return Past(None, tuple(run.entries), {run.scene.revision: run.scene.book})

    async def of_rulebook(self, run: Run) -> None:
        """There is but one."""


class _Play:
    """One test while it runs."""

    def __init__(self, book: CompiledRulebook, test: RulebookTest, limits: Limits) -> None:
        arms = {given.experiment: given.arm for given in test.given if isinstance(given, GivenArm)}
        self.book, self.test = rehearsed(book, arms, limits), test
        self.now = test.at
        self.scene = Scene(self.book, book.revision, limits)
        self.run_ = Run(Artifact(TESTED, body=self._given()), self.scene, 1, _NoPast(), Memo())
        self.events = 0
        self.spoken: str | None = None
        self.last: Event | None = None
        self.before = self._marks()
        self.day_end: Instant | None = None

    def _given(self) -> Body:
        agreed = Consent(ANY_CATEGORY, ConsentState.GIVEN, self.now, SOURCE)
        facts = Facts(consents=(agreed,))
        for given in self.test.given:
            if isinstance(given, GivenFact) and given.value is not None:
                facts = replace(
                    facts, attributes={**facts.attributes, given.name: Fact(given.value, self.now)}
                )
            elif isinstance(given, GivenItems):
                facts = replace(
                    facts, attributes={**facts.attributes, given.name: self._longer(facts, given)}
                )
            elif isinstance(given, GivenSituation):
                facts = replace(facts, situations=(*facts.situations, self._situation(given)))
            elif isinstance(given, GivenCommitment):
                facts = replace(facts, commitments=(*facts.commitments, self._commitment(given)))
        return Body(facts, self._talk())

    def _talk(self) -> Talk:
        given = [one for one in self.test.given if isinstance(one, GivenSaid)]
        rows = [(one, f"given-{n}-{m}") for n, one in enumerate(given) for m in range(one.count)]
        return Talk(
            requests=tuple(self._requested(one, id) for one, id in rows if one.name == "messages"),
            contacts=tuple(self._contact(one, id) for one, id in rows if one.name == "contacts"),
        )

    def _about(self, given: GivenSaid) -> tuple[str, str]:
        """Its topic and its category, which follows from the topic unless it is given."""
        topic = given.data.get("topic", "")
        return topic, given.data.get("category") or (self.book.topic(topic).category if topic else "")

    def _requested(self, given: GivenSaid, id: str) -> Requested:
        return Requested(id, given.at if given.at is not None else self.now, *self._about(given))

    def _contact(self, given: GivenSaid, id: str) -> Contact:
        topic, category = self._about(given)
        channel = Channel(given.data.get("channel", Channel.EMAIL))
        return Contact(given.at if given.at is not None else self.now, channel, category, topic, id)

    def _longer(self, facts: Facts, given: GivenItems) -> Fact:
        """A list with some more in it."""
        known = facts.attributes.get(given.name)
        return Fact([*(known.value if known else ()), *[given.data] * given.count], self.now)

    def _since(self, since: Span | None) -> Instant:
        return add_span(self.now, since, self.book.zone, -1) if since is not None else self.now

    def _situation(self, given: GivenSituation) -> Situation:
        since, closed = self._since(given.since), given.state == "closed"
        return Situation(
            kind=given.kind,
            reference=given.reference,
            state=given.state,
            open=not closed,
            opened_at=since,
            changed_at=since,
            closed_at=since if closed else None,
            data=given.data,
        )

    def _commitment(self, given: GivenCommitment) -> Commitment:
        states = {
            "pending": CommitmentState.OPEN,
            "kept": CommitmentState.KEPT,
            "broken": CommitmentState.BROKEN,
            "dropped": CommitmentState.CANCELLED,
        }
        since = self._since(given.since)
        plan = next((c for c in self.book.program.commitments if c.name == given.name), None)
        if plan is None:
            return Commitment(given.name, given.reference, since, since, states[given.state])
        zone, state = self.book.zone, states[given.state]
        stages = tuple(Stage(n, add_span(since, one.after, zone)) for n, one in enumerate(plan.stages))
        open_ = stages if state is CommitmentState.OPEN else ()
        due = add_span(since, plan.within, zone)
        return Commitment(given.name, given.reference, since, due, state, stages=open_)

    async def run(self) -> None:
        past = [g for g in self.test.given if isinstance(g, GivenEvent)]
        for given in sorted(past, key=lambda g: self._since(g.ago)):
            at = self._since(given.ago)
            await self._pass_until(at - 1)
            await self._happens(Happens(given.type, given.data), at)
        await self._pass_until(self.test.at)
        for number, step in enumerate(self.test.steps, 1):
            if isinstance(step, Later):
                self.before = self._marks()
                await self._pass_until(self._later(step.span))
            elif isinstance(step, Happens):
                self.before = self._marks()
                await self._happens(step, self.now)
            elif isinstance(step, Asks):
                self.before = self._marks()
                await self._asks(step)
            else:
                self._expect(step, number)

    def _later(self, span: Span) -> Instant:
        """Working days that follow working days begin where those ended: the day that ended counts as the last."""
        move = following if self.now == self.day_end else add_span
        until = move(self.now, span, self.book.zone)
        self.day_end = until if span.unit is Unit.WORKING_DAY else None
        return until

    async def _happens(self, step: Happens, at: Instant) -> None:
        self.events += 1
        self.last = Event(TESTED, SOURCE, f"event-{self.events}", step.type, at, at, data=step.data)
        known = set(self._messages())
        await self.run_.take(self.last, at)
        asked = [m for id, m in self._messages().items() if id not in known]
        if asked:
            self.spoken = asked[-1].id

    async def _asks(self, step: Asks) -> None:
        self.events += 1
        data = {"topic": step.topic, "key": step.key, "data": step.data, "content": [{"body": "…"}]}
        event = Event(
            TESTED,
            SOURCE,
            f"event-{self.events}",
            "message.requested",
            self.now,
            self.now,
            about=step.about,
            data={name: value for name, value in data.items() if value is not None},
        )
        known = set(self._messages())
        await self.run_.take(event, self.now)
        self.spoken = next(id for id in self._messages() if id not in known)

    async def _pass_until(self, until: Instant) -> None:
        await self._hand_over(self.run_.artifact.now if until < self.now else min(self.now, until))
        while (due := self.run_.wake()) is not None and due <= until:
            await self.run_.catch_up(due, due)
            await self._hand_over(due)
        self.now = max(self.now, until) if until >= self.test.at else self.now

    async def _hand_over(self, now: Instant) -> None:
        if ready := self.run_.ready(now):
            valid = now + self.scene.limits.intent_seconds * SECOND
            for delivery in self.run_.intend(Intent(ready, SOURCE, valid), now):
                await self.run_.take(handed_over(TESTED, delivery, now), now)

    def _messages(self) -> dict[str, Message]:
        """All that was asked for: a bundle is nobody's request."""
        talk = self.run_.artifact.body.talk
        return {m.id: m for m in (*talk.tail, *talk.messages) if m.group is None}

    def _marks(self) -> tuple[frozenset[str], frozenset[str]]:
        tasks = self.run_.artifact.body.talk.tasks
        return frozenset(self._messages()), frozenset(t.id for t in tasks)

    def _moment(self) -> Moment:
        messages, tasks = self.before
        body = self.run_.artifact.body
        now_there = self._messages()
        new = tuple(m for id, m in now_there.items() if id not in messages)
        spoken = now_there.get(self.spoken or "") or (new[-1] if new else None)
        return Moment(
            body=body,
            now=self.now,
            zone=self.book.zone,
            message=spoken,
            messages=new,
            tasks=tuple(t for t in body.talk.tasks if t.id not in tasks and t.origin is not None),
            book=self.book,
        )

    def _expect(self, step: Expects, number: int) -> None:
        moment = self._moment()
        for outcome in step.outcomes:
            if isinstance(outcome, ExpectEffect):
                fault = check_effect(outcome, moment)
            elif isinstance(outcome, ExpectTrue):
                fault = self._untrue(outcome, moment)
            else:
                fault = self._not_nothing(moment)
            if fault is not None:
                raise _Failed(words_of(self.book).step.format(number=number, fault=fault))

    def _untrue(self, outcome: ExpectTrue, moment: Moment) -> str | None:
        env = Env(moment.body.facts, moment.zone, moment.now, self.book.program.keys, event=self.last)
        env.folded = True  # the event has happened: it is one of those that the memory counts
        truth = Interpreter(self.book.currency, self.book.program.figures).truth(outcome.condition, env)
        if truth:
            return None
        words = words_of(self.book)
        case = words.not_known if truth is None else words.not_so
        return words.expected.format(text=outcome.text, case=case)

    def _not_nothing(self, moment: Moment) -> str | None:
        said = [m.request.topic for m in moment.messages] + [t.kind for t in moment.tasks]
        return words_of(self.book).nothing.format(", ".join(said)) if said else None
