"""Counting: what rules count is what happened, whenever the rulebook came that counts it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from artifact.facts import Kept
from artifact.instant import DAY, MINUTE, format_instant
from artifact.limits import Limits
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY
from tests.simulation.pieces import HEAD
from tests.simulation.test_late import News, hear, tellings

TOPIC = """
category service basis contract channels email end
topic notice category service end
"""
COUNTS = """
message rule "Counts" if unknown ignore for topic notice
  when the number of bill.returned in the last 3 days is at least 2
    and any claim.opened with (amount is 2)
    and sum of amount of claim.moved in the last 30 hours with (claim_id is "S1") > 3
  then block
end
"""
PLAIN = HEAD.format(zone="Europe/Madrid") + TOPIC
UNDECLARED = PLAIN.replace("  event bill.returned: (bill_id: text, amount: whole number)\n", "")
COUNTING = PLAIN + COUNTS


def counted(stage: Stage) -> dict[str, Kept]:
    return stage.pass_until(MONDAY + 20 * DAY).artifact().body.facts.events


@given(
    tellings(),
    st.integers(0, 10),
    st.sampled_from([PLAIN, UNDECLARED, COUNTING]),
    st.sampled_from([1, 3, 64]),
    st.sampled_from([2, 200]),
)
def test_a_rulebook_that_counts_finds_what_happened_before_it_came(
    told: list[News], heard_before: int, first: str, snapshot_entries: int, room: int
) -> None:
    limits = Limits(snapshot_entries=snapshot_entries, counted_events=room)
    arrivals = sorted(told, key=lambda one: one.at + one.delay)
    always = Stage(COUNTING, MONDAY, limits)
    hear(always, sorted(told, key=lambda one: one.at), told)
    later = Stage(first, MONDAY, limits)
    hear(later, arrivals[:heard_before], told)
    later.publish(COUNTING)
    hear(later, arrivals[heard_before:], told)
    assert counted(later) == counted(always)
    later.curtain()


def note(stage: Stage, id: str, **fields: Any) -> None:
    stage.event(
        "claim.moved", source="core", id=id, at=format_instant(stage.now), data={"claim_id": "S1", **fields}
    )
    stage.work()


def test_past_the_limit_the_oldest_leave_and_that_is_remembered_while_a_window_reaches_there() -> None:
    stage = Stage(COUNTING, MONDAY, Limits(counted_events=2))
    for number in range(3):
        stage.at(MONDAY + number * MINUTE)
        note(stage, f"e{number}", amount=number)
    kept = stage.artifact().body.facts.events["claim.moved"]
    assert [row.data["amount"] for row in kept.rows] == [1, 2]
    assert kept.dropped_at == MONDAY
    stage.at(MONDAY + 5 * DAY)
    note(stage, "e9", amount=9)
    kept = stage.artifact().body.facts.events["claim.moved"]
    assert ([row.data["amount"] for row in kept.rows], kept.dropped_at) == ([9], None)


def test_a_corrected_event_is_not_counted() -> None:
    stage = Stage(COUNTING, MONDAY, Limits())
    note(stage, "e1", amount=1)
    stage.at(MONDAY + MINUTE)
    note(stage, "e2", amount=2)
    stage.at(MONDAY + 2 * MINUTE)
    stage.event("event.corrected", id="c1", data={"source": "core", "id": "e1", "reason": "no"})
    stage.work()
    kept = stage.artifact().body.facts.events["claim.moved"]
    assert [row.data["amount"] for row in kept.rows] == [2]


def test_a_log_too_deep_to_be_read_says_that_its_counts_are_not_of_all() -> None:
    stage = Stage(PLAIN, MONDAY, Limits(late_entries=2))
    for number in range(4):
        stage.at(MONDAY + number * MINUTE)
        note(stage, f"e{number}", amount=number)
    stage.publish(COUNTING)
    stage.at(MONDAY + 10 * MINUTE)
    note(stage, "e9", amount=9)
    kept = stage.artifact().body.facts.events["claim.moved"]
    assert [row.data["amount"] for row in kept.rows] == [9]
    assert kept.dropped_at == MONDAY + 3 * MINUTE


def test_a_text_longer_than_any_name_is_not_kept() -> None:
    stage = Stage(COUNTING, MONDAY, Limits())
    stage.event("claim.moved", id="e1", at=format_instant(MONDAY), data={"claim_id": "S" * 201, "amount": 1})
    stage.work()
    [row] = stage.artifact().body.facts.events["claim.moved"].rows
    assert row.data == {"amount": 1}
