"""The state of a message from the states of its deliveries: the whole table, pair by pair, and its laws."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import PLACES, Channel
from artifact.message import Delivery, DeliveryState, MessageState
from artifact.states import (
    LEFT_STATES,
    PAIRS,
    REACHED_STATES,
    STANDING,
    Standing,
    standing_of,
    state_of,
)

S, M = DeliveryState, MessageState
_OPEN = None
UNDER_WAY, REACHED, FAILED = M.UNDER_WAY, M.REACHED, M.FAILED

ALONE = {
    S.PLANNED: _OPEN,
    S.SENDING: UNDER_WAY,
    S.HANDED_OVER: UNDER_WAY,
    S.DELIVERED: REACHED,
    S.SEEN: REACHED,
    S.CLICKED: REACHED,
    S.DISMISSED: REACHED,
    S.TOLD: REACHED,
    S.WITHDRAWN: _OPEN,
    S.FAILED: FAILED,
    S.IN_DOUBT: UNDER_WAY,
}
_SEEN = (S.SEEN, S.CLICKED, S.DISMISSED, S.TOLD)
_OUT = (S.SENDING, S.HANDED_OVER, S.IN_DOUBT)


def expected(one: DeliveryState, other: DeliveryState) -> MessageState | None:
    """Two deliveries, in words: she saw one, or one is out, or both are settled alike."""
    pair = {one, other}
    if pair & set(_SEEN):
        return REACHED
    if pair & set(_OUT):
        return UNDER_WAY
    if S.DELIVERED in pair:
        return UNDER_WAY if S.PLANNED in pair else REACHED
    if S.PLANNED in pair:
        return _OPEN
    return FAILED if S.FAILED in pair else _OPEN


@pytest.mark.parametrize(("one", "other"), list(product(S, S)))
def test_each_pair_of_deliveries_makes_the_state_that_the_words_say(
    one: DeliveryState, other: DeliveryState
) -> None:
    deliveries = (Delivery("m-SMS", Channel.SMS, one), Delivery("m-EMAIL", Channel.EMAIL, other))
    assert state_of(deliveries) == expected(one, other)


@pytest.mark.parametrize("state", S)
def test_each_delivery_alone_makes_its_own_state(state: DeliveryState) -> None:
    assert state_of([Delivery("m-SMS", Channel.SMS, state)]) == ALONE[state]


def test_a_place_that_was_fetched_and_not_seen_keeps_the_message_under_way() -> None:
    fetched = Delivery("m-APP", Channel.APP, S.DELIVERED)
    assert state_of([fetched]) is M.UNDER_WAY
    assert state_of([fetched, Delivery("m-SMS", Channel.SMS, S.SEEN)]) is M.REACHED


def test_no_delivery_leaves_the_state_to_the_plan() -> None:
    assert state_of(()) is None
    assert standing_of(()) is Standing.GONE


@pytest.mark.parametrize(("one", "other"), list(product(Standing, Standing)))
def test_the_join_is_whole_and_commutative(one: Standing, other: Standing) -> None:
    assert PAIRS[one, other] is PAIRS[other, one]


def test_the_join_is_associative() -> None:
    for one, two, three in product(Standing, Standing, Standing):
        assert PAIRS[PAIRS[one, two], three] is PAIRS[one, PAIRS[two, three]]


@pytest.mark.parametrize("one", Standing)
def test_gone_is_neutral_and_joining_the_same_twice_changes_nothing(one: Standing) -> None:
    assert PAIRS[Standing.GONE, one] is one
    assert PAIRS[one, one] is one


def test_every_delivery_state_has_a_standing() -> None:
    assert set(STANDING) == set(S)
    assert set(_SEEN) == REACHED_STATES
    assert set(S) - LEFT_STATES == {S.PLANNED, S.WITHDRAWN}


@given(
    st.lists(st.sampled_from(list(S)), max_size=8).flatmap(
        lambda s: st.tuples(st.just(s), st.permutations(s))
    )
)
def test_any_number_of_deliveries_joins_to_one_state_in_any_order(
    both: tuple[list[DeliveryState], list[DeliveryState]],
) -> None:
    assert standing_of(both[0]) is standing_of(both[1])


@pytest.mark.parametrize("proof", S)
def test_a_proof_still_due_keeps_a_message_under_way_although_another_was_seen(proof: DeliveryState) -> None:
    due = {S.PLANNED, S.SENDING, S.HANDED_OVER, S.IN_DOUBT}
    deliveries = (
        Delivery("m-APP", Channel.APP, S.SEEN),
        Delivery("m-LETTER", Channel.LETTER, proof, proof=True),
    )
    assert state_of(deliveries) is (UNDER_WAY if proof in due else REACHED)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_what_a_place_was_asked_for_is_under_way_until_she_sees_it(place: Channel) -> None:
    states = {state: state_of([Delivery(f"m-{place}", place, state)]) for state in (S.DELIVERED, S.SEEN)}
    assert states == {S.DELIVERED: UNDER_WAY, S.SEEN: REACHED}
