"""Run a file of past events under a rulebook, on virtual time: timers fire and messages leave at their very instants.

EVENTS is newline JSON, plain or gzip, one event a line as `ingestEvents` takes it (`payload` may stand for `data`);
CUSTOMERS one {id, attributes} a line. With --store the result is kept there; started again after it was stopped, it
goes on to the same end. Equal files, seeds and rulebook give equal digests.
"""

import argparse
import asyncio
from pathlib import Path

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from dsl.compile import Checked
from engine.manners import Manners
from engine.pipeline.backtest import Progress, Refused
from memento.backtesting import Figures, World, as_json, objections, read_world, run_backtest
from memento.commands.shared import add_json, add_store, compiled, instant_given
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import Advance, answer, error_lines, note, progress, say
from memento.wiring import MEMORY, opened

SHOWN_OBJECTIONS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("rulebook", type=Path, metavar="RULEBOOK")
    parser.add_argument("events", type=Path, metavar="EVENTS")
    parser.add_argument("--customers", type=Path, metavar="FILE", help="what is known of them from the start")
    parser.add_argument(
        "--until", metavar="INSTANT", help="where to end; without it, 4 days after the newest event"
    )
    add_store(parser, default=None, help="keep the result here, and go on from what is here already")
    parser.add_argument(
        "--spread",
        type=int,
        metavar="SEED",
        help="give events instants of their own within their day, and a second source",
    )
    parser.add_argument(
        "--scramble", type=int, metavar="SEED", help="with --spread: deliver some events late, some twice"
    )
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Run it."""
    if args.scramble is not None and args.spread is None:
        raise InputError(
            ErrorCode.REQUIRED,
            "--scramble needs --spread",
            help="events that stand at one instant have no order that delivery could disturb",
            path=("spread",),
        )
    until = instant_given(args.until, "until")
    checked = compiled(args.rulebook, settings)
    world = read_world(args.events, args.customers, (args.spread, args.scramble), settings)
    acknowledged = args.store is not None and not args.json
    figures, refused = asyncio.run(
        _run(args.store or MEMORY, checked, world, until, settings, tell=acknowledged)
    )
    _object(world, refused, args.events)
    if args.json:
        answer(as_json(figures))
    else:
        _tell(figures)
    return Exit.FINDING if figures.rejected else Exit.OK


async def _run(
    address: str, checked: Checked, world: World, until: Instant | None, settings: Settings, *, tell: bool
) -> tuple[Figures, tuple[Refused, ...]]:
    start = world.received[0].received_at if world.received else 0
    async with opened(address, lambda: start) as store:
        before = (await store.totals()).entries
        with progress("events", len(world.received)) as advance:
            teller = _Teller(before, advance, tell=tell)
            return await run_backtest(store, checked, world, until, settings, teller.hear)


class _Teller:
    """Tells how much is durable: whoever reads it may kill us and hold us to it."""

    def __init__(self, before: int, advance: Advance, *, tell: bool) -> None:
        self._before = before
        self._told = -1
        self._advance = advance
        self._tell = tell

    def hear(self, heard: Progress) -> None:
        self._advance(heard.events)
        entries = self._before + heard.entries
        if self._tell and entries > self._told:
            self._told = entries
            say(f"acknowledged {entries}")


def _object(world: World, refused: tuple[Refused, ...], events: Path) -> None:
    """The first lines that were not taken, and how many there are besides."""
    all_of_them = list(objections(world, refused, events))
    for place, error in all_of_them[:SHOWN_OBJECTIONS]:
        note(error_lines(error, place))
    if len(all_of_them) > SHOWN_OBJECTIONS:
        note(f"and {len(all_of_them) - SHOWN_OBJECTIONS} more")


def _tell_manners(manners: Manners) -> None:
    say(f"  what the manners did, {manners.asked} times asked to speak:")
    rows = (("without them", manners.without_rulebook), ("with them", manners.with_rulebook))
    for title, one in rows:
        say(
            f"    {title}: {one.contacts} contacts, {one.per_customer_week} per customer and week, at most "
            f"{one.busiest_customer_week}; {one.at_night} at night, {one.repeats} repeats"
        )
    said = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in manners.outcomes.items())
    say(f"    messages: {said}")


def _tell(figures: Figures) -> None:
    say(f"{figures.events} events of {figures.customers} customers, {figures.rejected} rejected")
    say(f"{figures.messages} messages were asked for")
    for title, counts in (("states", figures.states), ("reasons", figures.reasons)):
        said = ", ".join(f"{name or '-'} {count}" for name, count in counts.items())
        say(f"  {title}: {said or 'none'}")
    _tell_manners(figures.manners)
    for experiment, arms in figures.experiments.items():
        said = ", ".join(f"{name} {one.succeeded} of {one.customers}" for name, one in arms.items())
        say(f"  experiment {experiment} succeeded: {said}")
    say(f"{figures.events_per_second} events per second")
    say(f"memory digest {figures.memory_digest}")
    say(f"digest {figures.digest}")
