"""A record keeps its trace small and loses nothing of it."""

from hypothesis import given
from hypothesis import strategies as st

from artifact.decision import Record, RuleRow
from artifact.message import MessageState
from engine.traces import packed, unpacked
from tests.engine.handmade import Rule, handmade

BOOK = handmade(*(Rule(f"rule {number}", (), lambda *_: True) for number in range(300)))
ROWS = st.lists(
    st.one_of(
        st.builds(RuleRow, st.sampled_from(list(BOOK.rules)), st.just("NOT_MET"), st.integers(0, 90)),
        st.builds(
            RuleRow, st.sampled_from(list(BOOK.rules)), st.sampled_from(["FIRED", "UNKNOWN"]), st.text()
        ),
    ),
    unique_by=lambda row: row.rule,
)


def record(rows: tuple[RuleRow, ...]) -> Record:
    named, counted = packed(rows, BOOK)
    return Record("m", 1, 0, MessageState.READY, "ready", BOOK.revision, "x", rules=named, counted=counted)


@given(ROWS.map(tuple))
def test_every_row_comes_back(rows: tuple[RuleRow, ...]) -> None:
    whole = unpacked(record(rows), BOOK)
    assert whole.counted == ()
    assert sorted(whole.rules, key=lambda row: row.rule) == sorted(rows, key=lambda row: row.rule)


def test_a_rule_that_fired_or_was_not_met_costs_a_number() -> None:
    rows = (
        RuleRow("rule 7", "NOT_MET", 2),
        RuleRow("rule 8", "FIRED"),
        RuleRow("rule 9", "UNKNOWN", "customer.age"),
    )
    assert record(rows).counted == (7 * 64 + 2, 8 * 64 + 63)
    assert record(rows).rules == rows[2:]


def test_without_its_rulebook_a_record_is_left_as_it_is() -> None:
    kept = record((RuleRow("rule 7", "NOT_MET", 2),))
    assert unpacked(kept, None) is kept
