"""What a fault of SQLite means to whoever asked the store.

A full disk, a failing one, a vanished directory: STORE_UNAVAILABLE, for they pass. A damaged or foreign file:
STORE_INVALID, for it does not. Anything else is our own mistake and stays what it is.
"""

from pathlib import Path

import apsw

from artifact.errors import ErrorCode, InputError
from store.checks import closed

_PASSING = (
    apsw.FullError,
    apsw.IOError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.PermissionsError,
    apsw.ProtocolError,
    apsw.NoMemError,
)
_LASTING = (apsw.CorruptError, apsw.NotADBError)


class AnsweringFor:
    """A block in which whatever goes wrong with the file is said in the port's words."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing has gone wrong yet."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _PASSING):
            raise unavailable(self._path, str(error)) from error
        if isinstance(error, _LASTING):
            raise invalid(self._path, f"is damaged: {error}") from error
        if isinstance(error, apsw.ConnectionClosedError):
            raise closed() from error


def unavailable(path: Path, why: str) -> InputError:
    """The store cannot answer now."""
    return InputError(
        ErrorCode.STORE_UNAVAILABLE,
        f"the store {path} cannot answer: {why}",
        help="nothing was half written; look at the disk's space, rights and health, then try again",
    )


def missing(path: Path) -> InputError:
    """Nothing to read: no service has made a store here so far."""
    return InputError(
        ErrorCode.STORE_UNAVAILABLE,
        f"there is no store at {path} yet",
        help=f"check the name; `memento serve --store {path}` makes one",
    )


def invalid(path: Path, why: str) -> InputError:
    """The file is not a store that can be used."""
    return InputError(
        ErrorCode.STORE_INVALID,
        f"{path} {why}",
        help="name another file, or bring back a backup; nothing was changed in this one",
    )


def newer(path: Path, found: int, known: int) -> InputError:
    """The file was written by a later version, so ours must not write to it."""
    return InputError(
        ErrorCode.STORE_NEWER,
        f"{path} has layout {found}, this version of Memento knows up to {known}",
        help="run the version that wrote it, or a newer one; reading alone is allowed",
    )


def older(path: Path, found: int, oldest: int) -> InputError:
    """The file has yet to be brought up to our layout, which whoever only reads must not do."""
    return InputError(
        ErrorCode.STORE_OLDER,
        f"{path} has layout {found}, this version of Memento reads none before {oldest}",
        help=f"start the service on it once, which brings the file up: `memento serve --store {path}`",
    )
