"""Laws of judging, over rulebooks, customers and instants drawn at random."""

from functools import lru_cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifact.event import Event
from artifact.facts import Facts
from artifact.instant import DAY, Instant
from dsl.book import CompiledRulebook
from dsl.interpret import Interpreter
from dsl.oracle import InterpretedRulebook
from dsl.reading import Env
from dsl.typed import Condition
from dsl.verdict import Asked, Spoken
from tests.dsl.happenings import event_rules, events, troubled
from tests.dsl.support import book
from tests.dsl.worlds import customers, messages, nows, rules, talks, zones

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@lru_cache(maxsize=64)
def compiled(text: str) -> CompiledRulebook:
    return book(text)


@SETTINGS
@given(rules(), customers(), messages(), talks(), zones, nows)
def test_the_compiled_form_says_what_the_interpreter_says(
    text: str, facts: Facts, message: Asked, said: Spoken, zone: str, now: Instant
) -> None:
    fast = compiled(text)
    slow = InterpretedRulebook(fast.program)
    verdict = fast.judge(message, facts, zone, now, said)
    assert verdict == slow.judge(message, facts, zone, now, said)
    told = {row.rule for row in verdict.rows} | {one.rule for one in verdict.fired}
    plain = {row for row in slow.plain_rows(message, facts, zone, now) if row.rule not in told}
    assert {row for row in fast.rows(verdict) if row.rule not in told} == plain


@SETTINGS
@given(rules(), customers(), messages(), talks(), zones, nows)
def test_what_was_not_met_is_the_first_condition_of_the_author_that_fails_but_for_those_nobody_asked(
    text: str, facts: Facts, message: Asked, said: Spoken, zone: str, now: Instant
) -> None:
    rulebook = compiled(text)
    conditions = {rule.name: rule.conditions for rule in rulebook.program.judging}
    env = Env(facts, zone, now, rulebook.program.keys, asked=message, subject=message.about, said=said)
    for row in rulebook.rows(rulebook.judge(message, facts, zone, now, said)):
        if row.result == "NOT_MET" and row.detail:
            failed = [n for n, one in enumerate(conditions[row.rule], 1) if fails(rulebook, one, env)]
            assert row.detail in failed
            assert {n for n in failed if n < int(row.detail)} <= set(row.unasked)


def fails(rulebook: CompiledRulebook, condition: Condition, env: Env) -> bool:
    """What errs does not say no."""
    try:
        return Interpreter(rulebook.currency, rulebook.program.figures).truth(condition, env) is False
    except Exception:
        return False


@settings(SETTINGS, max_examples=150)
@given(event_rules(), troubled(), events(), zones)
def test_an_event_does_what_the_interpreter_says(text: str, facts: Facts, event: Event, zone: str) -> None:
    """Also where the compiled form is asked clause by clause; then both tell the same of each."""
    fast = compiled(text)
    plain = InterpretedRulebook(fast.program).react(event, facts, zone)
    assert fast.react(event, facts, zone).raised == plain.raised
    assert fast.explained(event, facts, zone) == plain
    assert bool(plain.rows or plain.raised) <= fast.hears(event.type)


@SETTINGS
@given(rules(), customers(), messages(), talks(), zones, nows, st.floats(0, 1))
def test_a_verdict_stands_until_it_says_it_flips(
    text: str, facts: Facts, message: Asked, said: Spoken, zone: str, now: Instant, share: float
) -> None:
    rulebook = compiled(text)
    first = rulebook.judge(message, facts, zone, now, said)
    until = first.flips_at if first.flips_at is not None else now + 1000 * DAY
    assert until > now
    later = min(until - 1, now + int((until - now) * share))
    again = rulebook.judge(message, facts, zone, later, said)
    assert (again.fired, again.rows, again.ties, again.looked) == (
        first.fired,
        first.rows,
        first.ties,
        first.looked,
    )
    last = rulebook.judge(message, facts, zone, until - 1, said)
    assert (last.fired, last.rows, last.ties, last.looked) == (
        first.fired,
        first.rows,
        first.ties,
        first.looked,
    )


@SETTINGS
@given(rules(), customers(), st.lists(messages(), min_size=2, max_size=6), zones, nows)
def test_what_other_messages_have_seen_of_a_customer_changes_nothing(
    text: str, facts: Facts, asked: list[Asked], zone: str, now: Instant
) -> None:
    """Neither what fires, nor what is told of how it came about."""
    rulebook = compiled(text)
    seen = rulebook.seen(facts)
    shared = [rulebook.judge(message, facts, zone, now, seen=seen) for message in asked]
    assert shared == [rulebook.judge(message, facts, zone, now) for message in asked]


@settings(SETTINGS, max_examples=15)
@given(rules(), customers(), messages(), talks(), zones, nows)
def test_judging_depends_on_nothing_but_its_arguments(
    text: str, facts: Facts, message: Asked, said: Spoken, zone: str, now: Instant
) -> None:
    rulebook = compiled(text)
    first = rulebook.judge(message, facts, zone, now, said)
    rulebook.judge(message, Facts(), "UTC", now + DAY)
    assert rulebook.judge(message, facts, zone, now, said) == first
