"""A copy of a store's file as of one commit, taken beside a running service.

A plain copy of the file may be torn; SQLite's own backup reads one state of it. The copy gets its name when it is
whole and on the disk, so a name never holds half a backup. Refuses to take the place of the store itself.
"""

import os
from pathlib import Path

import apsw

from artifact.errors import ErrorCode, InputError
from store.embedded.faults import AnsweringFor
from store.embedded.file import open_reader

_ALL_PAGES = -1


def copy_store(path: Path, to: Path) -> None:
    """Write the store at `path` to `to`. Raises InputError FILE_UNREADABLE and what opening a store for reading raises."""
    source = open_reader(path)
    beside = to.with_name(to.name + ".part")
    try:
        if to.exists() and to.samefile(path):
            raise _unwritable(to, "it is the store itself")
        with AnsweringFor(path):
            _copy(source, beside)
        beside.replace(to)
        _settle(to.parent)
    except OSError as error:
        raise _unwritable(to, error.strerror or str(error)) from error
    finally:
        source.close()
        beside.unlink(missing_ok=True)


def _copy(source: apsw.Connection, to: Path) -> None:
    to.write_bytes(
        b""
    )  # Whether it can be written at all is asked first, so that this is not said of the store.
    target = apsw.Connection(str(to))
    try:
        with target.backup("main", source, "main") as backup:
            backup.step(_ALL_PAGES)
    finally:
        target.close()
    _settle(to)


def _settle(path: Path) -> None:
    """A file or a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, why: str) -> InputError:
    return InputError(ErrorCode.FILE_UNREADABLE, f"{path} cannot be written: {why}", path=("out",))
