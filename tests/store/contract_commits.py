"""Claims about artifacts, versions, the log, and what is due."""

import asyncio

import pytest

from artifact.decision import EventStatus
from artifact.event import EventKey
from artifact.message import MessageState
from store.port import CommitResult, Due, Followed, Page, Store, Totals, Want
from tests.store.making import (
    NOON,
    SOURCE,
    committed,
    entry,
    known,
    message_row,
    step,
    with_state,
)

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


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

    async def test_who_has_the_newest_version_is_told_so_or_gets_it_again(self, store: Store) -> None:
        commit = step("ada", 0, "e1")
        await committed(store, commit)
        [newest] = await store.load([Want("ada", (EventKey(SOURCE, "e1"),), have=1)])
        assert newest.artifact == commit.artifact or (newest.unchanged and newest.artifact is None)
        assert list(newest.known) == [EventKey(SOURCE, "e1")]
        [older] = await store.load([Want("ada", have=7)])
        assert (older.artifact, older.unchanged) == (commit.artifact, False)
        [nobody] = await store.load([Want("bea", have=1)])
        assert (nobody.artifact, nobody.unchanged) == (None, False)

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

    async def test_how_far_a_publication_has_got_is_counted(self, store: Store) -> None:
        assert await store.followed(2) == Followed(0, 0, 0)
        await committed(store, step("ada", 0, epoch=1, changed=7), step("bea", 0, epoch=2, changed=3))
        await committed(store, step("cleo", 0, epoch=2, changed=1), step("dora", 0, epoch=3, changed=9))
        assert await store.followed(1) == Followed(4, 7, 4)
        assert await store.followed(2) == Followed(3, 4, 4)
        await committed(store, step("ada", 1, epoch=2, changed=5))
        assert await store.followed(2) == Followed(4, 9, 4)
        loaded = await store.artifact("ada")
        assert loaded is not None
        assert loaded.changed == 5

    async def test_totals_count_customers_entries_and_messages(self, store: Store) -> None:
        assert await store.totals() == Totals(0, 0, 0)
        row = message_row("ada", "m1", 1)
        await committed(store, step("ada", 0, "e1", "e2", messages=[row, message_row("ada", "m2", 2)]))
        await committed(store, step("bea", 0, "e1"))
        await committed(store, step("ada", 2, messages=[with_state(row, 3, MessageState.READY)]))
        assert await store.commit([step("ada", 0, "e9")]) == [CONFLICT]
        assert await store.totals() == Totals(customers=2, entries=4, messages=2)
