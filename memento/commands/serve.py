"""Run the service: GraphQL over HTTP and WebSocket, the engine, and the dispatch of what is due.

It listens on the loopback address alone. A rulebook file is published if it differs from the one in force. Ctrl-C or a
termination ends it after what is under way is done.
"""

import argparse
from pathlib import Path

from memento.commands.shared import add_store, read_rulebook, shown
from memento.exits import Exit
from memento.loops import runner
from memento.serving import Place, listen, put_in_force, serving, stopping_signal
from memento.settings import Settings
from memento.terminal import log_to_stderr, say
from memento.wiring import MEMORY, opened

ACTOR = "memento serve"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    add_store(parser, help=f"a file, mongodb://HOST/DATABASE, or `{MEMORY}`; %(default)s without")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; any other is refused")
    parser.add_argument(
        "--port", type=int, default=8080, help="%(default)s without; 0 takes any that is free"
    )
    parser.add_argument("--rulebook", type=Path, metavar="FILE", help="publish it if it is not in force")
    parser.add_argument(
        "--spool",
        type=Path,
        default=Path("spool"),
        metavar="DIR",
        help="where deliveries without a provider go, one file each; %(default)s without",
    )


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Serve until stopped."""
    log_to_stderr()
    place = Place(host=args.host, port=args.port, spool=args.spool)
    text = read_rulebook(args.rulebook, settings.limits) if args.rulebook is not None else None
    with runner() as running:
        running.run(_serve(args.store, place, text, settings))
    return Exit.OK


async def _serve(address: str, place: Place, text: bytes | None, settings: Settings) -> None:
    with listen(place) as listening, stopping_signal() as stopping:
        async with (
            opened(address) as store,
            serving(store, settings, listening, place.spool) as service,
        ):
            published = await put_in_force(service.engine, text, ACTOR) if text is not None else None
            if published is not None:
                say(f"published rulebook {published.revision}, epoch {published.epoch}")
            elif service.engine.books.live is None:
                say("no rulebook is in force: messages wait until one is published")
            say(f"Memento listens on {service.url} over {shown(address)}")
            await stopping.wait()
            say("stopping: what is under way is finished first")
