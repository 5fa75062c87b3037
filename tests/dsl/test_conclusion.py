"""What follows from rules that fired together is kept, and never taken for what others come to."""

from itertools import product

import pytest

from artifact.facts import Facts
from dsl import index, judge
from dsl.book import CompiledRulebook
from dsl.oracle import InterpretedRulebook
from dsl.verdict import Fired
from tests.dsl.support import NOW, ZONE, asked, book, claim, customer, rule

RULES = "".join(
    (
        rule("customer.age is at least 18", "deliver by sms", name="Grown"),
        rule("customer.age is at least 65", "deliver by app", name="Old"),
        rule("customer.age is at least 80", "avoid email", name="Very old", meta='exception to "Old"'),
        rule("customer.churn * 2 > 1", "set the urgency to low", name="Reckoned"),
        rule(
            "claim is known",
            "postpone while claim is open, at most 3 days, otherwise block",
            name="Waits",
        ),
        rule("customer.value > 10 EUR", "avoid letter", name="Doubted", meta="if unknown apply"),
        'message rule "Any" when customer.tier is gold then avoid push end\n',
    )
)
CUSTOMERS = [
    customer(*claims, **{"age": age, "churn": churn, "tier": tier} | value)
    for age, churn, claims, tier, value in product(
        (None, 17, 18, 65, 80),
        (None, 0.4, 0.6),
        ((), (claim("S1"),), (claim("S1", closed=NOW),)),
        ("gold", "basic"),
        ({}, {"value": 5}, {"value": 50}),
    )
]


@pytest.fixture(params=["one table", "many tables"])
def rulebook(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> CompiledRulebook:
    if request.param == "many tables":
        monkeypatch.setattr(index, "ROOM", 1)
    return book(RULES)


def test_a_rulebook_that_was_asked_before_answers_as_the_interpreter_does(rulebook: CompiledRulebook) -> None:
    slow = InterpretedRulebook(rulebook.program)
    for facts in [*CUSTOMERS, *CUSTOMERS]:
        for message in (asked(), asked("survey"), asked("apology")):
            assert rulebook.judge(message, facts, ZONE, NOW) == slow.judge(message, facts, ZONE, NOW)


def fired_of(rulebook: CompiledRulebook, facts: Facts) -> tuple[Fired, ...]:
    return rulebook.judge(asked(), facts, ZONE, NOW).fired


def test_the_same_rules_come_to_the_very_same(rulebook: CompiledRulebook) -> None:
    one = fired_of(rulebook, customer(age=70, churn=0.6, value=50))
    assert one is fired_of(rulebook, customer(age=79, churn=0.7, value=60))
    assert one is not fired_of(rulebook, customer(age=70, churn=0.4, value=50))


def test_what_is_kept_is_bounded_and_right_after_it_was_let_go(
    rulebook: CompiledRulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "MIXTURES", 3)
    slow = InterpretedRulebook(rulebook.program)
    for facts in CUSTOMERS:
        assert fired_of(rulebook, facts) == slow.judge(asked(), facts, ZONE, NOW).fired
        assert len(rulebook._judge._kept) <= 3


def test_a_rule_that_waits_is_told_apart_by_whether_it_still_does(rulebook: CompiledRulebook) -> None:
    waiting, over = (customer(claim("S1", closed=closed), age=20, value=50) for closed in (None, NOW))
    assert fired_of(rulebook, waiting) is fired_of(rulebook, waiting)
    assert fired_of(rulebook, over) is fired_of(rulebook, over) is not fired_of(rulebook, waiting)
    [holding] = {one.holding for one in fired_of(rulebook, waiting) if one.rule == "Waits"}
    [ended] = {one.holding for one in fired_of(rulebook, over) if one.rule == "Waits"}
    assert (holding, ended) == (True, False)
