"""Watch Memento decide: a day of an insurer and its customers, played at speed through the public API.

A fresh store in a temporary folder, the rulebook of examples/insurer, and a day made from a seed: duplicates, two
systems with the same news, news out of order, customers who look, call and change their minds. Afterwards the service
stays up with that world in it until Ctrl-C, and says what to paste to play on; --once ends instead. The same seed ends in the same summary. With --write
the day goes into a file, for `memento ingest` and `memento backtest`.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant, datetime_of
from artifact.span import zone_of
from memento.client import Client
from memento.clock import VirtualClock
from memento.commands.shared import add_json, positive, read_rulebook
from memento.demo.action import ZONE
from memento.demo.as_lines import lines
from memento.demo.closing import closing
from memento.demo.picture import Canvas, canvas, picture_of, plain
from memento.demo.player import Player
from memento.demo.stories import stories
from memento.demo.world import BEGIN, END, day
from memento.exits import Exit
from memento.exporting import memory_digest
from memento.loops import runner
from memento.serving import Place, Serving, listen, put_in_force, serving, stopping_signal
from memento.settings import Settings
from memento.terminal import answer, log_to_stderr, say
from memento.wire import write_json
from memento.wiring import opened

RULEBOOK = Path(__file__).resolve().parents[2] / "examples" / "insurer" / "insurer.rules"
ACTOR = "demo"
REDRAW_SECONDS = 0.25
_COUNTED = {"calls": "answers", "messages": "states", "because": "reasons", "left by": "left"}
"""What the counts of the summary are called on the screen."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("--seed", type=int, default=1, help="another seed, another day; %(default)s without")
    parser.add_argument("--customers", type=positive, default=300, metavar="N", help="%(default)s without")
    parser.add_argument(
        "--port", type=int, default=8080, help="%(default)s without; 0 takes any that is free"
    )
    parser.add_argument(
        "--rulebook", type=Path, default=RULEBOOK, metavar="FILE", help="other manners; the insurer's without"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the day as lines of events and end")
    parser.add_argument("--once", action="store_true", help="end after the day")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Play it."""
    if args.write is not None:
        return _write(args.write, args.seed, args.customers)
    log_to_stderr()
    text = read_rulebook(args.rulebook, settings.limits)
    with tempfile.TemporaryDirectory(prefix="memento-demo-") as folder, runner() as running:
        return running.run(_demo(args, text, Path(folder), settings))


def _write(path: Path, seed: int, customers: int) -> Exit:
    try:
        with path.open("wb") as file:
            file.writelines(write_json(line) + b"\n" for line in lines(day(seed, customers)))
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{path} cannot be written: {why}") from error
    return Exit.OK


async def _demo(args: argparse.Namespace, text: bytes, folder: Path, settings: Settings) -> Exit:
    clock = VirtualClock(BEGIN)
    with listen(Place(port=0 if args.once else args.port)) as listening, stopping_signal() as stopping:
        async with (
            opened(str(folder / "demo.memento"), clock) as store,
            serving(store, settings, listening, folder / "spool", dispatching=False) as service,
        ):
            await put_in_force(service.engine, text, ACTOR)
            with Client(service.url, ACTOR) as client:
                playing = asyncio.create_task(_play(args, service, client, clock))
                stop = asyncio.create_task(stopping.wait())
                await asyncio.wait({playing, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not playing.done():
                    playing.cancel()
                    return Exit.INTERRUPTED
                stop.cancel()
                await _tell(args, service, client, playing.result())
            if not args.once:
                clock.let_go()
                await service.dispatcher.start()
                say(closing(service.url, folder / "spool", clock()))
                await stopping.wait()
            return Exit.OK


async def _play(
    args: argparse.Namespace, service: Serving, client: Client, clock: VirtualClock
) -> dict[str, Any]:
    """Play the day; what came of it, for a program."""
    actions = day(args.seed, args.customers)
    player = Player(service, client, clock)
    if not args.json:
        say(f"{len(actions)} calls of an insurer's day, {args.customers} customers, seed {args.seed}")
    with canvas() as shown:
        painter = None if args.json or not shown.shown else asyncio.create_task(_paint(service, shown, clock))
        await player.play(actions, END, lambda _: None)
        if painter is not None:
            painter.cancel()
            shown.draw(_title(clock()), await picture_of(service.store))
    return await _summary(args, service, player)


async def _paint(service: Serving, shown: Canvas, clock: VirtualClock) -> None:
    while True:
        shown.draw(_title(clock()), await picture_of(service.store))
        await asyncio.sleep(REDRAW_SECONDS)


def _title(now: Instant) -> str:
    wall = datetime_of(now).astimezone(zone_of(ZONE))
    return f"{wall:%A} {wall.day} {wall:%B %H:%M}"


async def _summary(args: argparse.Namespace, service: Serving, player: Player) -> dict[str, Any]:
    picture, totals = await picture_of(service.store), await service.store.totals()
    return {
        "seed": args.seed,
        "customers": totals.customers,
        "calls": player.done,
        "answers": dict(player.statuses),
        "refused": dict(player.refused),
        "messages": picture.messages,
        "states": dict(picture.states),
        "reasons": dict(picture.reasons),
        "left": dict(picture.deliveries),
        "memory_digest": await memory_digest(service.store),
    }


async def _tell(args: argparse.Namespace, service: Serving, client: Client, summary: dict[str, Any]) -> None:
    if args.json:
        answer(summary)
        return
    for title, name in _COUNTED.items():
        counts = sorted(summary[name].items(), key=lambda item: (-item[1], item[0]))
        say(f"  {title:8}  " + ", ".join(f"{plain(key)} {count}" for key, count in counts))
    say()
    for line in await asyncio.to_thread(lambda: list(stories(client))):
        say(line)
