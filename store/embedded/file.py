"""The file of the embedded store: created, recognised, and opened for writing or for reading.

A file that is not ours is refused before SQLite sees it, because opening alone may change one (a foreign hot journal
is rolled back). A file is made in rollback mode and turned to WAL afterwards, so its header always says whose it is.
"""

from collections.abc import Callable
from pathlib import Path

import apsw

from store.embedded import sql
from store.embedded.faults import AnsweringFor, invalid, missing, newer, older, unavailable

OLDEST_SQLITE = 3_051_003
"""Before it, two connections that commit and checkpoint at one moment could lose a commit (SQLite's WAL-reset bug)."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def open_writer(path: Path) -> apsw.Connection:
    """The one connection that writes. Creates the file where there is none."""
    _demand_sqlite()
    with AnsweringFor(path):
        _demand_ours(path)
        connection = apsw.Connection(
            str(path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, statementcachesize=64
        )
        return _ready(connection, path, _ready_for_writing)


def open_reader(path: Path) -> apsw.Connection:
    """A connection that cannot write, on a file that is there."""
    with AnsweringFor(path):
        if not _demand_ours(path):
            raise missing(path)
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, statementcachesize=64)
        return _ready(connection, path, _ready_for_reading)


def _ready(
    connection: apsw.Connection, path: Path, make_ready: Callable[[apsw.Connection, Path], None]
) -> apsw.Connection:
    """The connection, made ready; closed where that cannot be done."""
    try:
        make_ready(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _ready_for_reading(connection: apsw.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").get
    if found < sql.READABLE:
        raise older(path, found, sql.READABLE)
    connection.execute(sql.READER_SETTINGS).fetchall()


def _ready_for_writing(connection: apsw.Connection, path: Path) -> None:
    if connection.execute(sql.IS_EMPTY).get:
        connection.execute(sql.CREATE).fetchall()
    found = connection.execute("PRAGMA user_version").get
    if found > sql.SCHEMA:
        raise newer(path, found, sql.SCHEMA)
    for layout in range(found, sql.SCHEMA):
        steps = f"BEGIN EXCLUSIVE; {sql.UPGRADES[layout]}; PRAGMA user_version = {layout + 1}; COMMIT"
        connection.execute(steps).fetchall()
    connection.execute(sql.WRITER_SETTINGS).fetchall()
    if connection.execute("PRAGMA journal_mode").get != "wal":
        raise unavailable(
            path, "its file system has no shared memory for a write-ahead log; use a local disk"
        )


def _demand_ours(path: Path) -> bool:
    """Whether there is a store at all; raises InputError STORE_INVALID where there is something else."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unavailable(path, error.strerror or str(error)) from error
    if header and not header.startswith(_MAGIC):
        raise invalid(path, "is not a store of Memento")
    if header and int.from_bytes(header[68:72], "big") != sql.APPLICATION_ID:
        raise invalid(path, "is a SQLite database, but not a store of Memento")
    return bool(header)


def _demand_sqlite() -> None:
    if apsw.SQLITE_VERSION_NUMBER < OLDEST_SQLITE:
        raise RuntimeError(f"apsw brings SQLite {apsw.sqlite_lib_version()}; 3.51.3 or newer is needed")
