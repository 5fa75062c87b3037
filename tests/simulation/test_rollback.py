"""Rollback: a rulebook that was published by mistake and taken back at once leaves nothing but records behind."""

from hypothesis import assume, given
from msgspec.structs import replace

from artifact.instant import DAY
from artifact.message import Message
from tests.scenarios.stage import Stage
from tests.simulation.histories import History, histories, played
from tests.simulation.rulebooks import rulebooks


def outlook(stage: Stage, message: Message) -> tuple[object, ...]:
    """What is to become of a message."""
    holds = {(h.kind, h.rule, h.channel, h.until) for h in message.holds}
    deliveries = {
        replace(d, changed_at=None, planned_at=max(d.planned_at or 0, stage.now)) for d in message.deliveries
    }
    return message.id, message.state, message.reason, message.rule, holds, deliveries, message.rephrase


@given(rulebooks(), rulebooks(named="Other"), histories())
def test_publishing_and_going_back_is_as_if_nothing_had_been_published(
    text: str, other: str, history: History
) -> None:
    straight, around = played(text, history), played(text, history)
    around.publish(other)
    assume(len(around.artifact().body.talk.messages) == len(straight.artifact().body.talk.messages))
    around.publish(text)
    assert [outlook(around, m) for m in around.artifact().body.talk.messages] == [
        outlook(straight, m) for m in straight.artifact().body.talk.messages
    ]
    assert around.artifact().body.facts == straight.artifact().body.facts
    for stage in (straight, around):
        stage.pass_until(stage.now + 10 * DAY)
    assert around.sent == straight.sent
    around.curtain()
