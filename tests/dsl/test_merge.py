"""Exceptions, ranks and ties; and which rules are looked at at all."""

from dsl.effects import Avoid, Deliver
from tests.dsl.support import asked, book, customer, judged, rule

YES = "customer.age is known"
SOMEONE = customer(age=44)


def results(text: str) -> dict[str, tuple[str, object]]:
    return {row.rule: (row.result, row.detail) for row in judged(text, SOMEONE).rows}


def test_an_exception_that_matches_silences_its_rule() -> None:
    text = rule(YES, "block", name="Base") + rule(YES, name="But", meta='exception to "Base"')
    assert results(text) == {"Base": ("SILENCED", "But"), "But": ("FIRED", None)}
    assert [one.rule for one in judged(text, SOMEONE).fired] == ["But"]


def test_an_exception_that_does_not_match_leaves_its_rule() -> None:
    text = rule(YES, "block", name="Base") + rule("claim is open", name="But", meta='exception to "Base"')
    assert results(text) == {"Base": ("FIRED", None), "But": ("NOT_MET", 1)}


def test_an_exception_that_is_silenced_itself_silences_nothing() -> None:
    text = (
        rule(YES, "block", name="Base")
        + rule(YES, name="But", meta='exception to "Base"')
        + rule(YES, "avoid sms", name="Unless", meta='exception to "But"')
    )
    assert results(text) == {
        "Base": ("FIRED", None),
        "But": ("SILENCED", "Unless"),
        "Unless": ("FIRED", None),
    }


def test_rank_is_priority_then_specificity_then_name() -> None:
    text = (
        'message rule "D" then avoid sms end\n'
        'message rule "C" for category marketing then avoid sms end\n'
        'message rule "B" for topic cross_sell then avoid sms end\n'
        'message rule "A" for topic cross_sell then avoid sms end\n'
        'message rule "Z" priority 90 then avoid sms end\n'
    )
    fired = sorted(judged(text).fired, key=lambda one: one.rank)
    assert [one.rule for one in fired] == ["Z", "A", "B", "C", "D"]


def test_rules_of_equal_rank_that_disagree_are_a_tie() -> None:
    text = rule(YES, "deliver by sms", name="A") + rule(YES, "deliver by app", name="B")
    assert judged(text, SOMEONE).ties == (("A", "B"),)


def test_rules_of_equal_rank_that_agree_are_none() -> None:
    text = rule(YES, 'deliver by sms because "x"', name="A") + rule(YES, "deliver by sms", name="B")
    assert judged(text, SOMEONE).ties == ()
    apart = rule(YES, "deliver by sms", name="A", meta="priority 60") + rule(YES, "deliver by app", name="B")
    assert judged(apart, SOMEONE).ties == ()


def test_only_rules_about_the_topic_are_looked_at() -> None:
    text = (
        'message rule "A" for topic survey then block end\n'
        'message rule "B" for category service then block end\n'
        'message rule "C" when message.topic is survey then block end\n'
        'message rule "D" when message.category is marketing then avoid sms end\n'
    )
    assert [row.rule for row in judged(text).rows] == ["D"]
    assert [row.rule for row in judged(text, message=asked("survey")).rows] == ["A", "C", "D"]


def test_a_rule_outside_its_days_says_so_with_number_0_and_when_that_ends() -> None:
    text = rule(YES, meta="valid from 3 March 2026 to 4 March 2026")
    verdict = judged(text, SOMEONE)
    assert [(row.result, row.detail) for row in verdict.rows] == [("NOT_MET", 0)]
    assert verdict.flips_at is not None
    begun = judged(text, SOMEONE, now=verdict.flips_at)
    assert begun.fired
    assert begun.flips_at is not None
    assert judged(text, SOMEONE, now=begun.flips_at).fired == ()


def test_the_face_of_a_rule_has_the_words_of_its_author() -> None:
    text = rule(
        "customer.age is known\n  and   (claim is open or claim is refused)",
        'avoid sms because "No" in Spanish "Que no"',
        meta='owner "Care" agent may release',
    )
    face = book(text).rules["R"]
    assert face.conditions == ("customer.age is known", "claim is open or claim is refused")
    assert face.because == {"en": "No", "es": "Que no"}
    assert (face.owner, face.agent_may_release) == ("Care", True)


def test_several_effects_keep_their_order() -> None:
    [fired] = judged(rule(YES, "deliver by app, sms and avoid push"), SOMEONE).fired
    assert [type(effect) for effect in fired.effects] == [Deliver, Avoid]
