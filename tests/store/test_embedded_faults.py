"""What a store on a file keeps when it is killed, its disk fails, or its log is torn."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

import apsw
import pytest

from artifact.errors import ErrorCode, InputError
from store.embedded import EmbeddedStore, sql
from store.feed import GAP
from store.port import Change, CommitResult, Totals, Want
from tests.conftest import ROOT
from tests.store.embedded_file import opened, refused
from tests.store.killed_writer import CUSTOMERS
from tests.store.making import body, committed, known, step


async def consistent(store: EmbeddedStore, id: str) -> int:
    """The version of a customer, after checking that all that belongs to it is there, and nothing more."""
    [loaded] = await store.load([Want(id)])
    version = loaded.artifact.version if loaded.artifact else 0
    assert [entry.n for entry in await store.history(id, limit=10**9)] == list(range(1, version + 1))
    if version:
        assert loaded.artifact is not None
        assert loaded.artifact.body == body(version, 3000)
        assert await store.snapshots(id) == list(range(2, version + 1, 2))
        row = await store.message(f"{id}-m")
        assert row is not None
        assert row.n == version - 1
    return version


async def test_a_killed_writer_loses_nothing_it_acknowledged_and_leaves_no_half_group(tmp_path: Path) -> None:
    path = tmp_path / "memento.db"
    acknowledged = 0
    for groups in (1, 3, 7, 20):
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.store.killed_writer", str(path)], stdout=subprocess.PIPE, cwd=ROOT
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(groups)]
        writer.kill()
        lines += writer.stdout.readlines()
        writer.stdout.close()
        writer.wait()
        whole = [line for line in lines if line.endswith(b"\n")]
        acknowledged = max(acknowledged, *(int(line.split()[0]) for line in whole))
        store = opened(path)
        versions = {await consistent(store, id) for id in CUSTOMERS}
        # One group is one transaction: all customers stand at the same version.
        assert len(versions) == 1
        assert versions.pop() in {acknowledged, acknowledged + 2}
        await store.close()


async def test_a_full_disk_refuses_the_group_keeps_reading_and_recovers(tmp_path: Path) -> None:
    store = opened(tmp_path / "memento.db")
    await committed(store, first := step("ada", 0, "e1"))
    reader = store.watch()
    writer = store._writer
    assert writer is not None
    pages = writer._connection.execute("PRAGMA page_count").get
    writer._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    group = [step("ada", 1, "e2"), step("bea", 0, "e1", size=100_000)]
    with refused(ErrorCode.STORE_UNAVAILABLE):
        await store.commit(group)
    assert await store.artifact("ada") == first.artifact
    assert await known(store, "ada", "e2") == {}
    assert await store.totals() == Totals(1, 1, 0)
    writer._connection.execute("PRAGMA max_page_count = 100000")
    await committed(store, *group)
    assert [await anext(reader) for _ in range(2)] == [GAP, Change("ada", 1, 2)]
    await store.close()


class FailingDisk(apsw.VFS):
    """A disk of which the nth write or sync fails, and all after it until it is healed."""

    def __init__(self, name: str) -> None:
        self.left: int | None = None
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "FailingFile":
        return FailingFile(self, name, flags)

    def spend(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise apsw.IOError("the disk fails")


class FailingFile(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.spend()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self.disk.spend()
        super().xSync(flags)


async def test_whichever_write_or_sync_fails_nothing_is_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FailingDisk("failing")
    connect = apsw.Connection

    def through_disk(path: str, **options: int) -> apsw.Connection:
        return connect(path, vfs="failing", **options)

    monkeypatch.setattr("store.embedded.file.apsw.Connection", through_disk)
    monkeypatch.setattr(sql, "WRITER_SETTINGS", sql.WRITER_SETTINGS.replace("2000", "10"))
    store = opened(tmp_path / "memento.db")
    await committed(store, step("ada", 0, "e1", size=3000))
    reader = store.watch()
    version, failures = 1, 0
    codes: set[ErrorCode] = set()
    for nth in range(60):
        disk.left = nth
        commit = step("ada", version, f"e{version + 1}", size=3000)
        try:
            answer = await store.commit([commit])
        except InputError as error:
            codes.add(error.code)
            # It may have become durable before the fault; then it is all there, and never in part.
            failures += 1
            outcomes = {version, version + 1}
        else:
            assert answer == [CommitResult.COMMITTED]
            outcomes = {version + 1}
        disk.left = None
        [loaded] = await store.load([Want("ada")])
        assert loaded.artifact is not None
        version = loaded.artifact.version
        assert version in outcomes
        assert loaded.artifact.body == body(version, 3000)
        assert [entry.n for entry in await store.history("ada")] == list(range(1, version + 1))
    assert failures > 5
    assert codes == {ErrorCode.STORE_UNAVAILABLE}
    # What a fault may have hidden from those who watch is said to be a gap.
    assert [await anext(reader) for _ in range(60)].count(GAP) == failures
    await store.close()
    disk.unregister()


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.99])
async def test_a_log_that_was_cut_off_leaves_whole_groups(tmp_path: Path, kept: float) -> None:
    store = opened(tmp_path / "memento.db")
    for n in range(10):
        await committed(store, *[step(id, n, f"e{n}", size=3000) for id in ("ada", "bea")])
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("memento.db", "memento.db-wal"):
        shutil.copy(tmp_path / name, crashed / name)
    await store.close()
    log = crashed / "memento.db-wal"
    os.truncate(log, int(log.stat().st_size * kept))
    store = opened(crashed / "memento.db")
    versions = []
    for id in ("ada", "bea"):
        artifact = await store.artifact(id)
        versions.append(artifact.version if artifact else 0)
        assert len(await store.history(id)) == versions[-1]
    assert versions[0] == versions[1]
    assert (versions[0] > 0) == (kept > 0)
    await store.close()


async def test_the_file_itself_refuses_an_event_twice(tmp_path: Path) -> None:
    store = opened(tmp_path / "memento.db")
    await committed(store, first := step("ada", 0, "e1"))
    with pytest.raises(apsw.ConstraintError):
        await store.commit([step("bea", 0, "e1"), step("ada", 1, "e1")])
    assert await store.artifact("ada") == first.artifact
    assert await store.artifact("bea") is None
    await committed(store, step("ada", 1, "e2"))
    await store.close()


async def test_threads_may_read_while_one_writes(tmp_path: Path) -> None:
    store = opened(tmp_path / "memento.db")
    await committed(store, step("ada", 0))
    faults: list[BaseException] = []

    def read() -> None:
        async def many() -> None:
            for _ in range(50):
                artifact = await store.artifact("ada")
                assert artifact is not None
                assert len(await store.history("ada", limit=10**6)) >= artifact.version

        try:
            asyncio.run(many())
        except BaseException as error:
            faults.append(error)

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(1, 60):
        await committed(store, step("ada", n))
    for thread in threads:
        thread.join()
    assert faults == []
    await store.close()
