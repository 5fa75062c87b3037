"""What a store on a file owes to other files, other processes and other versions."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from artifact.errors import ErrorCode, InputError
from store.embedded import EmbeddedStore, sql
from store.port import Followed, MessageFilter, Totals, Want
from tests.conftest import ROOT
from tests.store.embedded_file import opened, refused
from tests.store.making import NOON, committed, message_row, step


async def test_a_second_service_on_a_file_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    first = opened(path)
    with refused(ErrorCode.STORE_IN_USE):
        opened(path)
    await committed(first, step("ada", 0))
    await first.close()
    second = opened(path)
    assert await second.artifact("ada") is not None
    await second.close()


def test_a_second_service_in_another_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.store.killed_writer", str(path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        with pytest.raises(InputError, match=str(writer.pid)):
            opened(path)
    finally:
        writer.kill()
        writer.stdout.close()
        writer.wait()
    EmbeddedStore.open(path, lambda: NOON)._lock.release()  # type: ignore[union-attr]


def test_a_file_where_none_can_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nowhere" / "memento.db", tmp_path / "folder"):
        with refused(ErrorCode.STORE_UNAVAILABLE):
            opened(path)


async def test_a_store_that_could_not_be_opened_lets_the_next_one_in(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    path.write_bytes(b"not a store")
    with refused(ErrorCode.STORE_INVALID):
        opened(path)
    path.unlink()
    await opened(path).close()


async def test_a_reader_may_stand_beside_the_writer_and_sees_each_commit(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    writer = opened(path)
    reader = opened(path, read_only=True)
    for n in range(3):
        await committed(writer, commit := step("ada", n, messages=[message_row("ada", "m1", n + 1)]))
        assert await reader.artifact("ada") == commit.artifact
        assert len((await reader.messages(MessageFilter(), 3)).items) == 1
    await writer.close()
    assert await reader.totals() == Totals(1, 3, 1)
    await reader.close()


async def test_a_reader_of_a_file_that_nobody_writes_sees_all(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    writer = opened(path)
    await committed(writer, step("ada", 0))
    await writer.close()
    reader = opened(path, read_only=True)
    assert await reader.artifact("ada") is not None
    await reader.close()


async def test_a_reader_cannot_write_or_watch(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    with refused(ErrorCode.STORE_UNAVAILABLE):
        opened(path, read_only=True)
    assert list(tmp_path.iterdir()) == []
    await opened(path).close()
    reader = opened(path, read_only=True)
    with refused(ErrorCode.STORE_UNAVAILABLE):
        await reader.commit([step("ada", 0)])
    with refused(ErrorCode.STORE_UNAVAILABLE):
        reader.watch()
    await reader.close()


@pytest.mark.parametrize("foreign", ["text", "another database", "an empty database of another", "cut off"])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_was(
    tmp_path: Path, foreign: str, read_only: bool
) -> None:
    path = tmp_path / "memento.db"
    if foreign == "text":
        path.write_text("customer,version\n" * 1000)
    elif foreign == "cut off":
        path.write_bytes(b"SQLite format 3\0")
    else:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE artifact(x)")
        if foreign != "another database":
            connection.execute("DROP TABLE artifact")
        connection.commit()
        connection.close()
    before = path.read_bytes()
    with refused(ErrorCode.STORE_INVALID):
        opened(path, read_only=read_only)
    assert path.read_bytes() == before


async def test_a_file_of_a_newer_layout_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, step("ada", 0))
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA user_version = {sql.SCHEMA + 1}")
    connection.close()
    before = path.read_bytes()
    with refused(ErrorCode.STORE_NEWER):
        opened(path)
    assert path.read_bytes() == before
    reader = opened(path, read_only=True)
    assert await reader.artifact("ada") is not None
    await reader.close()


async def test_a_file_of_the_first_layout_is_brought_up_by_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, step("ada", 0, epoch=1))
    await store.publish("a", "rev", NOON, "eva", 0)
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute(
        "DROP INDEX artifact_epoch; ALTER TABLE artifact DROP COLUMN changed;"
        "ALTER TABLE publication DROP COLUMN call; CREATE INDEX artifact_epoch ON artifact(epoch);"
        "CREATE TABLE total(customers INTEGER NOT NULL, entries INTEGER NOT NULL, messages INTEGER NOT NULL) STRICT;"
        "PRAGMA user_version = 1"
    ).fetchall()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(InputError) as error:
        opened(path, read_only=True)
    assert (error.value.code, error.value.retryable) == (ErrorCode.STORE_OLDER, False)
    assert f"`memento serve --store {path}`" in (error.value.help or "")
    assert path.read_bytes() == before
    again = opened(path)
    await committed(again, step("ada", 1, epoch=2, changed=4))
    assert await again.followed(2) == Followed(1, 4, 1)
    assert [one.call for one in await again.publications()] == [""]
    assert await again.totals() == Totals(1, 2, 0)
    await again.close()


async def test_a_file_of_the_second_layout_is_read_as_it_is_and_brought_up_by_who_writes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, step("ada", 0, epoch=1))
    known = await store.totals()
    await store.close()
    connection = apsw.Connection(str(path))
    connection.execute(
        "CREATE TABLE total(customers INTEGER NOT NULL, entries INTEGER NOT NULL, messages INTEGER NOT NULL) STRICT;"
        "PRAGMA user_version = 2"
    ).fetchall()
    connection.close()
    before = path.read_bytes()
    reader = opened(path, read_only=True)
    assert (await reader.artifact("ada")) is not None
    assert await reader.totals() == known
    await reader.close()
    assert path.read_bytes() == before
    await opened(path).close()
    assert apsw.Connection(str(path)).execute("PRAGMA user_version").get == sql.SCHEMA


async def test_an_artifact_of_a_newer_layout_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, step("ada", 0), step("bea", 0))
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE artifact SET schema = 99 WHERE customer = 'ada'")
    connection.close()
    with refused(ErrorCode.STORE_NEWER):
        await store.artifact("ada")
    with refused(ErrorCode.STORE_NEWER):
        await store.load([Want("ada")])
    assert await store.artifact("bea") is not None
    await store.close()


async def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, *[step(f"c{i}", 0, size=3000) for i in range(50)])
    await store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with refused(ErrorCode.STORE_INVALID):
        store = opened(path)
        try:
            await store.artifact("c7")
        finally:
            await store.close()


async def test_what_was_replaced_is_not_left_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    store = opened(path)
    await committed(store, step("ada", 0, messages=[message_row("ada", "m1", 1, reason="A-SECRET-WORD")]))
    await committed(store, step("ada", 1, messages=[message_row("ada", "m1", 2)]))
    await store.close()
    assert b"A-SECRET-WORD" not in path.read_bytes()
    assert not path.with_name("memento.db-wal").exists()


async def test_listings_follow_an_index(tmp_path: Path) -> None:
    store = opened(tmp_path / "memento.db")
    writer = store._writer
    assert writer is not None
    statements: dict[str, sql.Bindings] = {
        sql.DUE: (5, 5),
        sql.BEHIND: (5, 5),
        sql.CUSTOMERS: ("a", 5),
        sql.LOAD: (0, "a", 1, "b", "c"),
        sql.HISTORY: ("a", 1, 5),
    }
    for where in (
        MessageFilter(),
        MessageFilter(customer_id="ada"),
        MessageFilter(topic="a"),
        MessageFilter(category="a"),
        MessageFilter(rule="a"),
        MessageFilter(reason="a", since=3),
    ):
        text, bindings = sql.message_listing(where, None, (-5, "m"), 3)
        statements[text] = bindings
    text, bindings = sql.message_listing(MessageFilter(), "WAITING", None, 3)
    statements[text] = bindings
    for text, bindings in statements.items():
        plan = [row[3] for row in writer._connection.execute(f"EXPLAIN QUERY PLAN {text}", bindings)]
        assert not [
            line for line in plan if "TEMP B-TREE" in line or line.startswith(("SCAN artifact", "SCAN log"))
        ], text
    await store.close()
