"""Claims about messages, rulebooks and publications."""

import asyncio

import pytest

from artifact.errors import ErrorCode, InputError
from artifact.instant import SECOND
from artifact.message import MessageState
from store.port import MessageFilter, Store
from tests.store.making import (
    NOON,
    committed,
    message_row,
    step,
    with_state,
)


async def ids_of(store: Store, where: MessageFilter, first: int = 100) -> list[str]:
    return [row.id for row in (await store.messages(where, first)).items]


class MessageContract:
    """Messages by id and across customers."""

    async def test_a_message_is_found_by_id_in_its_newest_state(self, store: Store) -> None:
        row = message_row("ada", "m1", 1)
        await committed(store, step("ada", 0, messages=[row]))
        assert await store.message("m1") == row
        newer = with_state(row, 2, MessageState.EXPIRED, reason="TOO_LATE", rule="R1", category="offer")
        await committed(store, step("ada", 1, messages=[newer]))
        assert await store.message("m1") == newer
        assert await store.message("m2") is None

    async def test_of_two_states_in_one_step_the_last_counts(self, store: Store) -> None:
        row = message_row("ada", "m1", 1)
        last = with_state(row, 2, MessageState.READY)
        await committed(store, step("ada", 0, "e1", "e2", messages=[row, last]))
        assert await store.message("m1") == last
        assert await ids_of(store, MessageFilter()) == ["m1"]

    async def test_messages_come_newest_received_first_and_ties_by_id(self, store: Store) -> None:
        received = {"m1": 3, "m2": 1, "m3": 2, "m5": 2, "m4": 2}
        rows = [message_row("ada", id, 1, received_at=NOON + at) for id, at in received.items()]
        await committed(store, step("ada", 0, messages=rows))
        assert await ids_of(store, MessageFilter()) == ["m1", "m3", "m4", "m5", "m2"]

    async def test_a_message_asked_for_again_is_listed_by_when_that_was(self, store: Store) -> None:
        first = [message_row("ada", id, 1, received_at=NOON + at) for id, at in {"m1": 1, "m2": 2}.items()]
        await committed(store, step("ada", 0, "e1", messages=first))
        again = message_row("ada", "m1", 2, received_at=NOON + 3)
        await committed(store, step("ada", 1, "e2", messages=[again]))
        assert await ids_of(store, MessageFilter()) == ["m1", "m2"]
        assert await ids_of(store, MessageFilter(since=NOON + 3)) == ["m1"]
        assert await store.message("m1") == again

    async def test_pages_of_messages_have_no_hole_and_no_double(self, store: Store) -> None:
        rows = [message_row("ada", f"m{i:02}", 1, received_at=NOON + i // 4) for i in range(20)]
        await committed(store, step("ada", 0, messages=rows))
        for where in (MessageFilter(), MessageFilter(customer_id="ada", states=tuple(MessageState))):
            found: list[str] = []
            after = None
            while True:
                page = await store.messages(where, 3, after)
                found += [row.id for row in page.items]
                after = page.after
                if after is None:
                    break
            assert found == await ids_of(store, where)
            assert len(set(found)) == 20

    async def test_each_condition_of_a_filter_counts(self, store: Store) -> None:
        await committed(
            store,
            step(
                "ada",
                0,
                messages=[
                    message_row("ada", "m1", 1, topic="bill", rule="R1", received_at=NOON + 5),
                    message_row("ada", "m2", 1, category="offer", reason="QUIET", received_at=NOON + 6),
                ],
            ),
            step("bea", 0, messages=[message_row("bea", "m3", 1, state=MessageState.READY)]),
        )
        ready, waiting = MessageState.READY, MessageState.WAITING
        expected = {
            MessageFilter(customer_id="ada"): ["m2", "m1"],
            MessageFilter(customer_id="nobody"): [],
            MessageFilter(topic="bill"): ["m1"],
            MessageFilter(category="offer"): ["m2"],
            MessageFilter(states=(ready,)): ["m3"],
            MessageFilter(states=(ready, waiting)): ["m2", "m1", "m3"],
            MessageFilter(states=(ready, ready)): ["m3"],
            MessageFilter(states=()): [],
            MessageFilter(rule="R1"): ["m1"],
            MessageFilter(reason="QUIET"): ["m2"],
            MessageFilter(reason=""): ["m1", "m3"],
            MessageFilter(since=NOON + 5): ["m2", "m1"],
            MessageFilter(before=NOON + 5): ["m3"],
            MessageFilter(since=NOON + 5, before=NOON + 6): ["m1"],
            MessageFilter(customer_id="ada", states=(waiting,), topic="claim"): ["m2"],
            MessageFilter(customer_id="ada", rule="R1", category="offer"): [],
        }
        assert {where: await ids_of(store, where) for where in expected} == expected

    async def test_a_listing_follows_the_newest_state(self, store: Store) -> None:
        row = message_row("ada", "m1", 1, rule="R1")
        await committed(store, step("ada", 0, messages=[row]))
        await committed(
            store, step("ada", 1, messages=[with_state(row, 2, MessageState.READY, rule=None, reason="NOW")])
        )
        assert await ids_of(store, MessageFilter(states=(MessageState.WAITING,))) == []
        assert await ids_of(store, MessageFilter(rule="R1")) == []
        assert await ids_of(store, MessageFilter(states=(MessageState.READY,), reason="NOW")) == ["m1"]

    @pytest.mark.parametrize("wrong", ["", "zzz", "AAAA", "\u00e9", "k8QGYWJjZGVmAKJtMQ"])
    async def test_a_cursor_of_nobody_is_refused(self, store: Store, wrong: str) -> None:
        with pytest.raises(InputError) as refused:
            await store.messages(MessageFilter(), 3, wrong)
        assert refused.value.code is ErrorCode.CURSOR_INVALID

    async def test_a_cursor_of_another_listing_is_refused(self, store: Store) -> None:
        await committed(store, step("ada", 0, messages=[message_row("ada", f"m{i}", 1) for i in range(3)]))
        after = (await store.messages(MessageFilter(topic="claim"), 1)).after
        assert after is not None
        with pytest.raises(InputError) as refused:
            await store.messages(MessageFilter(), 1, after)
        assert refused.value.code is ErrorCode.CURSOR_INVALID


class RulebookContract:
    """Saved texts and publications."""

    async def test_rulebooks_are_numbered_in_the_order_of_saving(self, store: Store) -> None:
        for id in "abc":
            await store.save_rulebook(f"text {id}", "eva", id, f"rev-{id}")
        first = await store.rulebook("a")
        assert first is not None
        assert (first.number, first.text, first.author, first.revision) == (1, "text a", "eva", "rev-a")
        assert [row.id for row in await store.rulebooks(2)] == ["c", "b"]
        assert [row.id for row in await store.rulebooks(2, after=2)] == ["a"]
        assert await store.rulebooks(2, after=1) == []

    async def test_the_same_id_again_is_the_first_row(self, store: Store) -> None:
        first = await store.save_rulebook("text", "eva", "a", None)
        assert await store.save_rulebook("other", "bob", "a", "rev") == first
        assert (await store.save_rulebook("text", "eva", "b", None)).number == 2
        assert len(await store.rulebooks(10)) == 2

    async def test_texts_saved_at_once_have_numbers_of_their_own(self, store: Store) -> None:
        saved = await asyncio.gather(*[store.save_rulebook("t", "eva", f"r{i}", None) for i in range(8)])
        assert sorted(row.number for row in saved) == list(range(1, 9))

    async def test_whoever_has_not_seen_the_newest_text_keeps_nothing(self, store: Store) -> None:
        first = await store.save_rulebook("text", "eva", "a", None, 0)
        with pytest.raises(InputError) as refused:
            await store.save_rulebook("text", "bob", "b", None, 0)
        assert refused.value.code is ErrorCode.EDIT_CONFLICT
        assert await store.rulebook("b") is None
        assert (await store.save_rulebook("text", "bob", "b", None, 1)).number == 2
        assert await store.save_rulebook("text", "eva", "a", None, 0) == first, "a retry is no conflict"

    async def test_an_unknown_rulebook_is_none(self, store: Store) -> None:
        assert await store.rulebook("a") is None
        assert await store.rulebooks(10) == []

    async def test_epochs_count_up_and_the_slower_of_two_publishers_is_told(self, store: Store) -> None:
        assert await store.publications() == []
        first = await store.publish("a", "rev-a", NOON, "eva", 0)
        assert first is not None
        assert first.epoch == 1
        assert await store.publish("b", "rev-b", NOON, "bob", 0) is None
        assert await store.publish("b", "rev-b", NOON, "bob", 5) is None
        second = await store.publish("b", "rev-b", NOON + SECOND, "bob", 1, "call 7")
        assert second is not None
        assert second.call == "call 7"
        assert await store.publications() == [first, second]

    async def test_of_publishers_at_once_one_wins(self, store: Store) -> None:
        answers = await asyncio.gather(*[store.publish(f"r{i}", "rev", NOON, "eva", 0) for i in range(8)])
        assert len([answer for answer in answers if answer]) == 1
        assert await store.publications() == [answer for answer in answers if answer]
