"""Whom an edited rulebook does not concern is not decided anew, and stands as deciding anew would have left her."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from artifact.instant import DAY, HOUR
from dsl.change import Change
from engine.judging import Memo
from engine.scene import Scene
from engine.step import step_rulebook
from tests.scenarios.stage import Stage, compiled
from tests.simulation.histories import MONDAY, History, histories, played
from tests.simulation.pieces import HEAD, WORDS
from tests.simulation.rulebooks import Author, rulebooks


def edited(text: str, seed: int) -> str:
    """The same with one message rule written anew, dropped or added, and with other words every second time."""
    author, dice = Author(seed), Random(seed)
    parts = text.split("\n\n")
    at = dice.choice([n for n, part in enumerate(parts) if part.startswith("message rule")])
    name = parts[at].split('"')[1]
    edits: tuple[list[str], ...] = (
        [author.message_rule(name)],
        [],
        [parts[at], author.message_rule("Added")],
    )
    text = "\n\n".join([*parts[:at], *dice.choice(edits), *parts[at + 1 :]])
    return text.replace("News of", dice.choice(("News of", "Good news of")))


@given(rulebooks(), st.integers(0, 2**32), histories())
def test_an_edit_of_one_rule_leaves_everybody_as_deciding_anew_would(
    text: str, seed: int, history: History
) -> None:
    stage = played(text, history)
    stage.publish(edited(text, seed))
    stage.curtain()  # runs every entry again, all decided anew
    stage.pass_until(stage.now + 3 * DAY)
    stage.publish(text)
    stage.curtain()


RULES = """
category service  basis contract  channels sms end
topic bill  category service  template plain end
topic news  category service  template plain end
situation claim
  one per claim_id
  opens on claim.opened
  closes on claim.closed
end
message rule "Bills wait"
  for topic bill
  when claim is not open
  then postpone for 2 days
end
message rule "Edited"
  {rule}
end
"""
AVOID = "for topic bill\n  when claim is open\n  then avoid email"


def with_rule(rule: str) -> str:
    return HEAD.format(zone="Europe/Madrid") + RULES.format(rule=rule) + WORDS


def decided_anew(stage: Stage, text: str) -> bool:
    """Whether anything of hers is judged when a rulebook comes to her an hour later."""
    book, artifact = compiled(text), stage.artifact()
    assert stage.books.live is not None
    change = book.change_from(stage.books.live)
    assert isinstance(change, Change)
    memo = Memo()
    step_rulebook(artifact, stage.now + HOUR, Scene(book, book.revision), memo, change)
    return bool(memo.verdicts)


def waiting_bill(rule: str) -> Stage:
    stage = Stage(with_rule(rule), MONDAY)
    stage.ask("bill")
    return stage


def test_who_is_asked_about_nothing_by_the_edited_rule_is_not_decided_anew() -> None:
    assert not decided_anew(waiting_bill(AVOID), with_rule(AVOID.replace("email", "sms")))
    assert not decided_anew(waiting_bill(AVOID), with_rule("for topic news\n  then block"))


def test_who_has_a_message_that_the_rule_speaks_of_now_is_decided_anew() -> None:
    assert decided_anew(waiting_bill(AVOID), with_rule(AVOID.replace("is open", "is not open")))


def test_who_had_a_message_that_the_rule_spoke_of_is_decided_anew() -> None:
    assert decided_anew(waiting_bill(AVOID.replace("is open", "is not open")), with_rule(AVOID))


def test_a_rule_that_begins_to_speak_by_time_alone_concerns() -> None:
    assert decided_anew(
        waiting_bill(AVOID), with_rule("valid from 30 March 2027\n  for topic bill\n  then block")
    )


def test_a_rule_that_a_message_still_names_concerns() -> None:
    """It holds the message no more, but where its hold began is kept for the day when it does again."""
    held = with_rule(
        "for topic bill\n  when claim is open\n  then postpone while claim is open, at most 5 days, otherwise block"
    )
    stage = Stage(held, MONDAY)
    stage.event("claim.opened", claim_id="S1", amount=1)
    stage.ask("bill")
    stage.event("claim.closed", claim_id="S1", mood=5)
    [message] = stage.artifact().body.talk.messages
    assert "Edited" in {anchor.rule for anchor in message.anchors}
    assert decided_anew(stage, held.replace("at most 5 days", "at most 6 days"))


def test_rules_that_disagree_are_told_again_under_another_rulebook_even_at_the_same_instant() -> None:
    louder = 'message rule "{}"\n  for topic bill\n  when claim is open\n  then set the urgency to {}\nend\n'
    text = (
        with_rule("for topic news\n  then avoid email")
        + louder.format("High", "high")
        + louder.format("Low", "low")
    )
    stage = Stage(text, MONDAY)
    stage.event("claim.opened", claim_id="S1", amount=1)
    stage.ask("bill")
    assert [task.kind for task in stage.artifact().body.talk.tasks] == ["rule_tie"]
    stage.publish(text.replace("avoid email", "avoid letter"))
    assert [task.kind for task in stage.artifact().body.talk.tasks] == ["rule_tie", "rule_tie"]
    stage.curtain()
