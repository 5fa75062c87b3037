"""The contract of a store as claims, the same for every store. A new store subclasses StoreContract.

Each test gets a fresh `store`. What only one store can show (files, locks, networks) stands beside that store.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from artifact.decision import EventStatus
from artifact.errors import ErrorCode, InputError
from artifact.event import EventKey
from artifact.instant import SECOND
from artifact.message import MessageState
from store.port import Change, CommitResult, Due, MessageFilter, Page, Store, Totals, Want
from tests.store.making import (
    NOON,
    SOURCE,
    body,
    committed,
    entry,
    known,
    message_row,
    step,
    with_state,
)

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


async def ids_of(store: Store, where: MessageFilter, first: int = 100) -> list[str]:
    return [row.id for row in (await store.messages(where, first)).items]


class CommitContract:
    """Artifacts, versions, the log."""

    async def test_nothing_is_known_of_a_customer_nobody_committed(self, store: Store) -> None:
        [loaded] = await store.load([Want("ada", (EventKey(SOURCE, "e1"),))])
        assert loaded.artifact is None
        assert loaded.known == {}
        assert await store.artifact("ada") is None
        assert await store.history("ada") == []
        assert await store.snapshots("ada") == []
        assert await store.snapshot("ada", 1) is None
        assert await store.events("ada", SOURCE, "e1") is None

    async def test_what_was_committed_is_read_back_equal(self, store: Store) -> None:
        commit = step("ada", 0, "e1", None, "e2", due=NOON + 5, epoch=3)
        await committed(store, commit)
        assert await store.artifact("ada") == commit.artifact
        assert (await store.load([Want("ada")]))[0].artifact == commit.artifact
        assert await store.history("ada") == list(commit.entries)
        assert await store.events("ada", SOURCE, "e2") == commit.entries[2]

    async def test_a_later_step_replaces_the_artifact_and_adds_to_the_log(self, store: Store) -> None:
        await committed(store, step("ada", 0, "e1", due=NOON))
        await committed(store, second := step("ada", 1, "e2"))
        assert await store.artifact("ada") == second.artifact
        assert [e.n for e in await store.history("ada")] == [1, 2]

    async def test_a_conflict_leaves_nothing_behind_and_does_not_touch_the_others(self, store: Store) -> None:
        await committed(store, first := step("ada", 0, "e1"))
        stale = step("ada", 0, "e2", messages=[message_row("ada", "m1", 1)], snapshot=True, due=NOON)
        ahead = step("ada", 7, "e3")
        assert await store.commit([step("bea", 0, "e1"), stale, ahead, step("cleo", 0, "e1")]) == [
            COMMITTED,
            CONFLICT,
            CONFLICT,
            COMMITTED,
        ]
        assert await store.artifact("ada") == first.artifact
        assert await store.history("ada") == list(first.entries)
        assert await known(store, "ada", "e2", "e3") == {}
        assert await store.message("m1") is None
        assert await store.snapshots("ada") == []
        assert await store.due(NOON, 10) == []
        assert (await store.artifact("cleo")) is not None

    async def test_a_step_on_a_customer_who_is_not_there_is_a_conflict(self, store: Store) -> None:
        assert await store.commit([step("ada", 3, "e1")]) == [CONFLICT]
        assert await store.artifact("ada") is None

    async def test_two_steps_of_one_customer_in_a_group_follow_each_other(self, store: Store) -> None:
        await committed(store, step("ada", 0, "e1"), step("ada", 1, "e2"), step("ada", 2, "e3"))
        assert [e.n for e in await store.history("ada")] == [1, 2, 3]

    async def test_no_commit_is_no_work(self, store: Store) -> None:
        assert await store.commit([]) == []
        assert await store.load([]) == []

    @pytest.mark.parametrize("wrong", ["no entries", "a gap", "another version", "another customer"])
    async def test_a_step_that_does_not_hang_together_is_our_fault(self, store: Store, wrong: str) -> None:
        good = step("ada", 0, "e1")
        bad = {
            "no entries": lambda: good.__replace__(entries=()),
            "a gap": lambda: good.__replace__(entries=(entry("ada", 2, "e1"),)),
            "another version": lambda: good.__replace__(artifact=step("ada", 1, "e1").artifact),
            "another customer": lambda: good.__replace__(artifact=step("bea", 0, "e1").artifact),
        }[wrong]()
        with pytest.raises(ValueError, match=r"entries|artifact"):
            await store.commit([step("cleo", 0, "e1"), bad])
        assert await store.artifact("cleo") is None

    async def test_of_many_who_commit_at_once_each_version_has_one_winner(self, store: Store) -> None:
        async def submit(id: str) -> None:
            while True:
                [loaded] = await store.load([Want("ada")])
                version = loaded.artifact.version if loaded.artifact else 0
                if await store.commit([step("ada", version, id)]) == [COMMITTED]:
                    return
                await asyncio.sleep(0)

        ids = [f"e{i}" for i in range(16)]
        await asyncio.gather(*map(submit, ids))
        log = await store.history("ada")
        assert [e.n for e in log] == list(range(1, 17))
        assert sorted(e.event.id for e in log if e.event) == sorted(ids)

    async def test_ids_may_hold_any_text(self, store: Store) -> None:
        odd = [
            "a/b#1",
            "a/b",
            "$where",
            "a.b",
            "\u00e4\u4e2d\U0001f600",
            "a\nb",
            "'; DROP TABLE log; --",
            "0",
        ]
        await committed(store, *[step(id, 0, id, messages=[message_row(id, f"m-{id}", 1)]) for id in odd])
        for id in odd:
            assert await known(store, id, id) == {id: 1}
            row = await store.message(f"m-{id}")
            assert row is not None
            assert row.customer_id == id
        assert (await store.customers()).items == tuple(sorted(odd))


class LogContract:
    """What is known of events, and the history."""

    async def test_an_event_in_the_log_is_known_for_ever(self, store: Store) -> None:
        for n in range(0, 120, 2):
            await committed(store, step("ada", n, f"e{n}", f"e{n + 1}"))
        assert await known(store, "ada", "e0", "e1", "e119", "never") == {"e0": 1, "e1": 2, "e119": 120}

    async def test_a_known_event_tells_its_content_and_its_answer(self, store: Store) -> None:
        await committed(store, commit := step("ada", 0, "e1"))
        [loaded] = await store.load([Want("ada", (EventKey(SOURCE, "e1"),))])
        found = loaded.known[EventKey(SOURCE, "e1")]
        assert (found.n, found.content, found.status) == (1, commit.entries[0].content, EventStatus.LATE)

    async def test_the_same_id_of_another_source_or_customer_is_another_event(self, store: Store) -> None:
        await committed(store, step("ada", 0, "e1"), step("bea", 0, "e2"))
        [loaded] = await store.load([Want("ada", (EventKey("other", "e1"), EventKey(SOURCE, "e2")))])
        assert loaded.known == {}

    async def test_many_are_loaded_in_the_order_asked(self, store: Store) -> None:
        await committed(store, step("ada", 0, "e1"), step("bea", 0, "e1", "e2"))
        key = EventKey(SOURCE, "e2")
        loaded = await store.load(
            [Want("bea", (key,)), Want("nobody", (key,)), Want("ada", (key,)), Want("bea")]
        )
        assert [found.artifact and found.artifact.customer_id for found in loaded] == [
            "bea",
            None,
            "ada",
            "bea",
        ]
        assert [list(found.known) for found in loaded] == [[key], [], [], []]

    async def test_history_is_read_in_pieces_without_a_hole_or_a_double(self, store: Store) -> None:
        for n in range(10):
            await committed(store, step("ada", n, f"e{n}"))
        pieces = [await store.history("ada", after, 3) for after in (0, 3, 6, 9, 10, 99)]
        assert [[e.n for e in piece] for piece in pieces] == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10], [], []]

    async def test_snapshots_are_kept_beside_the_log(self, store: Store) -> None:
        await committed(store, step("ada", 0, "e1", "e2", snapshot=True))
        await committed(store, step("ada", 2, "e3"))
        await committed(store, last := step("ada", 3, "e4", snapshot=True))
        assert await store.snapshots("ada") == [2, 4]
        assert await store.snapshot("ada", 4) == last.snapshot
        assert await store.snapshot("ada", 3) is None


class ListingContract:
    """Customers, what is due, what is behind."""

    async def test_customers_are_listed_by_the_bytes_of_their_ids(self, store: Store) -> None:
        ids = ["b", "a", "B", "\u00e9", "z", "\U0001f600", "\uffee"]
        await committed(store, *[step(id, 0) for id in ids])
        expected = sorted(ids, key=str.encode)
        found: list[str] = []
        page: Page[str] = await store.customers(limit=3)
        while page.after is not None:
            found += page.items
            page = await store.customers(page.after, 3)
        assert [*found, *page.items] == expected

    async def test_the_last_page_says_so_even_when_it_is_full(self, store: Store) -> None:
        await committed(store, step("a", 0), step("b", 0))
        assert await store.customers(limit=2) == Page(("a", "b"))
        assert await store.customers(limit=1) == Page(("a",), after="a")

    async def test_what_is_due_comes_earliest_first_and_its_own_instant_included(self, store: Store) -> None:
        await committed(
            store,
            step("ada", 0, due=NOON + 2),
            step("bea", 0, due=NOON),
            step("cleo", 0),
            step("dora", 0, due=NOON + 3),
            step("early", 0, due=-5),
        )
        assert await store.due(NOON + 2, 10) == [Due("early", -5), Due("bea", NOON), Due("ada", NOON + 2)]
        assert await store.due(NOON + 2, 2) == [Due("early", -5), Due("bea", NOON)]

    async def test_due_follows_the_artifact(self, store: Store) -> None:
        await committed(store, step("ada", 0, due=NOON), step("bea", 0, due=NOON))
        await committed(store, step("ada", 1, due=NOON + 10), step("bea", 1))
        assert await store.due(NOON, 10) == []
        assert await store.due(NOON + 10, 10) == [Due("ada", NOON + 10)]

    async def test_behind_are_those_last_decided_under_an_older_publication(self, store: Store) -> None:
        await committed(store, step("ada", 0, epoch=1), step("bea", 0, epoch=2), step("cleo", 0))
        assert sorted(await store.behind(2, 10)) == ["ada", "cleo"]
        assert len(await store.behind(2, 1)) == 1
        await committed(store, step("ada", 1, epoch=2))
        assert await store.behind(2, 10) == ["cleo"]

    async def test_totals_count_customers_entries_and_messages(self, store: Store) -> None:
        assert await store.totals() == Totals(0, 0, 0)
        row = message_row("ada", "m1", 1)
        await committed(store, step("ada", 0, "e1", "e2", messages=[row, message_row("ada", "m2", 2)]))
        await committed(store, step("bea", 0, "e1"))
        await committed(store, step("ada", 2, messages=[with_state(row, 3, MessageState.READY)]))
        assert await store.commit([step("ada", 0, "e9")]) == [CONFLICT]
        assert await store.totals() == Totals(customers=2, entries=4, messages=2)


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
        second = await store.publish("b", "rev-b", NOON + SECOND, "bob", 1)
        assert await store.publications() == [first, second]

    async def test_of_publishers_at_once_one_wins(self, store: Store) -> None:
        answers = await asyncio.gather(*[store.publish(f"r{i}", "rev", NOON, "eva", 0) for i in range(8)])
        assert len([answer for answer in answers if answer]) == 1
        assert await store.publications() == [answer for answer in answers if answer]


class WatchContract:
    """Who watches, and what is left when a store is closed."""

    async def watching(self, store: Store) -> AsyncIterator[Change]:
        """A reader of the store; some servers for tests need help with it."""
        return store.watch()

    async def test_a_reader_sees_every_commit_after_it_began_in_order(self, store: Store) -> None:
        await committed(store, step("ada", 0, "before"))
        reader = await self.watching(store)
        await committed(store, step("ada", 1, "e1", "e2"))
        assert await store.commit([step("ada", 1, "lost")]) == [CONFLICT]
        await committed(store, step("bea", 0, "e1"))
        await committed(store, step("ada", 3, "e3"))
        seen: list[Change] = []
        async with asyncio.timeout(20):
            async for change in reader:
                seen += [change] if change != Change("ada", 0, 1) else []
                if change == Change("ada", 3, 4):
                    break
        assert seen == [Change("ada", 1, 3), Change("bea", 0, 1), Change("ada", 3, 4)]

    async def test_every_reader_sees_the_same(self, store: Store) -> None:
        readers = [await self.watching(store) for _ in range(3)]
        await committed(store, step("ada", 0, "e1"))
        async with asyncio.timeout(20):
            assert [await anext(reader) for reader in readers] == [Change("ada", 0, 1)] * 3

    async def test_a_closed_store_answers_that_it_is_closed(self, store: Store) -> None:
        await committed(store, step("ada", 0))
        await store.close()
        for ask in (
            lambda: store.artifact("ada"),
            lambda: store.load([Want("ada")]),
            lambda: store.commit([step("ada", 1)]),
            lambda: store.messages(MessageFilter(), 3),
            lambda: store.publish("a", "rev", NOON, "eva", 0),
        ):
            with pytest.raises(InputError) as refused:
                await ask()
            assert refused.value.code is ErrorCode.STORE_UNAVAILABLE
        with pytest.raises(InputError):
            store.watch()

    async def test_closing_twice_is_closing(self, store: Store) -> None:
        await store.close()
        await store.close()

    async def test_readers_end_when_the_store_is_closed(self, store: Store) -> None:
        reader = store.watch()
        waiting = asyncio.ensure_future(anext(reader, None))
        await asyncio.sleep(0)
        await store.close()
        async with asyncio.timeout(20):
            assert await waiting is None

    async def test_the_clock_of_a_store_does_not_stand_still_or_run_back(self, store: Store) -> None:
        first = store.now()
        assert isinstance(first, int)
        assert store.now() >= first

    async def test_a_body_of_a_megabyte_fits(self, store: Store) -> None:
        await committed(store, commit := step("ada", 0, "e1", size=1024 * 1024))
        assert await store.artifact("ada") == commit.artifact
        assert commit.artifact.body == body(1, 1024 * 1024)


class StoreContract(
    CommitContract, LogContract, ListingContract, MessageContract, RulebookContract, WatchContract
):
    """All of it."""
