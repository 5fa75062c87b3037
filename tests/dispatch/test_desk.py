"""What a process has in its head: who is put off and until when, who waits for room, what was answered."""

from functools import partial

from artifact.channel import Channel
from artifact.customer import Body
from artifact.facts import Alias, AliasKind, Facts
from artifact.instant import SECOND
from artifact.message import Delivery, DeliveryState
from channels.port import OTHER_WORDS, Certainty, Handover, HandoverState
from dispatch.agenda import address_of, ready, sending
from dispatch.desk import Desk
from dispatch.outcome import Answer, Report, after_hand_over, event_of
from dispatch.settings import DispatchSettings
from dispatch.slots import Slots
from tests.dispatch.world import NOON

SETTINGS = DispatchSettings()
DELIVERY = Delivery("m_1-SMS", Channel.SMS, DeliveryState.SENDING, attempts=1, intent_at=NOON)


def test_who_is_put_off_is_left_alone_until_her_instant() -> None:
    desk = Desk()
    desk.looking_at("ada")
    desk.put_off("ada", NOON, version=3)
    desk.looked_at("ada")
    assert desk.is_put_off("ada", NOON - 1)
    assert not desk.is_put_off("ada", NOON)
    assert (desk.turns(NOON - 1), desk.turns(NOON)) == ([], ["ada"])
    assert (desk.next_turn(NOON - 1), desk.next_turn(NOON)) == (NOON, None)


def test_only_a_version_that_was_not_looked_at_is_news() -> None:
    desk = Desk()
    desk.looking_at("ada")
    desk.put_off("ada", NOON, version=3)
    desk.changed("ada", 3)
    assert desk.turns(0) == []
    desk.changed("ada", 4)
    assert desk.turns(0) == ["ada"]


def test_what_changes_while_she_is_looked_at_is_not_lost() -> None:
    desk = Desk()
    for news in (partial(desk.changed, "ada", 4), desk.changed_all, partial(desk.hurry, "ada")):
        desk.looking_at("ada")
        news()
        desk.put_off("ada", NOON, version=3)
        assert desk.turns(0) == ["ada"]


def test_a_gap_in_what_is_watched_gives_everyone_a_turn() -> None:
    desk = Desk()
    for customer in ("ada", "bea"):
        desk.looking_at(customer)
        desk.put_off(customer, NOON, version=3)
    desk.changed_all()
    assert desk.turns(0) == ["ada", "bea"]


def test_nothing_is_remembered_of_who_is_neither_put_off_nor_looked_at() -> None:
    desk = Desk()
    desk.looking_at("ada")
    desk.looked_at("ada")
    desk.changed("ada", 9)
    desk.keep_answers("ada", [])
    assert desk.turns(NOON) == []
    assert vars(desk) == vars(Desk())


def test_an_answer_is_about_one_attempt_and_forgotten_with_it() -> None:
    desk = Desk()
    answer = Answer(1, Handover(HandoverState.UNKNOWN))
    desk.answered("ada", DELIVERY.id, answer)
    assert desk.answer("ada", DELIVERY) is answer
    assert desk.answer("ada", Delivery(DELIVERY.id, Channel.SMS, attempts=2)) is None
    desk.keep_answers("ada", [])
    assert desk.answer("ada", DELIVERY) is None


def test_room_is_bounded_for_each_channel_by_itself_and_given_in_turn() -> None:
    slots = Slots(1)
    assert slots.take(Channel.SMS, "eve")
    assert not slots.take(Channel.SMS, "eve")
    assert slots.take(Channel.EMAIL, "eve")
    for customer in ("ada", "bea", "ada"):
        slots.wait(Channel.SMS, customer)
    assert (slots.waiting, slots.called_up()) == (2, [])
    slots.give_back(Channel.SMS)
    assert slots.called_up() == ["ada"]
    assert not slots.take(Channel.SMS, "cleo"), "it is kept for ada"
    slots.turn_over("ada")
    assert slots.called_up() == ["bea"]
    assert slots.take(Channel.SMS, "bea")
    assert slots.called_up() == []
    assert slots.waiting == 0


def test_she_is_addressed_by_what_was_learned_last() -> None:
    facts = Facts(aliases=tuple(Alias(AliasKind.PHONE, v) for v in ("old", "new")))
    assert address_of(facts, Channel.SMS) == address_of(facts, Channel.PHONE) == "new"
    assert address_of(facts, Channel.EMAIL) is address_of(facts, Channel.LETTER) is None


def test_of_an_empty_artifact_nothing_is_asked() -> None:
    assert ready(Body(), NOON) == sending(Body()) == ()


def test_delays_double_up_to_the_longest() -> None:
    delays = [SETTINGS.delay(n) // SECOND for n in (1, 2, 3, 9, 10, 1_000)]
    assert delays == [2, 4, 8, 512, 600, 600]


def test_the_words_are_only_vouched_for_where_they_are_what_she_got() -> None:
    def told(detail: str) -> Report | None:
        handover = Handover(HandoverState.HANDED_OVER, detail)
        return after_hand_over(handover, DELIVERY, Certainty.IDEMPOTENT, "hash", SETTINGS)

    assert told("") == Report("delivery.handed_over", {"text": "hash"})
    assert told(OTHER_WORDS) == Report("delivery.handed_over", {"detail": OTHER_WORDS})


def test_the_id_of_an_outcome_follows_from_the_attempt() -> None:
    event = event_of("ada", DELIVERY, Report("delivery.in_doubt"), NOON)
    assert event.id == "m_1-SMS/1/in_doubt"
    assert event.data == {"delivery": "m_1-SMS", "attempt": 1}
