"""The reading connections of the embedded store: as many as threads ask at once, kept for the next one.

They see the newest commit and never wait for the writer (WAL). They cannot write: the file is opened for reading.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from store.checks import closed
from store.embedded.faults import AnsweringFor
from store.embedded.file import open_reader


class Readers:
    """A pool that grows to the number of threads that read at the same time, and no further."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = False
        self._idle = deque([open_reader(path)])

    @contextmanager
    def one(self) -> Iterator[apsw.Connection]:
        """A connection for one question. Every answer must be fetched whole, or its snapshot would linger."""
        connection = self._take()
        try:
            with AnsweringFor(self._path):
                yield connection
        finally:
            self._give_back(connection)

    def _take(self) -> apsw.Connection:
        if self._closed:
            raise closed()
        try:
            return self._idle.pop()
        except IndexError:
            return open_reader(self._path)

    def _give_back(self, connection: apsw.Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self._close_idle()

    def close(self) -> None:
        """Close what is idle now; what is in use closes when it comes back."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:
                return
