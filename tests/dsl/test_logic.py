"""Three values, and what makes a condition unknown."""

from itertools import product

import pytest

from tests.dsl.support import FOR_AGES, NOW, Facts, claim, codes, customer, judged, rule, truth

ANSWERS = {"T": "customer.age is 44", "F": "customer.age is 45", "U": "customer.value is 3 EUR"}
VALUE = {"T": True, "F": False, "U": None}
AND = dict(zip(product("TFU", repeat=2), "TFUFFFUFU", strict=True))
OR = dict(zip(product("TFU", repeat=2), "TTTTFUTUU", strict=True))
SOMEONE = customer(age=44)


@pytest.mark.parametrize(("pair", "answer"), AND.items())
def test_and(pair: tuple[str, str], answer: str) -> None:
    left, right = (ANSWERS[one] for one in pair)
    assert truth(f"{left} and {right}", SOMEONE) is VALUE[answer]
    assert truth(f"not (not ({left} and {right}))", SOMEONE) is VALUE[answer]


@pytest.mark.parametrize(("pair", "answer"), OR.items())
def test_or(pair: tuple[str, str], answer: str) -> None:
    left, right = (ANSWERS[one] for one in pair)
    assert truth(f"{left} or {right}", SOMEONE) is VALUE[answer]
    assert truth(f"not (not ({left}) and not ({right}))", SOMEONE) is VALUE[answer]


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("customer.value is unknown", True),
        ("customer.value is known", False),
        ("customer.age is known", True),
        ("customer.value is not 3 EUR", None),
        ("customer.value is one of (3 EUR, 4 EUR)", None),
        ("customer.city contains \"x\"", None),
        ("customer.last_visit is in the last 3 days", None),
        ("customer.age / 0 is 3", None),
        ("customer.age / 0 is unknown", True),
        ("claim.closed is in the last 3 days", False),
        ("claim is not open", True),
        ("claim is closed", False),
        ("claim is known", False),
        ("claim.amount is more than 3 EUR", None),
        ("any claim with (amount is more than 3 EUR)", False),
        ("no claim with (amount is more than 3 EUR)", True),
        ("every claim with (amount is more than 3 EUR)", True),
        ("preferences.marketing", None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_unknown_and_what_never_happened_is_not(
    condition: str, answer: bool | None
) -> None:
    assert truth(condition, SOMEONE) is answer


@pytest.mark.parametrize(
    ("value", "answer"),
    [(44, True), (44.0, True), ("44", None), (True, None), (121, None), (None, None), ([], None)],
)
def test_a_value_of_another_type_is_unknown(value: object, answer: bool | None) -> None:
    assert truth("customer.age is 44", customer(age=value)) is answer


def test_some_unknown_among_many_is_unknown_unless_another_decides() -> None:
    unknown, small, large = claim("S1"), claim("S2", amount=5), claim("S3", amount=500)
    condition = "{} claim with (amount is more than 100 EUR)"
    assert truth(condition.format("any"), customer(unknown, small)) is None
    assert truth(condition.format("any"), customer(unknown, large)) is True
    assert truth(condition.format("every"), customer(unknown, large)) is None
    assert truth(condition.format("every"), customer(unknown, small)) is False
    assert truth(condition.format("no"), customer(unknown, large)) is False


def test_an_unknown_condition_fires_only_where_the_rule_says_so() -> None:
    block = rule("customer.age is 44", "block", meta="if unknown apply")
    verdict = judged(block)
    assert [(one.rule, one.by_unknown) for one in verdict.fired] == [("R", "customer.age")]
    verdict = judged(rule("customer.age is 44", "block", meta="if unknown ignore"))
    assert verdict.fired == ()
    assert [(row.result, row.detail) for row in verdict.rows] == [("UNKNOWN", "customer.age")]


@pytest.mark.parametrize(
    ("condition", "demanded"),
    [
        ("customer.age is 44", True),
        ("customer.age is known and customer.age is 44", False),
        ("customer.age is known or customer.age is 44", True),
        ("claim is open", False),
        ("claim is open and claim.amount > 3 EUR", True),
        ("claim.closed is in the last 3 days", False),
        ("any claim with (state is refused)", False),
        ("any claim with (amount > 3 EUR)", True),
        ("message.topic is survey", False),
        ("customer.kind is lead", False),
        ("visiting is web", False),
        ("adjuster_call is broken", False),
    ],
)
def test_a_rule_that_withholds_must_decide_about_the_unknown(condition: str, demanded: bool) -> None:
    assert (codes(rule(condition, "block")) == ["UNKNOWN_UNDECIDED"]) is demanded
    assert (codes(rule(condition, "postpone for 3 days")) == ["UNKNOWN_UNDECIDED"]) is demanded
    assert codes(rule(condition, "deliver by sms")) == []


def test_an_error_of_one_rule_is_its_own_row_and_the_others_go_on() -> None:
    far = rule(f"customer.last_visit {FOR_AGES} > now", "block", meta="if unknown apply")
    verdict = judged(
        far + rule("customer.age is 44", name="S"), customer(age=44, last_visit="2026-03-01T00:00:00Z")
    )
    assert {row.rule: row.result for row in verdict.rows} == {"R": "ERROR", "S": "FIRED"}
    assert {one.rule for one in verdict.fired} == {"R", "S"}


def test_the_first_plain_condition_that_fails_is_named_by_its_number() -> None:
    verdict = judged(
        rule(
            "(claim is open or claim is refused) and customer.age is 44 and claim is known and claim is open"
        ),
        SOMEONE,
    )
    assert [(row.result, row.detail) for row in verdict.rows] == [("NOT_MET", 3)]


def test_where_plain_conditions_hold_the_first_other_that_fails_is_named_by_its_number() -> None:
    verdict = judged(
        rule("customer.age is 44 and (claim is open or claim is refused) and any claim"),
        SOMEONE,
    )
    assert [(row.result, row.detail) for row in verdict.rows] == [("NOT_MET", 2)]


def test_nothing_is_read_of_a_customer_of_whom_nothing_is_asked() -> None:
    assert judged(rule("message.topic is cross_sell"), Facts(), now=NOW).reads == {
        "message.topic": "cross_sell"
    }
