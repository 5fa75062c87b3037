"""What the advice claims of rules is so for every customer, and what it shows as an example is one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import Limits
from dsl.advice.advise import advised
from dsl.advice.domain import HIGHEST, LOWEST, Choice, Stretch, both, is_empty, sample, within
from dsl.compile import compile_rulebook
from dsl.errors import Diagnostic, DiagnosticCode, Severity
from dsl.interpret import Interpreter
from dsl.reading import Env
from dsl.tables import Hit
from dsl.typed import Condition
from dsl.verdict import Asked
from tests.dsl.large import rulebook_text
from tests.dsl.support import NOW, PRELUDE, book, customer, rule
from tests.dsl.worlds import conditions, customers, messages, nows, rules, zones


def remarks(text: str) -> list[Diagnostic]:
    """What the advice says of declarations inside the shared rulebook."""
    checked = compile_rulebook(PRELUDE + text)
    assert checked.diagnostics == ()
    return list(advised(checked).diagnostics)


def codes_of(text: str) -> list[str]:
    return [one.code.value for one in remarks(text)]


def quoted(diagnostic: Diagnostic) -> tuple[str, ...]:
    """The names that a diagnostic speaks of."""
    return tuple(diagnostic.message.split("`")[1::2])


cuts = st.one_of(st.just(LOWEST), st.just(HIGHEST), st.tuples(st.integers(-5, 5), st.integers(0, 1)))


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    """Some stretches of the numbers from -5 to 5 and beyond."""
    ends = sorted(set(draw(st.lists(cuts, min_size=0, max_size=6))))
    pieces = tuple((ends[i], ends[i + 1]) for i in range(0, len(ends) - 1, 2))
    return Stretch(pieces, draw(st.booleans()))


choices = st.builds(Choice, st.frozensets(st.sampled_from("abcd")), rest=st.booleans(), unknown=st.booleans())
VALUES = [n / 2 for n in range(-14, 15)]


def holds(domain: Choice | Stretch, value: object) -> bool:
    """Whether a value is in a set, said as plainly as can be. None is unknown."""
    if value is None:
        return domain.unknown
    if isinstance(domain, Choice):
        return (value in domain.values) is not domain.rest
    return any(low <= (value, 0) and (value, 1) <= high for low, high in domain.pieces)


@given(st.one_of(st.tuples(stretches(), stretches()), st.tuples(choices, choices)))
def test_what_is_in_both_sets_is_in_each(pair: tuple[Choice | Stretch, Choice | Stretch]) -> None:
    one, other = pair
    joined = both(one, other)
    for value in [None, *(VALUES if isinstance(one, Stretch) else "abcde")]:
        assert holds(joined, value) == (holds(one, value) and holds(other, value))


@given(st.one_of(st.tuples(stretches(), stretches()), st.tuples(choices, choices)))
def test_a_set_within_another_holds_nothing_that_the_other_lacks(
    pair: tuple[Choice | Stretch, Choice | Stretch],
) -> None:
    part, whole = pair
    if within(part, whole):
        assert all(
            holds(whole, value)
            for value in [None, *(VALUES if isinstance(part, Stretch) else "abcde")]
            if holds(part, value)
        )


@given(st.one_of(stretches(), choices))
def test_a_sample_of_a_set_is_in_it(domain: Choice | Stretch) -> None:
    value = sample(domain)
    if value is not None:
        assert holds(domain, value)
    if is_empty(domain):
        assert value is None


SILENT = {"RULE_SUBSUMED", "RULE_DUPLICATE", "RULE_SHADOWED"}
QUICKLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def related_rules(draw: st.DrawFn) -> str:
    """Rules some of which are narrower than others, so that there is much to be said."""
    wide, extra = draw(conditions), draw(conditions)
    head = draw(st.sampled_from(["", "for topic cross_sell", "for category marketing"]))
    then = draw(st.sampled_from(["block", "deliver by sms", "avoid sms and set urgency to low"]))
    unknown = draw(st.sampled_from(["apply", "ignore"]))
    pair = [
        f'message rule "wide" if unknown {unknown} {head} when {wide} then {then} end',
        f'message rule "narrow" if unknown {unknown} for topic cross_sell when {wide} and {extra} then avoid sms end',
        f'message rule "denied" if unknown ignore when {wide} and not ({wide}) then avoid sms end',
    ]
    return "\n".join([*draw(st.permutations(pair)), draw(rules())])


@QUICKLY
@given(related_rules(), st.lists(customers(), min_size=1, max_size=4), messages(), zones, nows)
def test_what_is_said_of_rules_is_so_for_every_customer(
    text: str, known: list[Facts], message: Asked, zone: str, now: Instant
) -> None:
    rulebook = book(text)
    said = remarks(text)
    never = {quoted(one)[0] for one in said if one.code == "RULE_NEVER_APPLIES"}
    silent = {quoted(one)[:2] for one in said if one.code in SILENT}
    for facts in known:
        rows = rulebook.rows(rulebook.judge(message, facts, zone, now))
        fired = {row.rule for row in rows if row.result in ("FIRED", "SILENCED")}
        assert not never & fired
        assert all(whole in fired for part, whole in silent if part in fired)


def test_conditions_that_deny_each_other_are_found_whatever_they_read() -> None:
    said = remarks(
        rule("adjuster_call is broken and not (adjuster_call is broken)", name="A", meta="if unknown ignore")
        + rule("claim is refused and claim is not open", name="B")
        + rule("claim is closed and claim is open", name="C")
        + rule("customer.tier is gold and not customer.tier is one of (gold, basic)", name="D")
        + rule("customer.value is more than 5 EUR and customer.value is less than 5.01 EUR", name="E")
        + rule("customer.age is 44 and customer.age is unknown", name="F")
    )
    assert sorted(quoted(one)[0] for one in said if one.code == "RULE_NEVER_APPLIES") == list("ABCDEF")


def test_conditions_that_somebody_meets_are_not_said_to_exclude_each_other() -> None:
    said = remarks(
        rule("claim is refused and claim is open", name="A")
        + rule("customer.churn is more than 0.5 and customer.churn is less than 0.51", name="B")
        + rule("customer.age is unknown or customer.age is 44", name="C")
        + rule("customer.tier is not gold and customer.tier is not basic", name="D")
        + rule("claim.amount is unknown and claim is unknown", name="E")
    )
    assert [one for one in said if one.code == "RULE_NEVER_APPLIES"] == []


def test_an_exception_and_a_rule_that_has_one_are_left_alone() -> None:
    base = rule("claim is open", "block", name="base")
    assert SILENT.isdisjoint(
        one.code
        for one in remarks(
            base
            + rule("claim is open and bereavement is open", "deliver", name="x", meta='exception to "base"')
            + rule("claim is open and visiting is web", "block", name="y")
        )
    )


def test_rules_that_differ_in_priority_topic_or_days_do_not_tie() -> None:
    by_sms = rule("claim is open", "deliver by sms", name="A", meta="priority 60")
    assert "RULES_TIE" not in codes_of(by_sms + rule("claim is open", "deliver by app", name="B"))
    on_survey = rule("message.topic is survey", "deliver by sms", name="A")
    assert "RULES_TIE" not in codes_of(
        on_survey + rule("message.topic is cross_sell", "deliver by app", name="B")
    )
    march = rule("claim is open", "deliver by sms", name="A", meta="valid from 1 March 2026 to 31 March 2026")
    april = rule("claim is open", "deliver by app", name="B", meta="valid from 1 April 2026")
    assert "RULES_TIE" not in codes_of(march + april)


def test_a_tie_shows_a_customer_and_cannot_be_published() -> None:
    text = (
        PRELUDE
        + rule("customer.age is at least 65", "deliver by sms", name="A")
        + rule("customer.age is between 20 and 70 and customer.tier is gold", "deliver by app", name="B")
    )
    found = advised(compile_rulebook(text))
    [tie] = [one for one in found.diagnostics if one.code == "RULES_TIE"]
    assert tie.severity is Severity.ERROR
    assert tie.example == {"customer.age": 65, "customer.tier": "gold", "message.topic": "cross_sell"}
    assert found.rulebook is None


def test_a_text_with_errors_is_told_its_errors_alone() -> None:
    checked = compile_rulebook(PRELUDE + rule("claim is opne"))
    assert advised(checked) == checked


@pytest.mark.parametrize(
    "closes", ["if still pending after 3 days close letter", "if broken close letter", ""]
)
def test_a_situation_closes_wherever_something_closes_it(closes: str) -> None:
    text = f"""situation letter one per claim_id opens on claim.noted end
commitment answer "An answer" one per claim_id made on claim.noted within 9 days kept on claim.closed {closes} end
"""
    assert ("SITUATION_NEVER_CLOSES" in codes_of(text)) is (closes == "")


def test_of_very_many_pairs_the_rest_is_left_out_and_that_is_told() -> None:
    checked = compile_rulebook(rulebook_text(300))
    assert "PAIRS_NOT_COMPARED" in {
        one.code for one in advised(checked, Limits(compared_pairs=10)).diagnostics
    }
    assert "PAIRS_NOT_COMPARED" not in {one.code for one in advised(checked).diagnostics}


CELLS = ("-", "gold", "gold, basic", "other than gold", "unknown")
AGES = ("-", "over 60", "20 to 60", "under 20", "at most 20", "44")


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table of a tier and an age, with or without a last row."""
    taking = draw(st.sampled_from(["first", "the only one"]))
    rows = draw(st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(AGES)), min_size=1, max_size=5))
    cells = "\n".join(f"| {tier} | {age} | => {number} |" for number, (tier, age) in enumerate(rows))
    last = draw(st.sampled_from(["", "| otherwise | => 99 |"]))
    return f"table t takes {taking}\n| customer.tier | customer.age | => n |\n{cells}\n{last}\nend\n"


@QUICKLY
@given(tables())
def test_what_is_said_of_a_table_is_so_of_every_tier_and_age(text: str) -> None:
    said = remarks(text + rule("t.n is 1"))
    program = book(text + rule("t.n is 1")).program
    plan = program.tables["t"]
    hits = [
        [truth_of(row.conditions, tier, age) for row in plan.rows]
        for tier in ("basic", "silver", "gold", "platinum")
        for age in range(121)
    ]
    gap = plan.otherwise is None and any(not any(row) for row in hits)
    double = plan.hit is Hit.UNIQUE and any(sum(map(bool, row)) > 1 for row in hits)
    codes = [one.code for one in said]
    assert ("TABLE_GAP" in codes) is gap
    assert double <= ("TABLE_ROWS_OVERLAP" in codes)
    for one in said:
        if one.code == "TABLE_ROW_UNREACHABLE":
            place = int(one.message.split()[1]) - 1
            assert all(any(row[:place]) for row in hits if row[place])


def truth_of(conditions: tuple[Condition, ...], tier: str, age: int) -> bool:
    """Whether a row applies to somebody of whom both are known."""
    env = Env(customer(tier=tier, age=age), "UTC", NOW, {})
    return all(Interpreter("EUR").truth(condition, env) for condition in conditions)


PROMISE = """
topic delay category service end
situation wait opens on claim.noted end
commitment answer "An answer" made on claim.noted within 5 days kept on adjuster.called
  if still pending after 2 days send delay and close wait
end
"""


def wordless(text: str) -> list[str]:
    found = [one for one in remarks(text) if one.code is DiagnosticCode.TEMPLATE_MISSING]
    return [quoted(one)[0] for one in found]


def test_what_a_promise_sends_needs_words_before_it_is_broken_too() -> None:
    assert wordless(PROMISE) == ["delay"]
    assert wordless(PROMISE + 'template delay in English text "A little later." end') == []


def test_words_of_a_back_end_and_of_a_rule_that_rewords_are_words() -> None:
    assert wordless("topic letter_of_a_bank category service end") == []
    assert wordless(PROMISE + 'message rule "Softly" for category service then rephrase with words end') == []
    assert wordless(
        PROMISE + 'message rule "Softly" for category marketing then rephrase with words end'
    ) == ["delay"]


def test_what_a_promise_closes_while_it_is_pending_does_close() -> None:
    assert "SITUATION_NEVER_CLOSES" not in codes_of(PROMISE)
