"""Truth: what a record says will happen next, happens, if nothing else does."""

from itertools import pairwise

from hypothesis import given

from artifact.channel import Channel
from artifact.decision import Record
from artifact.instant import DAY, Instant
from artifact.message import DeliveryState
from engine.traces import whole
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY, History, answers, histories, played
from tests.simulation.pieces import HEAD, WORDS
from tests.simulation.replays import log_of
from tests.simulation.rulebooks import rulebooks

SETTLING = 45 * DAY


def settle(text: str, history: History, provider: list[str | None]) -> tuple[Stage, int]:
    """The stage long after a history, under a provider that accepts, and the version at which nothing else came."""
    stage = played(text, history, provider=provider)
    stage.provider = lambda sent: "delivery.handed_over"
    quiet_from = stage.artifact().version
    stage.pass_until(stage.now + SETTLING)
    return stage, quiet_from


def records_by_message(stage: Stage) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for entry in log_of(stage):
        for kept in entry.out:
            found.setdefault(kept.message, []).append(whole(kept, entry, None))
    return found


def broken_promises(records: list[Record], quiet_from: int, end: Instant) -> list[Record]:
    """Records, from the last of the history on, whose next eligible instant went by without another record."""
    return [
        record
        for record, following in zip(records, [*records[1:], None], strict=True)
        if record.next_at is not None
        and (following is None or following.n > quiet_from)
        and max(record.next_at, record.now) < (following.now if following is not None else end)
    ]


def leaving(record: Record) -> set[Channel]:
    """The channels on which the message is just being handed over."""
    return {row.channel for row in record.plan if row.state is DeliveryState.SENDING}


@given(rulebooks(), histories(), answers)
def test_a_delivery_leaves_exactly_at_the_next_eligible_instant_last_recorded(
    text: str, history: History, provider: list[str | None]
) -> None:
    stage, quiet_from = settle(text, history, provider)
    for records in records_by_message(stage).values():
        assert broken_promises(records, quiet_from, stage.now) == []
        for before, intent in pairwise(records):
            if intent.n > quiet_from and leaving(intent) - leaving(before):
                assert before.next_at is not None
                assert max(before.next_at, before.now) == intent.now


@given(rulebooks(), histories(), answers)
def test_only_what_is_planned_says_when_and_only_what_is_being_sent_says_until_when(
    text: str, history: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    planned = [row for rows in records_by_message(stage).values() for record in rows for row in record.plan]
    assert {row.state for row in planned if row.planned_at is not None} <= {DeliveryState.PLANNED}
    talk = stage.artifact().body.talk
    deliveries = [d for message in (*talk.messages, *talk.tail) for d in message.deliveries]
    assert {d.state for d in deliveries if d.valid_until is not None} <= {DeliveryState.SENDING}


def flips(stage: Stage) -> int:
    """How often a condition can change by the mere passing of time: deadlines, visits that end, windows that pass."""
    facts = stage.artifact().body.facts
    return 3 * len(facts.situations) + len(facts.commitments) + len(facts.interactions)


@given(rulebooks(), histories(), answers)
def test_deciding_comes_to_an_end_within_holds_renewals_and_deliveries(
    text: str, history: History, provider: list[str | None]
) -> None:
    stage, quiet_from = settle(text, history, provider)
    for id, records in records_by_message(stage).items():
        since = [r for r in records if r.n > quiet_from]
        holds = {(h.kind, h.since, h.until, h.rule) for r in records for h in r.holds}
        deliveries = stage.message(id).deliveries
        assert len(since) <= len(holds) + 2 * len(deliveries) + flips(stage) + 2


FOLLOWER_ALONE = """
category claims  basis contract  channels email end
topic claim_news  category claims  template plain end
message rule "By phone, if nothing else helps"
  for topic claim_news
  then propagate to phone if unseen after 3 days
end
message rule "Never by mail"
  for topic claim_news
  then avoid email
end
"""


def test_a_follower_that_has_nothing_to_follow_leaves_when_its_time_is_over_however_often_it_is_decided() -> (
    None
):
    stage = Stage(HEAD.format(zone="Europe/Madrid") + FOLLOWER_ALONE + WORDS, MONDAY)
    stage.ask("claim_news")
    for day in range(1, 6):
        stage.at(MONDAY + day * DAY)
        stage.event("page.viewed", source="web")
        stage.work()
    assert [s.at for s in stage.sent] == [MONDAY + 3 * DAY]
    stage.curtain()


WAITS_IN_VAIN = """
category claims  basis contract  lives for 30 days  channels email end
topic claim_news  category claims  template plain end
message rule "Wait"
  for topic claim_news
  then postpone for 1 day, at most 1 time, otherwise block
end
message rule "Never by mail"
  for topic claim_news
  then avoid email
end
"""


def test_a_hold_ends_at_its_instant_also_on_a_message_that_goes_no_further_for_another_reason() -> None:
    stage = Stage(HEAD.format(zone="Europe/Madrid") + WAITS_IN_VAIN + WORDS, MONDAY)
    news = stage.ask("claim_news")
    assert (stage.message(news).reason, stage.message(news).holds[0].until) == ("no_channel", MONDAY + DAY)
    stage.pass_until(MONDAY + DAY)
    assert (stage.message(news).reason, stage.message(news).holds) == ("rule_limit", ())
    stage.curtain()


COOL_OFF = """
category claims  basis contract  lives for 30 days  channels email end
topic claim_news  category claims  template plain end
situation claim
  one per claim_id
  opens on claim.opened
  closes on claim.closed
end
message rule "Silence after a claim"
  for topic claim_news
  when any claim with (closed is in the last 3 days)
  then block
end
"""


def test_what_a_condition_on_time_blocks_leaves_at_the_very_instant_at_which_the_condition_passes() -> None:
    stage = Stage(HEAD.format(zone="Europe/Madrid") + COOL_OFF + WORDS, MONDAY)
    stage.event("claim.opened", claim_id="S1", amount=1)
    stage.event("claim.closed", claim_id="S1", mood=5)
    stage.ask("claim_news")
    stage.pass_until(MONDAY + 10 * DAY)
    assert [s.at for s in stage.sent] == [MONDAY + 3 * DAY]
    stage.curtain()
