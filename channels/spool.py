"""A channel without a provider: each delivery becomes one file in a folder, so that nothing dams up.

A file appears whole or not at all, under its final name only once its bytes are on the disk; names that begin with a
dot are under way and no one's business. Whoever collects the files honours the key in them, as a provider would.

It refuses to replace a file: a key that stands there with other words was handed over, and the first words stand.
"""

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

import msgspec

from artifact.channel import Channel
from artifact.errors import ErrorCode, InputError
from channels.file_name import file_name
from channels.port import OTHER_WORDS, Certainty, Handover, HandoverState, Parcel

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()

_THREADS = 4
"""Each file waits twice for the disk, and a disk takes several at a time."""


class Spool:
    """One send channel as a folder of JSON files. Idempotent: the same key again leaves one file."""

    certainty = Certainty.IDEMPOTENT

    def __init__(self, channel: Channel, folder: Path) -> None:
        self.channel = channel
        self.folder = folder
        # Threads of its own: a disk that hangs holds this channel and no other. A key is always written by the
        # same one, so never twice at a time.
        self._threads = [ThreadPoolExecutor(1, f"spool-{channel.lower()}-{n}") for n in range(_THREADS)]

    @classmethod
    def open(cls, channel: Channel, folder: Path) -> "Spool":
        """A spool whose folder is there. Raises InputError FILE_UNREADABLE where it cannot be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                ErrorCode.FILE_UNREADABLE,
                f"the spool folder cannot be made: {error.strerror or error}",
                help="name a folder that the service may write to",
                path=("spool",),
            ) from error
        return cls(channel, folder)

    async def hand_over(self, parcel: Parcel, timeout_seconds: float) -> Handover:
        """Write the file and wait until it is on the disk."""
        try:
            thread = self._threads[crc32(parcel.key.encode(errors="replace")) % _THREADS]
            written = asyncio.get_running_loop().run_in_executor(thread, write_once, self.folder, parcel)
            return await asyncio.wait_for(written, timeout_seconds)
        except TimeoutError:
            return Handover(HandoverState.UNKNOWN, "the disk did not answer in time")
        except RuntimeError:
            return Handover(HandoverState.FAILED, "the spool is closed", temporary=True)

    async def look_up(self, key: str, timeout_seconds: float) -> Handover | None:
        """Nobody needs to ask: handing over again is safe."""
        return None

    async def close(self) -> None:
        """Take nothing more. What was taken is still written, without anyone waiting for it."""
        for thread in self._threads:
            thread.shutdown(wait=False)


def write_once(folder: Path, parcel: Parcel) -> Handover:
    """Put the parcel into the folder under its key, once, and say truthfully how far that went."""
    try:
        target = folder / file_name(parcel.key)
        content = encoded(parcel)
    except UnicodeEncodeError as error:
        return Handover(HandoverState.FAILED, f"a text holds half of a character ({error.reason})")
    under_way = folder / f".{target.name}.{os.getpid()}"
    try:
        if (standing := _standing(target)) is not None:
            return _stands_already(target, same=standing == content)
        _write(under_way, content)
    except OSError as error:
        _discard(under_way)
        return Handover(HandoverState.FAILED, _said(error), temporary=True)
    return _publish(under_way, target)


def encoded(parcel: Parcel) -> bytes:
    """The file's content: everything that is to be said, and nothing that differs from one attempt to the next."""
    return msgspec.json.format(_encoder.encode(parcel), indent=2) + b"\n"


def _standing(target: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None


def _stands_already(target: Path, *, same: bool) -> Handover:
    """An earlier attempt wrote it; whether its name outlives a power cut is not known, so that is made sure."""
    if not same:
        log.warning("%s stands already with other words; the first ones stay", target.name)
    return _settled(target.parent, "" if same else OTHER_WORDS)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.warning("%s could not be removed", path.name)


def _publish(under_way: Path, target: Path) -> Handover:
    """Give the file its name. From here on it may be there, whatever goes wrong: UNKNOWN, never FAILED."""
    try:
        under_way.replace(target)
    except OSError as error:
        return Handover(HandoverState.UNKNOWN, _said(error))
    return _settled(target.parent, "")


def _settled(folder: Path, detail: str) -> Handover:
    try:
        _sync(folder)
    except OSError as error:
        return Handover(HandoverState.UNKNOWN, _said(error))
    return Handover(HandoverState.HANDED_OVER, detail)


def _sync(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _said(error: OSError) -> str:
    """The system's words without the path: they go into the customer's log."""
    return error.strerror or type(error).__name__
