"""Compiling again: what is remembered changes how long it takes and nothing else."""

from artifact.limits import Limits
from dsl.compile import compile_rulebook
from tests.dsl.support import NOW, PRELUDE, ZONE, asked, book, codes, customer, judged, rule

AGE = rule("customer.age is at least 65", name="Age")
CITY = rule('customer.city is "Lugo"', name="City")


def test_a_rule_is_checked_anew_when_what_it_reads_has_changed() -> None:
    assert codes(AGE) == []
    changed = PRELUDE.replace("customer.age: whole number from 0 to 120", "customer.age: text")
    assert [one.code.value for one in compile_rulebook(changed + AGE).diagnostics] == ["TYPE_MISMATCH"]
    gone = PRELUDE.replace("topic cross_sell", "topic other_sell")
    assert [one.code.value for one in compile_rulebook(gone + AGE).diagnostics] == ["NAME_UNKNOWN"]
    assert codes(AGE) == []


def test_a_fault_is_told_every_time() -> None:
    wrong = rule("customer.aage is 3")
    assert codes(wrong) == codes(wrong) == ["NAME_UNKNOWN"]


def test_a_rule_means_the_same_wherever_it_stands_in_the_text() -> None:
    facts = customer(age=70, city="Lugo")
    one, other = judged(AGE + CITY, facts), judged("# moved\n" + CITY + "\n\n" + AGE, facts)
    assert (one.fired, one.rows, one.reads) == (other.fired, other.rows, other.reads)


def test_two_rulebooks_do_not_see_each_other() -> None:
    with_age, without = book(AGE), book(CITY)
    facts = customer(age=70)
    assert with_age.judge(asked(), facts, ZONE, NOW).fired
    assert without.judge(asked(), facts, ZONE, NOW).fired == ()
    assert with_age.judge(asked(), facts, ZONE, NOW).fired


def test_the_cost_is_that_of_the_dearest_topic() -> None:
    many = "".join(rule("claim is open and claim is known", name=f"R{number}") for number in range(10))
    everywhere = 'message rule "All" when claim is open then avoid sms end\n'
    found = compile_rulebook(PRELUDE + many + everywhere)
    assert found.cost == 10 * 3 + 2


def test_a_rulebook_that_one_message_could_make_too_dear_is_refused_at_its_name() -> None:
    text = PRELUDE + rule("customer.tier is gold", "deliver by app")
    cost = compile_rulebook(text).cost
    assert compile_rulebook(text, Limits(rulebook_cost=cost)).rulebook is not None
    refused = compile_rulebook(text, Limits(rulebook_cost=cost - 1))
    [diagnostic] = refused.diagnostics
    assert (diagnostic.code, refused.rulebook, refused.cost) == ("COST_TOO_HIGH", None, cost)
    assert text.split("\n")[diagnostic.line - 1].startswith("rulebook ")


def test_bounds_are_those_of_the_installation_whatever_was_checked_before() -> None:
    text = (
        PRELUDE
        + "group many takes category service waits 1 day from the first leaves at 100 messages template words end\n"
    )
    allowing = Limits(bundle_messages=100)
    assert [d.code for d in compile_rulebook(text).diagnostics] == ["NUMBER_INVALID"]
    assert compile_rulebook(text, allowing).diagnostics == ()
    counting = PRELUDE + rule("the number of claim.noted in the last 7 days is at least 3", "deliver by app")
    less = compile_rulebook(counting, Limits(counted_events=20)).cost
    assert compile_rulebook(counting).cost == less + 180
