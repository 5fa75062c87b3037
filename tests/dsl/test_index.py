"""The index answers what running every rule would answer, however its tables are cut, and a trace gives the rows back."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import DEFAULT_LIMITS
from dsl import index
from dsl.book import CompiledRulebook
from dsl.columns import Column
from dsl.groups import LAYOUT
from dsl.index import Draft, chosen
from dsl.oracle import InterpretedRulebook
from dsl.plain import candidates
from dsl.verdict import Asked
from tests.dsl.support import FOR_AGES, NOW, ZONE, asked, book, claim, customer, judged, rule
from tests.dsl.test_laws import SETTINGS, compiled
from tests.dsl.worlds import customers, messages, nows, rules, zones

RULES = 600


@pytest.fixture(scope="module")
def large() -> tuple[CompiledRulebook, InterpretedRulebook]:
    """More rules than a table holds: for any message, for a category, for one topic, and for two."""
    abouts = ("", "for category marketing", "for topic cross_sell", "for topics cross_sell, survey")
    text = "".join(
        f'message rule "R{n}" {abouts[n % 4]} when customer.age is at least {n % 121} and '
        f"customer.churn < 0.{n % 7 + 1} then avoid sms end\n"
        for n in range(RULES)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "ROOM", 4_000)
        fast = book(text + rule("claim is open", name="Of a topic"))
        return fast, InterpretedRulebook(fast.program)


@pytest.mark.parametrize(
    ("age", "churn"), list(product((None, 0, 44, 44.5, 120, "old"), (None, 0.25, 0.1, 1)))
)
def test_more_rules_than_a_table_holds_are_judged_as_the_interpreter_judges_them(
    large: tuple[CompiledRulebook, InterpretedRulebook], age: object, churn: object
) -> None:
    fast, slow = large
    facts = customer(claim("S1"), age=age, churn=churn)
    verdict = fast.judge(asked(), facts, ZONE, NOW)
    assert verdict == slow.judge(asked(), facts, ZONE, NOW)
    fired = {one.rule for one in verdict.fired}
    ruled_out = {row for row in fast.rows(verdict) if row.rule not in fired}
    assert ruled_out == set(slow.plain_rows(asked(), facts, ZONE, NOW))
    assert len(fast.rows(verdict)) == RULES + 1


def test_tables_are_cut_only_where_their_masks_would_take_too_much_room(
    large: tuple[CompiledRulebook, InterpretedRulebook],
) -> None:
    cut, whole = large[0], large[0].under(large[0].program, DEFAULT_LIMITS)
    [many, one] = [len(each.judge(asked(), customer(), ZONE, NOW).looked) for each in (cut, whole)]
    assert one == 3 + len(("age", "churn", "claim is open")) < many


def test_the_masks_of_a_table_take_no_more_room_than_they_may() -> None:
    """Where no two rules name the same value, and some steps must be told from what lies on either side."""
    forms = (
        "customer.age is {0}",
        "customer.churn > 0.{0}",
        "claim.amount <= {0} EUR",
        "customer.age is not {0}",
    )
    program = book("".join(rule(forms[n % 4].format(n + 1), name=f"R{n}") for n in range(120))).program
    draft = Draft()
    for one in candidates(program):
        draft.add(one)
    masks = [set(Column(source, uses.tests).false) for source, uses in draft.uses.items()]
    taken = sum(mask.bit_length() for column in masks for mask in column) / 8
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "ROOM", taken)
        assert draft.full
        patch.setattr(index, "ROOM", 3 * taken)
        assert not draft.full


@SETTINGS
@given(rules(), customers(), messages(), zones, nows)
def test_every_candidate_has_one_row(
    text: str, facts: Facts, message: Asked, zone: str, now: Instant
) -> None:
    rulebook = compiled(text)
    rows = rulebook.rows(rulebook.judge(message, facts, zone, now))
    assert len({row.rule for row in rows}) == len(rows)
    assert {row.rule for row in rows} <= set(rulebook.rules)


def test_a_trace_of_another_layout_is_not_read() -> None:
    verdict = judged(rule("customer.age is 3"), customer(age=4))
    rulebook = book(rule("customer.age is 3"))
    assert [row.result for row in rulebook.ruled_out(verdict.looked) or ()] == ["NOT_MET"]
    assert rulebook.ruled_out((LAYOUT + 1, *verdict.looked[1:])) is None
    assert rulebook.ruled_out(()) == ()


COUNTED, YOUNG = "any messages in the last 2 days", "customer.age < 20"
HEARD = "the number of messages in the last 2 days is 3"


@pytest.mark.parametrize(
    ("conditions", "failed", "unasked"),
    [
        ((YOUNG, HEARD), 1, ()),
        ((HEARD, YOUNG), 2, (1,)),
        ((COUNTED, HEARD, "customer.age is known", YOUNG), 4, (1, 2)),
        (("customer.age is known", COUNTED, HEARD), 3, (2,)),
        (("customer.age is known", COUNTED), 2, ()),
    ],
)
def test_conditions_before_the_one_that_failed_are_told_where_nobody_asked_them(
    conditions: tuple[str, ...], failed: int, unasked: tuple[int, ...]
) -> None:
    """What is plain is asked first, then what counts, then the rest: each by the author's order."""
    [row] = judged(rule(" and ".join(conditions)), customer(age=44)).rows
    assert (row.result, row.detail, row.unasked) == ("NOT_MET", failed, unasked)


@given(
    st.one_of(
        st.lists(st.booleans(), max_size=300), st.lists(st.sampled_from([False] * 40 + [True]), min_size=200)
    )
)
def test_the_items_whose_bits_are_set_are_chosen_in_their_order(bits: list[bool]) -> None:
    mask = sum(1 << (len(bits) - 1 - place) for place, bit in enumerate(bits) if bit)
    assert list(chosen(range(len(bits)), mask)) == [place for place, bit in enumerate(bits) if bit]


@pytest.mark.parametrize(
    ("condition", "age", "result"),
    [
        ("customer.age is 44", 44, "FIRED"),
        ("customer.age is 44", 43, "NOT_MET"),
        ("customer.age is not 44", 44, "NOT_MET"),
        ("not (customer.age is at least 44)", 43, "FIRED"),
        ("not (customer.age is at least 44)", 44, "NOT_MET"),
        ("customer.age is between 20 and 60", 60, "FIRED"),
        ("customer.age is between 20 and 60", 61, "NOT_MET"),
        ("customer.age is between 20 and 60", None, "UNKNOWN"),
        ("customer.age is unknown", None, "FIRED"),
        ("customer.age is unknown", 3, "NOT_MET"),
        ("customer.age is known", 130, "NOT_MET"),
    ],
)
def test_values_at_the_edges_of_a_zone(condition: str, age: object, result: str) -> None:
    [row] = judged(rule(condition), customer(age=age)).rows
    assert row.result == result


def test_a_condition_that_says_no_decides_whatever_another_one_errs_about() -> None:
    facts = customer(age=44, last_visit="2026-03-01T00:00:00Z")
    late = f"customer.last_visit {FOR_AGES} > now and {{}}"
    told = [
        judged(rule(late.format(other), meta="if unknown apply"), facts)
        for other in ("customer.age is 43", "any claim", "customer.age is 44")
    ]
    assert [(found.rows[0].result, bool(found.fired)) for found in told] == [
        ("NOT_MET", False),
        ("NOT_MET", False),
        ("ERROR", True),
    ]
