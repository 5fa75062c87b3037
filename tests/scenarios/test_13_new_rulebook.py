"""Scenario 13: a thousand messages wait, the rulebook changes, and changes back."""

import asyncio

import pytest

from artifact.decision import Record
from artifact.instant import DAY, HOUR
from artifact.message import Anchor, Message
from engine.pipeline.preview import Preview, Previewer
from tests.scenarios.stage import Stage, compiled, play, rules_of

NAME = "13_new_rulebook"
SEVEN = rules_of(NAME)
FAIR = "News waits for the fair"
EIGHT = (
    SEVEN
    + f'''
message rule "{FAIR}"
  for topic news
  then postpone for 5 days because "All of it is told at the fair"
end
'''
)
NIGHT, DAY_ONE = "2027-03-10T23:30+01:00", "2027-03-11T00:30+01:00"
CUSTOMERS, EACH = 125, 4
CAUSE = "rulebook.activated"


def ids(stage: Stage, topic: str) -> list[tuple[str, str]]:
    """Who is asked what: four messages of a topic for each customer."""
    return [
        (f"c{n:03}", stage.ask(topic, customer=f"c{n:03}")) for n in range(CUSTOMERS) for _ in range(EACH)
    ]


def by_the_change(stage: Stage, customer: str, id: str) -> list[Record]:
    return [record for record in stage.records(id, customer) if record.cause == CAUSE]


def previewed(stage: Stage, text: str, examples: int = 3) -> Preview:
    """All pages of a preview; it lets others have their turn, so it runs on a loop."""
    previewer = Previewer(stage.store, stage.books, stage.limits, compiled(text))
    page = asyncio.run(previewer.page(examples))
    assert page.after is None
    return page


def standing(message: Message) -> tuple[object, ...]:
    """What is to become of a message, and what it remembers of having waited."""
    deliveries = tuple((d.channel, d.state, d.planned_at) for d in message.deliveries)
    return message.state, message.reason, message.rule, message.holds, deliveries, _anchors(message)


def _anchors(message: Message) -> tuple[Anchor, ...]:
    """An anchor outlives its rule: that of the fair may stay, and holds nothing."""
    return tuple(one for one in message.anchors if one.rule != FAIR)


@pytest.fixture(scope="module")
def change() -> tuple[Stage, list[tuple[str, str]], list[tuple[str, str]], Preview, dict[str, Message]]:
    """A thousand wait under version 7, a preview is taken, and 8 is published."""
    stage = Stage(SEVEN, NIGHT)
    news, receipts = ids(stage, "news"), ids(stage, "receipt")
    before = {id: stage.message(id) for _, id in news + receipts}
    stage.at(DAY_ONE)
    preview = previewed(stage, EIGHT)
    assert {id: stage.message(id) for _, id in news + receipts} == before, "a preview changes nothing"
    assert previewed(stage, EIGHT) == preview
    stage.publish(EIGHT)
    return stage, news, receipts, preview, before


Change = tuple[Stage, list[tuple[str, str]], list[tuple[str, str]], Preview, dict[str, Message]]


def test_a_preview_says_how_many_change_and_how(change: Change) -> None:
    preview = change[3]
    assert (preview.customers, preview.messages, preview.changed) == (125, 1_000, 500)
    [cause] = preview.causes
    assert (cause.reason, cause.rule, cause.count) == ("rule", FAIR, 500)
    assert [one.customer_id for one in preview.examples] == ["c000"] * 3
    example = preview.examples[0]
    assert (example.topic, example.because) == ("News", "All of it is told at the fair")
    assert "13 March" in example.before.sentence
    assert "16 March" in example.after.sentence


def test_each_that_changes_has_exactly_one_record_with_that_cause(change: Change) -> None:
    stage, news, receipts, _, _ = change
    assert {len(by_the_change(stage, *one)) for one in news} == {1}
    assert {len(by_the_change(stage, *one)) for one in receipts} == {0}
    [record] = by_the_change(stage, *news[0])
    assert record.revision == stage.books.revision
    assert FAIR in {hold.rule for hold in record.holds}
    assert sum(stage.artifact(f"c{n:03}").changed for n in range(CUSTOMERS)) == 500


def test_back_at_seven_those_that_have_not_left_are_as_before(change: Change) -> None:
    stage, news, receipts, _, before = change
    stage.at("2027-03-12T12:00+01:00")
    assert {stage.message(id).state.value for _, id in receipts} == {"UNDER_WAY"}
    left = len(stage.sent)
    stage.publish(SEVEN)
    assert len(stage.sent) == left, "nothing is sent by the act"
    for customer, id in news:
        assert standing(stage.message(id)) == standing(before[id])
        assert len(by_the_change(stage, customer, id)) == 2
    assert {stage.message(id).state.value for _, id in receipts} == {"UNDER_WAY"}
    stage.pass_until("2027-03-13T12:00+01:00")
    assert stage.left(topic="news", customer="c007") == ["13 Mar 08:00"] * EACH
    stage.curtain()


def test_a_wait_keeps_its_beginning_through_a_change_and_back() -> None:
    with play(NAME, NIGHT) as stage:
        id = stage.ask("news")
        [anchor] = stage.message(id).anchors
        stage.at(stage.now + HOUR)
        stage.publish(EIGHT)
        assert stage.now + 5 * DAY in {hold.until for hold in stage.message(id).holds}
        stage.publish(SEVEN)
        assert _anchors(stage.message(id)) == (anchor,)
        assert [hold.until for hold in stage.message(id).holds][:1] == [anchor.since + 2 * DAY]
