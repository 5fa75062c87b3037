"""A record in the log is small, and nothing of it is lost."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.decision import (
    Entry,
    EntryKind,
    GateOutcome,
    GateRow,
    HoldRow,
    KeptRecord,
    PlanRow,
    Record,
    RuleRow,
    decoded_verdict,
)
from artifact.message import (
    Delivery,
    DeliveryState,
    GateName,
    Hold,
    HoldKind,
    Message,
    MessageState,
    Request,
)
from dsl.verdict import Fired, Traced, Trail, Verdict
from engine.traces import RESULTS, TABLES, gate, kept, whole
from store.codec import decode_entry, encode_entry
from tests.dsl.support import book, rule
from tests.engine.handmade import Rule, handmade

BOOK = handmade(*(Rule(f"rule {number}", (), lambda *_: True) for number in range(300)))
NOW = 1_000
INSTANTS = st.integers(0, 2**60)
NAMES = st.sampled_from(["rule 7", "rule 299", "customer.age", "a name of nobody's"])
RULES = st.one_of(NAMES, st.sampled_from(list(BOOK.rules)))
ROWS = st.one_of(
    st.builds(RuleRow, RULES, st.just("NOT_MET"), st.integers(0, 90)),
    st.builds(RuleRow, NAMES, st.sampled_from(sorted({*RESULTS} - {"NOT_MET", "FIRED"})), NAMES),
)
VERDICTS = st.builds(
    lambda fired, rows, reads: Verdict(fired, rows, trail=Trail(lambda: Traced(reads, ()))),
    st.lists(
        st.builds(Fired, RULES, st.just(1), st.just(()), by_unknown=st.none() | NAMES),
        unique_by=lambda one: one.rule,
    ).map(tuple),
    st.lists(ROWS, unique_by=lambda row: row.rule).map(tuple),
    st.dictionaries(NAMES, st.none() | INSTANTS | st.text()),
)
MESSAGES = st.builds(
    Message,
    id=st.just("m"),
    number=st.just(7),
    received_at=st.just(NOW),
    request=st.just(Request("core", "r", NOW, "topic")),
    state=st.sampled_from(MessageState),
    reason=NAMES,
    holds=st.lists(
        st.builds(Hold, st.sampled_from(HoldKind), INSTANTS, st.none() | INSTANTS, st.none() | NAMES)
    ).map(tuple),
    deliveries=st.lists(
        st.builds(
            Delivery,
            st.just("d"),
            st.sampled_from(Channel),
            st.sampled_from(DeliveryState),
            st.none() | INSTANTS,
            because=st.none() | NAMES,
        )
    ).map(tuple),
)
GATES = st.lists(
    st.tuples(st.sampled_from(GateName), st.sampled_from(GateOutcome), NAMES, st.none() | INSTANTS)
)


def entry_of(record: KeptRecord) -> Entry:
    return Entry(7, EntryKind.EVENT, NOW, BOOK.revision, "", out=(record,))


def rows_of(verdict: Verdict) -> dict[str, RuleRow]:
    """What became of each rule: a row tells more than that it fired."""
    fired = {one.rule: RuleRow(one.rule, "FIRED", one.by_unknown) for one in verdict.fired}
    return fired | {row.rule: row for row in verdict.rows}


@given(MESSAGES, VERDICTS, GATES, NAMES, st.none() | INSTANTS, st.booleans())
def test_everything_comes_back(
    message: Message,
    verdict: Verdict,
    gates: list[tuple[GateName, GateOutcome, str, int | None]],
    cause: str,
    next_at: int | None,
    under_rules: bool,
) -> None:
    book = BOOK if under_rules else None
    record = kept(message, verdict, tuple(gate(*one) for one in gates), cause, next_at, NOW, book)
    entry = decode_entry(encode_entry(entry_of(record)))
    again = whole(entry.out[0], entry, book)
    assert again == Record(
        message="m",
        n=7,
        now=NOW,
        state=message.state,
        reason=message.reason,
        revision=BOOK.revision,
        cause=cause,
        next_at=next_at,
        gates=tuple(GateRow(*one) for one in gates),
        rules=again.rules,
        holds=tuple(HoldRow(h.kind, h.since, h.until, h.rule) for h in message.holds),
        plan=tuple(PlanRow(d.channel, d.state, d.planned_at, d.because) for d in message.deliveries),
        reads=verdict.reads,
    )
    assert {row.rule: row for row in again.rules} == rows_of(verdict)


def test_rules_that_fired_or_were_not_met_cost_a_step_from_one_to_the_next() -> None:
    found = record(Verdict(tuple(Fired(f"rule {number}", 1, ()) for number in (200, 3, 5))))
    told = decoded_verdict(found.told)
    assert (told.counted, told.rules) == ((3, 2, 195), ())


def test_a_fact_and_a_rule_that_the_rulebook_knows_are_numbers() -> None:
    found = record(Verdict(rows=(RuleRow("rule 9", "UNKNOWN", "customer.age"),)))
    [row] = decoded_verdict(found.told).rules
    assert (row.rule, row.detail) == (9, 0)


def test_without_its_rulebook_a_record_tells_numbers_where_it_has_no_names() -> None:
    entry = entry_of(record(Verdict(rows=(RuleRow("rule 7", "NOT_MET", 2),))))
    assert whole(entry.out[0], entry, None).rules == (RuleRow("number 7", "NOT_MET", 2),)


def test_what_the_log_keeps_by_place_keeps_its_place() -> None:
    """A log says `3` and means the letter, for ever: whatever is new comes last."""
    assert {one.__name__: [*one][: len(PLACES[one.__name__])] for one in TABLES} == PLACES
    assert RESULTS[:5] == ("FIRED", "NOT_MET", "UNKNOWN", "SILENCED", "ERROR")


def test_facts_have_the_same_numbers_whenever_a_text_is_compiled() -> None:
    text = rule("claim.amount is 100 EUR and customer.tier is gold")
    names = book(text).numbers.fact_names
    assert [*names] == sorted(names)
    assert {"claim", "claim.amount", "claim.reference", "customer.tier"} <= {*names}


def test_a_verdict_is_packed_once_however_many_records_tell_of_it() -> None:
    verdict = Verdict(
        (Fired("rule 5", 1, ()),), trail=Trail(lambda: Traced({"customer.age": 40, "b": [1]}, (7,)))
    )
    [one, other] = [record(verdict), record(verdict)]
    assert one == other
    assert one.told is other.told
    told = decoded_verdict(one.told)
    assert (told.reads, told.counted, told.looked) == (("b", [1], 0, 40), (5,), (7,))


def test_what_names_come_to_is_kept_for_some_mixtures_and_told_right_of_any() -> None:
    """More of them than are kept; each tuple of rules is let go at once, so that another one may take its place."""
    for n in range(3_000):
        numbers = [number for number in range(12) if n >> number & 1]
        told = decoded_verdict(record(fired(numbers)).told)
        assert [*accumulate(told.counted)] == numbers
        assert told.reads == tuple(part for number in numbers for part in (f"name {number:02}", number))


def fired(numbers: list[int]) -> Verdict:
    """Of these rules, once something of each name was read."""
    reads = {f"name {number:02}": number for number in reversed(numbers)}
    rules = tuple(Fired(f"rule {number}", 1, ()) for number in reversed(numbers))
    return Verdict(rules, trail=Trail(lambda: Traced(reads, ())))


def record(verdict: Verdict) -> KeptRecord:
    message = Message("m", 7, NOW, Request("core", "r", NOW, "topic"), MessageState.READY, "ready")
    return kept(message, verdict, (), "x", None, NOW, BOOK)


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
