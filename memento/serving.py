"""A whole service in one process: engine, dispatch and application over one store, on one loopback socket.

Started and stopped in one place, in an order that loses nothing: first nobody new is let in, then what was let in is
finished, then the store is closed by whoever opened it.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from random import uniform

import msgspec
import uvicorn

from artifact.canonical import derived_id
from artifact.errors import ErrorCode, InputError
from channels.registry import Means, close_channels, open_channels
from dispatch.clock import SystemClock
from dispatch.dispatcher import Dispatcher
from dispatch.settings import DispatchSettings
from engine.pipeline import Engine
from memento.address import check_address
from memento.app import SERVER_OPTIONS, create_app, service_over
from memento.garbage import settle
from memento.settings import Settings
from memento.terminal import counted
from memento.wiring import engine_over
from store.port import Publication, Store

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 1.0
JITTER_SECONDS = 0.05
LAST_PORT = 65_535


class Serving(msgspec.Struct, frozen=True):
    """A service that answers. `url` is where its API is."""

    url: str
    store: Store
    engine: Engine
    dispatcher: Dispatcher


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a service listens and where it puts what has no provider. Port 0: any that is free."""

    host: str = "127.0.0.1"
    port: int = 8080
    spool: Path = Path("spool")


def listen(place: Place) -> socket.socket:
    """The socket, before anything else is started. Raises InputError ADDRESS_REFUSED, NUMBER_INVALID, or where the port
    is taken.
    """
    check_address(place.host)
    if not 0 <= place.port <= LAST_PORT:
        raise InputError(
            ErrorCode.NUMBER_INVALID,
            f"{place.port} is no port",
            help=f"ports go from 1 to {LAST_PORT}; 0 takes any that is free",
            path=("port",),
        )
    host = place.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: asyncio turns Nagle's delay off only where it sees TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, place.port))
    except OSError as error:
        listening.close()
        raise InputError(
            ErrorCode.TOO_BUSY,
            f"cannot listen on {place.host}:{place.port}: {error.strerror or error}",
            help="stop who listens there, or name another --port; 0 takes any that is free",
            path=("port",),
        ) from error
    return listening


def url_of(listening: socket.socket) -> str:
    """The address of the API on a socket."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/graphql"


@asynccontextmanager
async def serving(
    store: Store, settings: Settings, listening: socket.socket, spool: Path, *, dispatching: bool = True
) -> AsyncIterator[Serving]:
    """Serve until the block ends. Without `dispatching` what is due waits until somebody lets it go."""
    engine = engine_over(store, settings)
    channels = open_channels(Means(spool=spool))
    clock = SystemClock(_jitter) if store.shared else SystemClock()
    dispatcher = Dispatcher(engine, channels, DispatchSettings(worker=_worker()), clock)
    await engine.start()
    settle()
    try:
        async with _answering(engine, settings, listening):
            if dispatching:
                await dispatcher.start()
            upkeep = [asyncio.create_task(work(engine)) for work in (_keep_up, _sweep)]
            try:
                yield Serving(url_of(listening), store, engine, dispatcher)
            finally:
                for task in upkeep:
                    task.cancel()
                await asyncio.gather(*upkeep, return_exceptions=True)
    finally:
        await dispatcher.stop()
        await engine.stop()
        await close_channels(channels)


def _jitter() -> float:
    """Of all processes on one store, which know of the same instants."""
    return uniform(0, JITTER_SECONDS)  # noqa: S311 - who comes first is no secret


def _worker() -> str:
    return f"{socket.gethostname()[:100]}/{os.getpid()}"


async def _keep_up(engine: Engine) -> None:
    """Follow publications of other processes."""
    while True:
        try:
            await engine.refresh()
        except InputError as error:
            log.warning("the newest rulebook cannot be followed now: %s", error)
        except Exception:
            log.exception("upkeep failed; it is tried again")
        await asyncio.sleep(UPKEEP_SECONDS)


async def _sweep(engine: Engine) -> None:
    """Decide anew whoever waits under an older rulebook, as long as there is somebody."""
    while True:
        swept = 0
        try:
            swept = await engine.sweep()
        except InputError as error:
            log.warning("the sweep goes on later: %s", error)
        except Exception:
            log.exception("the sweep failed; it is tried again")
        await asyncio.sleep(0 if swept else UPKEEP_SECONDS)


class _Server(uvicorn.Server):
    """uvicorn without its own idea of signals: whoever runs us decides when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _answering(engine: Engine, settings: Settings, listening: socket.socket) -> AsyncIterator[None]:
    app = create_app(service_over(engine, settings.surface))
    config = uvicorn.Config(app, log_level="warning", access_log=False, **SERVER_OPTIONS)
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.wait({running}, timeout=0.01)
            if running.done():
                await running
                raise RuntimeError("the server ended before it began")
        yield
    finally:
        server.should_exit = True
        await running


@contextmanager
def stopping_signal() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C or a termination sets, once; a second one ends the process at once."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        event.set()
        for name in names:
            loop.remove_signal_handler(name)

    for name in names:
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, stop)
    try:
        yield event
    finally:
        for name in names:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(name)


async def put_in_force(engine: Engine, text: bytes, actor: str) -> Publication | None:
    """Publish a rulebook unless it is in force already. Raises InputError RULEBOOK_INVALID."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise _unpublishable("is not UTF-8") from error
    checked = await engine.check(decoded)
    if checked.rulebook is None:
        raise _unpublishable(f"has {counted(len(checked.diagnostics), 'finding')}")
    if checked.rulebook.revision == engine.books.revision:
        return None
    row, _ = await engine.save_rulebook(decoded, actor, derived_id("rulebook", checked.rulebook.revision))
    return await engine.publish_rulebook(row.id, actor)


def _unpublishable(why: str) -> InputError:
    return InputError(
        ErrorCode.RULEBOOK_INVALID,
        f"the rulebook {why} and cannot be published",
        help="run `memento check` on it and mend what it finds",
        path=("rulebook",),
    )
