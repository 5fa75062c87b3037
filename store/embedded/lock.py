"""The lock that keeps a second service off a store's file.

It lies beside the file and is held on an open descriptor, so the kernel lets go of it when the process ends, however
it ends. The lock file itself stays: to delete it would let two holders lock two files of one name.
"""

import os
import sys
from pathlib import Path

from artifact.errors import ErrorCode, InputError
from store.embedded.faults import unavailable

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        # flock and not lockf: it also holds against a second opening in the same process.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOCKED_BYTE = 1 << 30
"""Far behind the text, because Windows forbids reading a byte that is locked."""


class ServiceLock:
    """Held from creation until `release`.

    Raises InputError STORE_IN_USE where another one holds it, STORE_UNAVAILABLE where there can be none.
    """

    def __init__(self, store: Path) -> None:
        path = store.with_name(store.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise unavailable(store, error.strerror or str(error)) from error
        try:
            _take(self._descriptor)
        except OSError as error:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise _in_use(store, holder) from error
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, b"%d\n" % os.getpid())

    def release(self) -> None:
        """Let the next one in. Again is nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _in_use(store: Path, holder: str) -> InputError:
    return InputError(
        ErrorCode.STORE_IN_USE,
        f"another service has {store} open" + (f" (process {holder})" if holder else ""),
        help="stop it first, or give this one a store of its own; command-line readers may share it",
    )
