"""What is seen at a glance: that the rules say of a message what they said, of other facts or a later instant."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.facts import Facts
from artifact.instant import Instant
from dsl.book import CompiledRulebook
from dsl.oracle import InterpretedRulebook
from dsl.verdict import Asked, Spoken, Verdict
from tests.dsl.support import DAY, HOUR, NOW, ZONE, asked, book, claim, customer, rule
from tests.dsl.test_laws import SETTINGS, compiled
from tests.dsl.worlds import customers, messages, nows, rules, talks, zones

MEMORY = ("attributes", "situations", "commitments", "interactions", "events", "preferences")
OLD, NEW = claim("S1", opened=NOW - 9 * DAY, amount=100), claim("S2", opened=NOW - HOUR, amount=100)


@settings(SETTINGS, max_examples=200)
@given(
    rules(), st.tuples(customers(), customers()), st.sampled_from(MEMORY), messages(), st.tuples(talks(), talks()), zones,
    nows, st.integers(0, 40 * DAY),
)  # fmt: skip
def test_what_they_are_seen_to_say_again_is_what_they_say(
    text: str,
    known: tuple[Facts, Facts],
    part: str,
    message: Asked,
    said: tuple[Spoken, Spoken],
    zone: str,
    now: Instant,
    passed: int,
) -> None:
    """To the last thing that is told of how it came about, also where it is said again and again."""
    rulebook, (before, other) = compiled(text), known
    facts = replace(before, **{part: getattr(other, part)})
    verdict: Verdict | None = rulebook.judge(message, before, zone, now, said[0])
    for later, of in ((now + passed, facts), (now + 2 * passed, before)):
        assert verdict is not None
        verdict = verdict.again(of, zone, later, rulebook.seen(of))
        event("again" if verdict is not None else "anew")
        if verdict is None:
            return
        assert verdict == InterpretedRulebook(rulebook.program).judge(message, of, zone, later, said[1])


def again(rulebook: CompiledRulebook, before: Facts, facts: Facts, now: Instant = NOW) -> Verdict | None:
    verdict = rulebook.judge(asked(), before, ZONE, NOW)
    return verdict.again(facts, ZONE, now, rulebook.seen(facts))


def test_another_claim_changes_nothing_of_what_is_said_and_is_told() -> None:
    found = again(book(rule("claim is open")), customer(OLD), customer(OLD, NEW))
    assert found is not None
    assert [one.rule for one in found.fired] == ["R"]
    assert found.reads == {"claim": {"S1": "open", "S2": "open"}}


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("claim is open", customer()),
        ("claim.amount is 100 EUR", customer(claim("S1", amount=101))),
        ("claim.opened is in the last 30 days", customer(NEW)),
        ("any claim with (amount is 100 EUR)", customer(OLD, NEW)),
        ("the number of claim is at least 1", customer(OLD, NEW)),
    ],
)
def test_a_message_is_judged_anew_where_a_rule_may_say_otherwise(condition: str, facts: Facts) -> None:
    assert again(book(rule(condition)), customer(OLD), facts) is None


def test_it_is_judged_anew_from_the_instant_on_at_which_the_verdict_flips() -> None:
    rulebook, begun = book(rule("claim.opened is in the last 10 days")), customer(OLD)
    assert again(rulebook, begun, begun, NOW + DAY - 1) is not None
    assert again(rulebook, begun, begun, NOW + DAY) is None


def test_another_zone_moves_every_clock() -> None:
    rulebook, facts = book(rule("customer.age is 44")), customer(age=44)
    verdict = rulebook.judge(asked(), facts, ZONE, NOW)
    assert verdict.again(facts, "UTC", NOW, rulebook.seen(facts)) is None
