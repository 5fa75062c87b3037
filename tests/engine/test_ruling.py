"""What rules that fired say together: one value by rank, unions elsewhere, put together once for the same rules."""

import pytest

from artifact.channel import Channel, Urgency
from artifact.span import Span, Unit
from dsl.effects import Avoid, Block, Deliver, Propagate, RequireProof, SetUrgency
from dsl.rulebook import Topic
from dsl.verdict import Fired
from engine import ruling as kept_here
from engine.ruling import Ruling, ruling_of

APP, SMS, EMAIL, LETTER = Channel.APP, Channel.SMS, Channel.EMAIL, Channel.LETTER
DAY, HOUR = Span(1, Unit.DAY), Span(1, Unit.HOUR)
TOPIC = Topic(
    name="invoice",
    category="billing",
    basis="contract",
    urgency=Urgency.NORMAL,
    channels=(APP, SMS, EMAIL),
    lives_for=DAY,
)


def ruled(*fired: Fired) -> Ruling:
    return ruling_of(TOPIC, fired)


def test_of_one_value_the_rule_of_lowest_rank_says_it_in_whatever_order_they_fired() -> None:
    low, high = (
        Fired("Low", 2, (SetUrgency(Urgency.LOW),)),
        Fired("High", 1, (SetUrgency(Urgency.HIGH), Block())),
    )
    for said in (ruled(low, high), ruled(high, low)):
        assert (said.urgency, said.block) == (Urgency.HIGH, "High")


def test_channels_are_those_of_the_topic_less_what_is_avoided_in_the_order_of_the_rule_that_gives_one() -> (
    None
):
    assert ruled().channels == (APP, SMS, EMAIL)
    ordered = Fired("Order", 1, (Deliver((LETTER, EMAIL, APP)),))
    assert ruled(ordered).channels == (EMAIL, APP)
    said = ruled(ordered, Fired("No app", 2, (Avoid((APP,)),)))
    assert (said.channels, said.chosen) == ((EMAIL,), True)


def test_an_added_channel_comes_at_its_earliest_delay_and_not_at_all_where_it_is_avoided() -> None:
    late, soon = (
        Fired("Late", 1, (Propagate((LETTER, SMS), DAY),)),
        Fired("Soon", 2, (Propagate((LETTER,), HOUR),)),
    )
    assert ruled(late, soon).extras == ((LETTER, HOUR), (SMS, DAY))
    assert ruled(late, soon, Fired("No letter", 3, (Avoid((LETTER,)),))).extras == ((SMS, DAY),)


def test_demands_of_proof_unite_and_an_empty_one_is_a_demand_too() -> None:
    by_letter, by_sms = (
        Fired("Letter", 1, (RequireProof((LETTER,)),)),
        Fired("Text", 2, (RequireProof((SMS, LETTER)),)),
    )
    assert ruled(by_letter, by_sms).proof == (LETTER, SMS)
    assert (ruled(Fired("Any", 1, (RequireProof(),))).proof, ruled().proof) == ((), None)


def test_the_same_rules_give_the_same_ruling_and_equal_rules_of_another_rulebook_one_of_their_own() -> None:
    one, other = (Fired("No text", 1, (Avoid((SMS,)),)),), (Fired("No text", 1, (Avoid((SMS,)),)),)
    assert ruling_of(TOPIC, one) is ruling_of(TOPIC, one)
    assert ruling_of(TOPIC, one) is not ruling_of(TOPIC, other)


def test_what_is_kept_is_bounded_and_right_after_it_was_let_go() -> None:
    for n in range(kept_here._MOST + 10):
        said = ruled(Fired(f"Rule {n}", n, (SetUrgency(Urgency.LOW),)))
        assert said.urgency is Urgency.LOW
    assert len(kept_here._kept) <= kept_here._MOST


def test_a_mark_is_that_of_all_that_is_said_however_often_the_rules_were_made() -> None:
    def marks() -> list[int]:
        low, silent = SetUrgency(Urgency.LOW), Avoid((SMS,))
        fired = (Fired("A", 1, (low,)), Fired("B", 2, (silent,)), Fired("B", 2, (silent,), False))
        mixtures = [(), *((one,) for one in fired), fired[:2], (fired[0], fired[2])]
        return [ruling_of(TOPIC, mixture).mark for mixture in mixtures]

    assert marks() == marks()
    assert len({*marks(), 0}) == 7


def test_no_more_marks_are_kept_than_there_may_be_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_here, "_MOST_MARKS", 3)
    monkeypatch.setattr(kept_here, "_marks", {})
    fired = tuple(Fired(f"Rule {n}", n, ()) for n in range(10))
    first = [ruling_of(TOPIC, (one,)).mark for one in fired]
    assert len(kept_here._marks) <= 3
    assert [ruling_of(TOPIC, (one,)).mark for one in fired] == first


def test_the_mark_tells_what_is_said_and_not_how_many_rules_there_are() -> None:
    avoid, block = Fired("Avoid", 1, (Avoid((SMS,)),)), Fired("Block", 2, (Block(),))
    mark = ruled(avoid, block).mark
    assert ruled(Fired("Avoid", 3, avoid.effects), Fired("Block", 9, block.effects)).mark == mark
    others = [
        ruled(),
        ruled(avoid),
        ruled(Fired("Avoid", 1, (Avoid((EMAIL,)),)), block),
        ruled(Fired("Avoid", 1, avoid.effects, holding=False), block),
        ruled(Fired("Shun", 1, avoid.effects), block),
    ]
    assert len({mark, *(one.mark for one in others)}) == 6
