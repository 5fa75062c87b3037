"""Decision tables: every hit policy of DMN, every form of a cell, and what is said where something is unknown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.facts import Facts
from artifact.instant import DAY
from dsl.oracle import InterpretedRulebook
from dsl.verdict import Verdict
from tests.dsl.support import NOW, ZONE, asked, book, claim, codes, customer, happened, judged, rule
from tests.dsl.test_laws import SETTINGS
from tests.dsl.worlds import customers, tables


def answered(text: str, facts: Facts, read: str, then: str = "is known") -> Verdict:
    """What a rule that reads a table says; the interpreter says the same."""
    compiled = book(text + rule(f"{read} {then}"))
    found = compiled.judge(asked(), facts, ZONE, NOW)
    assert InterpretedRulebook(compiled.program).judge(asked(), facts, ZONE, NOW) == found
    return replace(found, rows=compiled.rows(found))


def told(text: str, facts: Facts, read: str = "t.x") -> Any:
    """What the trace says of an output."""
    return answered(text, facts, read).reads[read]


BY_AGE = """
table t takes {policy}
  | customer.age | => x: {type} |
  | at least 60  | => {a}       |
  | at least 18  | => {b}       |
  | under 30     | => {c}       |
end
"""
LEVELS = {"type": "one of (high, middle, low)", "a": "middle", "b": "high", "c": "low"}
NUMBERS = {"type": "number", "a": "5", "b": "2.5", "c": "1"}
SAME = {"type": "number", "a": "1", "b": "1", "c": "1"}


@pytest.mark.parametrize(
    ("policy", "cells", "at_70", "at_20", "at_10"),
    [
        ("the only one", NUMBERS, "ERROR", "ERROR", "1 (row 3)"),
        ("any one", SAME, "1 (row 1)", "1 (row 2)", "1 (row 3)"),
        ("any one", NUMBERS, "ERROR", "ERROR", "1 (row 3)"),
        ("first", LEVELS, "middle (row 1)", "high (row 2)", "low (row 3)"),
        ("the most important", LEVELS, "high (row 2)", "high (row 2)", "low (row 3)"),
        ("all by importance", LEVELS, "high, middle (rows 2, 1)", "high, low (rows 2, 3)", "low (row 3)"),
        ("all in order", LEVELS, "middle, high (rows 1, 2)", "high, low (rows 2, 3)", "low (row 3)"),
        ("all", NUMBERS, "5, 2.5 (rows 1, 2)", "2.5, 1 (rows 2, 3)", "1 (row 3)"),
        ("the sum", NUMBERS, "7.5 (rows 1, 2)", "3.5 (rows 2, 3)", "1 (row 3)"),
        ("the lowest", NUMBERS, "2.5 (rows 1, 2)", "1 (rows 2, 3)", "1 (row 3)"),
        ("the highest", NUMBERS, "5 (rows 1, 2)", "2.5 (rows 2, 3)", "1 (row 3)"),
        ("the number", LEVELS, "2 (rows 1, 2)", "2 (rows 2, 3)", "1 (row 3)"),
    ],
)
def test_every_hit_policy_of_dmn(policy: str, cells: Any, at_70: str, at_20: str, at_10: str) -> None:
    text = BY_AGE.format(policy=policy, **cells)
    for age, wanted in ((70, at_70), (20, at_20), (10, at_10)):
        found = answered(text, customer(age=age), "t.x")
        got = "ERROR" if found.rows[0].result == "ERROR" else found.reads["t.x"]
        assert got == wanted, age


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", 44, None),
        ("", 44, None),
        ("44", 44, 45),
        ("20, 30, 40", 30, 31),
        ("at least 65", 65, 64),
        (">= 65", 65, 64),
        ("at most 17", 17, 18),
        ("<= 17", 17, 18),
        ("over 64", 65, 64),
        ("> 64", 65, 64),
        ("under 18", 17, 18),
        ("< 18", 17, 18),
        ("20 to 30", 30, 31),
        ("20 to under 30", 29, 30),
        ("over 20 to 30", 30, 20),
        ("over 20 to under 30", 21, 30),
        ("other than 44", 45, 44),
        ("other than 44, 45", 46, 45),
        ("other than 20 to 30", 31, 25),
        ("under 18, over 64, 40", 40, 41),
        ("known", 44, None),
        ("unknown", None, 44),
        ("unknown, under 18", None, 44),
        ("40 + 4", 44, 45),
    ],
)
def test_every_form_of_a_cell(cell: str, yes: int | None, no: int | None) -> None:
    text = f"table t takes first | customer.age | => x | | {cell} | => 1 | | otherwise | => 2 | end\n"
    assert told(text, customer(age=yes)) == "1 (row 1)"
    if no is not None:
        assert told(text, customer(age=no)) == "2 (otherwise)"


@pytest.mark.parametrize(
    ("column", "cell", "facts", "holds"),
    [
        ("customer.tier", "gold, platinum", customer(tier="gold"), True),
        ("customer.tier", "other than gold, platinum", customer(tier="gold"), False),
        ("customer.value", "100 EUR to under 1,000.50 EUR", customer(value=1000.49), True),
        ("customer.value", "100 EUR to under 1,000.50 EUR", customer(value=1000.5), False),
        ("customer.born", "1 January 1960 to 31 December 1960", customer(born="1960-02-29"), True),
        ("customer.born", "in the last 20 years", customer(born="1960-02-29"), False),
        ("customer.born", "older than 60 years", customer(born="1960-02-29"), True),
        ("customer.last_visit", "in the last 3 days", customer(last_visit="2026-03-01T10:00:00Z"), True),
        ("customer.patience", "at least 1 week", customer(patience="P3D"), False),
        ("preferences.marketing", "no", customer(preferences__marketing=False), True),
        ("preferences.marketing", "other than yes", customer(preferences__marketing=False), True),
        ("customer.city", '"Madrid", "Sevilla"', customer(city="Sevilla"), True),
        ("customer.city", 'contains "adri"', customer(city="Madrid"), True),
        ("claim", "open", customer(claim("S1")), True),
        ("claim", "closed, refused", customer(claim("S1", "refused")), True),
        ("claim.amount + 1 EUR", "over 10 EUR", customer(claim("S1", amount=9.01)), True),
        ("adjuster_call", "broken", customer(claim("S1")), False),
        ("visiting", "web", customer(), False),
        ("today", "1 March 2026 to 31 March 2026", customer(), True),
        ("(customer.age > 17)", "yes", customer(age=18), True),
    ],
)
def test_cells_are_of_the_type_of_their_column(column: str, cell: str, facts: Facts, holds: bool) -> None:
    text = f"table t takes first | {column} | => x | | {cell} | => 1 | | otherwise | => 2 | end\n"
    assert told(text, facts) == ("1 (row 1)" if holds else "2 (otherwise)")


TWO = """
table t takes {policy}
  | customer.tier | customer.age | => x |
  | gold          | at least 60  | => 1 |
  | -             | under 30     | => 2 |
  | otherwise                    | => 9 |
end
"""


@pytest.mark.parametrize(
    ("facts", "first", "every"),
    [
        (customer(tier="gold", age=70), "1 (row 1)", "1 (row 1)"),
        (customer(tier="basic"), None, None),
        (customer(tier="gold"), None, None),
        (customer(age=70), None, None),
        (customer(age=20), "2 (row 2)", "2 (row 2)"),
        (customer(tier="basic", age=44), "9 (otherwise)", "9 (otherwise)"),
    ],
)
def test_a_row_that_may_match_makes_the_answer_unknown(
    facts: Facts, first: str | None, every: str | None
) -> None:
    assert told(TWO.format(policy="first"), facts) == first
    assert told(TWO.format(policy="all"), facts) == every
    assert told(TWO.format(policy="the only one"), facts) == every


def test_a_first_row_that_surely_matches_hides_what_is_unknown_below_it() -> None:
    text = "table t takes first | customer.tier | customer.age | => x | | gold | - | => 1 | | - | over 9 | => 2 | end\n"
    assert told(text, customer(tier="gold")) == "1 (row 1)"
    assert told(text.replace("takes first", "takes all"), customer(tier="gold")) is None


def test_where_no_row_matches_there_is_no_answer_but_a_list_is_empty_and_a_sum_is_nothing() -> None:
    text = "table t takes {} | customer.age | => x | | over 9 | => 5 | end\n"
    said = {policy: told(text.format(policy), customer(age=3)) for policy in ("first", "all", "the sum")}
    assert said == {"first": None, "all": "nothing (no row)", "the sum": "0 (no row)"}
    assert told(text.format("the number"), customer(age=3)) == "0 (no row)"
    assert told(text.format("the highest"), customer(age=3)) is None


@pytest.mark.parametrize(("then", "fires"), [("contains web", True), ("contains sms", False)])
def test_a_list_is_asked_what_it_contains(then: str, fires: bool) -> None:
    text = "table t takes all | customer.age | => x | | over 9 | => web | | over 8 | => app | end\n"
    assert bool(answered(text, customer(age=10), "t.x", then).fired) is fires


def test_a_table_that_breaks_its_promise_is_an_error_of_the_rule_that_reads_it() -> None:
    [row] = answered(BY_AGE.format(policy="the only one", **NUMBERS), customer(age=70), "t.x").rows
    assert (row.result, row.detail) == ("ERROR", "rows 1 and 2 of the table t both apply")
    [row] = answered(BY_AGE.format(policy="any one", **NUMBERS), customer(age=70), "t.x").rows
    assert (row.result, row.detail) == ("ERROR", "rows 1 and 2 of the table t apply and differ")


def test_a_table_reads_a_table_and_a_definition_reads_both() -> None:
    text = """
    vocabulary define dear as u.y is at least 10 end
    table u takes the sum | t.x | customer.age | => y | | 1 | - | => 7 | | - | over 5 | => t.x + 2 | end
    table t takes first | customer.tier | => x | | gold | => 1 | | - | => 2 | end
    """
    assert told(text, customer(tier="gold", age=6), "u.y") == "10 (rows 1, 2)"
    [row] = judged(text + rule("dear"), customer(tier="gold", age=6)).rows
    assert row.result == "FIRED"


def test_a_table_reads_the_event_or_message_at_hand_and_is_refused_where_there_is_none() -> None:
    text = "table t takes first | event.amount | => x | | over 9 EUR | => 1 | end\n"
    ruled = 'event rule "E" on claim.noted when t.x is 1 then send survey end\n'
    reaction = book(text + ruled).react(happened("claim.noted", amount=10, claim_id="S1"), customer(), ZONE)
    assert [one.rule for one in reaction.raised] == ["E"]
    assert codes(text + rule("t.x is 1")) == ["DEFINITION_MISPLACED"]
    assert codes(text + 'event rule "E" on claim.closed when t.x is 1 then send survey end') == [
        "DEFINITION_MISPLACED"
    ]
    of_message = "table t takes first | message.amount | => x | | over 9 EUR | => 1 | end\n"
    verdict = book(of_message + rule("t.x is 1")).judge(asked(amount=10), customer(), ZONE, NOW)
    assert [one.rule for one in verdict.fired] == ["R"]


def test_a_table_within_a_quantifier_speaks_of_the_customer() -> None:
    text = """
    vocabulary define [some dear] as any claim with (amount is over 9 EUR) end
    table t takes first | [some dear] | => x | | yes | => 1 | | no | => 2 | end
    """
    facts = customer(claim("S1", amount=5), claim("S2", amount=10))
    found = book(text + rule("any claim with (t.x is 1 and amount is 5 EUR)")).judge(
        asked(), facts, ZONE, NOW
    )
    assert [one.rule for one in found.fired] == ["R"]


def test_time_in_a_cell_says_when_the_answer_turns() -> None:
    text = (
        "table t takes first | customer.last_visit | => x | | in the last 3 days | => 1 | | - | => 2 | end\n"
    )
    found = answered(text, customer(last_visit="2026-03-01T10:00:00Z"), "t.x")
    assert found.flips_at == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("table t takes first | customer.age | => x | | 1 | 2 | => 1 | end", ["ROW_LENGTH"]),
        ("table t takes first | customer.age | => x | | 1 | => 1 | 2 | end", ["ROW_LENGTH"]),
        (
            "table t takes first | customer.age | => x | y | | - | => 1 | 2 | | otherwise | => 1 | end",
            ["ROW_LENGTH"],
        ),
        ("table t takes first | customer.tier | => x | | goldd | => 1 | end", ["VALUE_UNKNOWN"]),
        ("table t takes first | customer.age | => x | | 3 EUR | => 1 | end", ["TYPE_MISMATCH"]),
        ("table t takes first | customer.age | => x | | over 130 | => 1 | end", ["VALUE_OUT_OF_RANGE"]),
        ("table t takes first | customer.tier | => x | | over gold | => 1 | end", ["ORDER_MEANINGLESS"]),
        ("table t takes first | customer.age | => x | | - | => 1 | | - | => phone | end", ["NAME_UNKNOWN"]),
        ("table t takes first | customer.age | => x | | - | => 1 | | - | => 1 EUR | end", ["TYPE_MISMATCH"]),
        ("table t takes first | customer.age | => x | x | | - | => 1 | 2 | end", ["NAME_TAKEN"]),
        ("table claim takes first | customer.age | => x | | - | => 1 | end", ["NAME_TAKEN"]),
        ("table event takes first | customer.age | => x | | - | => 1 | end", ["NAME_RESERVED"]),
        ("table t takes first | t.x | => x | | - | => 1 | end", ["DEFINITION_CYCLE"]),
        ("table t takes the sum | customer.age | => x | | - | => phone | end", ["TYPE_MISMATCH"]),
        ("table t takes the lowest | customer.age | => x | | - | => phone | end", ["ORDER_MEANINGLESS"]),
        (
            "table t takes the most important | customer.age | => x | | - | => red | end",
            ["IMPORTANCE_UNKNOWN"],
        ),
        ("table t takes first | customer.age | => x | | - | => now | end", ["CLOCK_IN_ARITHMETIC"]),
        (
            "table t takes first | customer.age | => x | | - | => 1 | end " + rule("t.y is 1"),
            ["FIELD_UNKNOWN"],
        ),
        ("table t takes first | customer.age | => x | | - | => 1 | end " + rule("t is 1"), ["FIELD_UNKNOWN"]),
        ("table t takes all | customer.age | => x | | - | => 1 | end " + rule("t.x is 1"), ["TYPE_MISMATCH"]),
        (
            "table t takes all | customer.age | => x | | - | => red | end " + rule("t.x contains blue"),
            ["VALUE_UNKNOWN"],
        ),
        ("table t | customer.age | => x | | - | => 1 | end", ["WORD_UNEXPECTED"]),
        ("table t takes first | customer.age | => x | | - | => 1 end", ["WORD_UNEXPECTED"]),
    ],
)
def test_what_is_wrong_with_a_table_is_said(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted


def test_a_faulty_row_hides_nothing_else() -> None:
    text = "table t takes first | customer.age | => x | | 1 | 2 | => 1 | | goldd | => 1 | end " + rule(
        "t.x is 1 and nothing_here"
    )
    assert codes(text) == ["ROW_LENGTH", "NAME_UNKNOWN", "NAME_UNKNOWN"]


@SETTINGS
@given(tables(), customers(), st.data())
def test_a_compiled_table_answers_as_the_interpreter_does(
    text: str, facts: Facts, data: st.DataObject
) -> None:
    read = data.draw(st.sampled_from(["t.x", "t.y"]))
    answered(text, facts, read)
