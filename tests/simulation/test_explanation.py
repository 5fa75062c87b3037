"""Explanation: what the record and its sentence say would change a decision, changes it."""

from collections.abc import Callable

import pytest
from hypothesis import given

from artifact.channel import Channel
from artifact.decision import Record
from artifact.instant import DAY
from artifact.message import HoldKind, Message, MessageState
from engine.spoken import LANGUAGES
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY, History, histories, played
from tests.simulation.pieces import HEAD, WORDS
from tests.simulation.rulebooks import rulebooks


def agree(stage: Stage, message: Message) -> None:
    for channel in (None, *Channel):
        data = {"category": message.category} | ({"channel": channel.value} if channel else {})
        stage.answered(stage.event("consent.given", source="centre", data=data))


def lives(stage: Stage, message: Message) -> None:
    for line in list(stage.script):
        if line.event is not None and line.event.type == "customer.deceased":
            stage.correct(line.event.source, line.event.id)


def resolve(stage: Stage, message: Message) -> None:
    stage.answered(stage.event("staff.conflict_resolved", source="centre", message=message.id))


CHANGES: dict[str, Callable[[Stage, Message], None]] = {
    "consent": agree,
    "deceased": lives,
    "conflict": resolve,
}
SAYS = {
    language: {
        **{reason: say.blocked[reason][1] for reason in ("consent", "deceased")},
        "conflict": say.holds[HoldKind.CONFLICT][1],
    }
    for language, say in LANGUAGES.items()
}


@given(rulebooks(), histories(most=20))
def test_what_a_sentence_says_would_change_it_changes_it(text: str, history: History) -> None:
    stage = played(text, history)
    for message in stage.artifact().body.talk.messages:
        current = stage.message(message.id)
        if current.reason in CHANGES and current.state is not MessageState.UNDER_WAY:
            for language, says in SAYS.items():
                assert says[current.reason] in stage.sentence(current.id, language)
            CHANGES[current.reason](stage, current)
            assert stage.message(current.id).reason != current.reason


BLOCKS = """
calendar
  quiet hours for sms 22:00 to 8:00
end
category marketing  basis consent  channels sms, email end
topic offer  category marketing  template plain end
situation claim
  one per claim_id
  opens on claim.opened
  closes on claim.closed
end
message rule "R"
  for topic offer
  when claim is open
  then {effect} because "A claim is open"
end
"""


def read_of(record: Record) -> set[str]:
    """The subjects that a record says were open when it was decided."""
    return {reference for reference, state in record.reads["claim"].items() if state != "closed"}


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        ("block", MessageState.BLOCKED),
        ("postpone until the claim closes, at most 30 days, otherwise block", MessageState.WAITING),
        ("postpone while claim is open, at most 30 days, otherwise block", MessageState.WAITING),
    ],
)
def test_closing_what_the_record_says_is_open_lets_the_message_go(effect: str, state: MessageState) -> None:
    text = HEAD.format(zone="Europe/Madrid") + BLOCKS.format(effect=effect) + WORDS
    stage = Stage(text, MONDAY)
    stage.event("consent.given", category="marketing")
    for claim in ("S1", "S2"):
        stage.event("claim.opened", claim_id=claim, amount=1)
    offer = stage.ask("offer")
    record = stage.record(offer)
    assert (record.state, stage.message(offer).rule) == (state, "R")
    assert "a claim is open" in stage.sentence(offer)
    for claim in sorted(read_of(record)):
        assert stage.message(offer).state is state
        stage.event("claim.closed", claim_id=claim, mood=5)
    assert stage.message(offer).state is MessageState.READY
    stage.curtain()


def test_when_the_hour_that_the_record_names_has_come_it_goes_and_not_a_moment_before() -> None:
    text = HEAD.format(zone="Europe/Madrid") + BLOCKS.format(effect="block") + WORDS
    stage = Stage(text, MONDAY + DAY // 2 + DAY // 12)
    stage.event("consent.given", category="marketing")
    offer = stage.ask("offer")
    eligible = stage.record(offer).next_at
    assert eligible is not None
    stage.at(eligible)
    assert stage.sent == []
    stage.pass_until(eligible)
    assert [s.at for s in stage.sent] == [eligible]
    stage.curtain()
