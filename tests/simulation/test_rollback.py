"""Rollback: a rulebook that was published by mistake and taken back at once leaves nothing but records behind."""

from hypothesis import assume, given
from msgspec.structs import replace

from artifact.instant import DAY, HOUR
from artifact.message import Message
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY, History, histories, played
from tests.simulation.pieces import HEAD, WORDS
from tests.simulation.rulebooks import rulebooks


def outlook(stage: Stage, message: Message) -> tuple[object, ...]:
    """What is to become of a message."""
    holds = {(h.kind, h.rule, h.channel, h.until) for h in message.holds}
    deliveries = {
        replace(d, changed_at=None, planned_at=max(d.planned_at or 0, stage.now)) for d in message.deliveries
    }
    said = (message.rephrase, message.bundle, message.items)
    return message.id, message.state, message.reason, message.rule, holds, deliveries, said


def open_messages(stage: Stage, *, like: Stage | None = None) -> list[Message]:
    """Without the empty bundles that only the rulebook published by mistake has made."""
    known = {m.id for m in like.artifact().body.talk.messages} if like is not None else set()
    found = stage.artifact().body.talk.messages
    return [m for m in found if m.group is None or like is None or m.id in known]


@given(rulebooks(), rulebooks(), histories())
def test_publishing_and_going_back_is_as_if_nothing_had_been_published(
    text: str, other: str, history: History
) -> None:
    straight, around = played(text, history), played(text, history)
    around.publish(other)
    assume(len(open_messages(around, like=straight)) == len(open_messages(straight)))
    around.publish(text)
    assert [outlook(around, m) for m in open_messages(around, like=straight)] == [
        outlook(straight, m) for m in open_messages(straight)
    ]
    assert around.artifact().body.facts == straight.artifact().body.facts
    for stage in (straight, around):
        stage.pass_until(stage.now + 10 * DAY)
    assert around.sent == straight.sent
    around.curtain()


RULES = """
category service  basis contract  channels sms end
topic bill  category service  called "{name}"  template plain end
situation claim
  one per claim_id
  opens on claim.opened
  closes on claim.closed
end
message rule "Bills wait"
  for topic bill
  when {when}
  then postpone for {span}
end
"""


def bills_wait(when: str, span: str, name: str = "Bill") -> str:
    return HEAD.format(zone="Europe/Madrid") + RULES.format(when=when, span=span, name=name) + WORDS


def test_a_wait_that_a_mistaken_edit_of_a_rule_began_ends_with_the_edit() -> None:
    right, wrong = bills_wait("claim is open", "2 days"), bills_wait("claim is not open", "60 days")
    stage = Stage(right, MONDAY)
    stage.ask("bill")
    stage.publish(wrong)
    assert stage.artifact().body.talk.messages[0].reason == "rule"
    stage.publish(right)
    stage.work()
    assert [s.at for s in stage.sent] == [MONDAY]
    stage.curtain()


def test_a_wait_that_had_begun_stands_through_an_edit_of_something_else() -> None:
    stage = Stage(bills_wait("claim is open", "2 days"), MONDAY)
    stage.event("claim.opened", claim_id="S1", amount=1)
    stage.ask("bill")
    stage.at(MONDAY + HOUR)
    stage.event("claim.closed", claim_id="S1", mood=5)
    stage.publish(bills_wait("claim is open", "2 days", "Your bill"))
    stage.pass_until(MONDAY + 5 * DAY)
    assert [s.at for s in stage.sent] == [MONDAY + 2 * DAY]
    stage.curtain()
