"""A record in the log is small, and nothing of it is lost."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.channel import Channel
from artifact.decision import Entry, EntryKind, GateOutcome, GateRow, HoldRow, PlanRow, Record, RuleRow
from artifact.message import DeliveryState, GateName, HoldKind, MessageState
from dsl.rulebook import Rulebook
from engine.traces import RESULTS, TABLES, kept, whole
from store.codec import decode_entry, encode_entry
from tests.dsl.support import book, rule
from tests.engine.handmade import Rule, handmade

BOOK = handmade(*(Rule(f"rule {number}", (), lambda *_: True) for number in range(300)))
INSTANTS = st.integers(0, 2**60)
NAMES = st.sampled_from(["rule 7", "rule 299", "customer.age", "a name of nobody's"])
ROWS = st.lists(
    st.one_of(
        st.builds(RuleRow, st.sampled_from(list(BOOK.rules)), st.just("NOT_MET"), st.integers(0, 90)),
        st.builds(RuleRow, NAMES, st.sampled_from(sorted({*RESULTS} - {"NOT_MET"})), NAMES),
        st.builds(RuleRow, NAMES, st.just("NOT_MET"), st.integers(0, 90)),
        st.builds(RuleRow, NAMES, st.just("FIRED")),
    ),
    unique_by=lambda row: row.rule,
).map(tuple)
RECORDS = st.builds(
    Record,
    message=st.just("m"),
    n=st.just(7),
    now=st.just(1_000),
    state=st.sampled_from(MessageState),
    reason=NAMES,
    revision=st.just(BOOK.revision),
    cause=NAMES,
    next_at=st.none() | INSTANTS,
    gates=st.lists(
        st.builds(
            GateRow, st.sampled_from(GateName), st.sampled_from(GateOutcome), NAMES, st.none() | INSTANTS
        )
    ).map(tuple),
    rules=ROWS,
    holds=st.lists(
        st.builds(HoldRow, st.sampled_from(HoldKind), INSTANTS, st.none() | INSTANTS, st.none() | NAMES)
    ).map(tuple),
    plan=st.lists(
        st.builds(PlanRow, st.sampled_from(Channel), st.sampled_from(DeliveryState), st.none() | INSTANTS)
    ).map(tuple),
    reads=st.dictionaries(NAMES, st.none() | INSTANTS | st.text()),
)


def by_rule(record: Record) -> dict[str, RuleRow]:
    return {row.rule: row for row in record.rules}


def read_again(record: Record, book: Rulebook | None) -> Record:
    entry = Entry(record.n, EntryKind.EVENT, record.now, record.revision, "", out=(kept(record, book),))
    again = decode_entry(encode_entry(entry))
    return whole(again.out[0], again, book)


def without_rules(record: Record) -> Record:
    return replace(record, rules=())


@given(RECORDS, st.booleans())
def test_everything_comes_back(record: Record, under_rules: bool) -> None:
    again = read_again(record, BOOK if under_rules else None)
    assert without_rules(again) == without_rules(record)
    assert by_rule(again) == by_rule(record)


def test_rules_that_fired_or_were_not_met_cost_a_step_from_one_to_the_next() -> None:
    rows = tuple(RuleRow(f"rule {number}", "FIRED") for number in (3, 5, 200))
    assert kept(record(rows), BOOK).counted == (3, 2, 195)
    assert kept(record(rows), BOOK).rules == ()


def test_a_fact_and_a_rule_that_the_rulebook_knows_are_numbers() -> None:
    row = RuleRow("rule 9", "UNKNOWN", "customer.age")
    found = kept(record((row,)), BOOK)
    assert (found.rules[0].rule, found.rules[0].detail) == (9, 0)


def test_without_its_rulebook_a_record_tells_numbers_where_it_has_no_names() -> None:
    one = record((RuleRow("rule 7", "NOT_MET", 2),))
    entry = Entry(7, EntryKind.EVENT, 1_000, BOOK.revision, "", out=(kept(one, BOOK),))
    assert whole(entry.out[0], entry, None).rules == (RuleRow("number 7", "NOT_MET", 2),)


def test_what_the_log_keeps_by_place_keeps_its_place() -> None:
    """A log says `3` and means the letter, for ever: whatever is new comes last."""
    assert {one.__name__: [*one][: len(PLACES[one.__name__])] for one in TABLES} == PLACES
    assert RESULTS[:5] == ("FIRED", "NOT_MET", "UNKNOWN", "SILENCED", "ERROR")


def test_facts_have_the_same_numbers_whenever_a_text_is_compiled() -> None:
    text = rule("claim.amount is 100 EUR and customer.tier is gold")
    assert list(book(text).fact_numbers) == sorted(book(text).fact_numbers)
    assert {"claim", "claim.amount", "claim.reference", "customer.tier"} <= set(book(text).fact_numbers)


def record(rows: tuple[RuleRow, ...]) -> Record:
    return Record("m", 7, 1_000, MessageState.READY, "ready", BOOK.revision, "x", rules=rows)


PLACES = {
    "GateName": ["LIFE", "RULES", "CHANNELS", "CONSENT", "GROUP", "WHEN", "DEADLINE", "RENDERING"],
    "GateOutcome": ["PASSED", "HELD", "BLOCKED", "SKIPPED"],
    "HoldKind": [
        *("FIXED", "WHILE", "CONFLICT", "NO_RULEBOOK", "NOT_BEFORE"),
        *("GROUP", "QUIET_HOURS", "BUDGET", "PAUSED"),
    ],
    "Channel": [
        *("EMAIL", "SMS", "PUSH", "LETTER", "PHONE", "WEBHOOK"),
        *("WEB", "APP", "CONTACT_CENTRE", "BRANCH"),
    ],
    "DeliveryState": [
        *("PLANNED", "SENDING", "HANDED_OVER", "DELIVERED", "SEEN", "CLICKED"),
        *("DISMISSED", "TOLD", "WITHDRAWN", "FAILED", "IN_DOUBT"),
    ],
}
