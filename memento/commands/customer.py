"""Show what a store knows of one customer: facts, situations, promises, consents, messages.

--as-of asks for what had happened by an instant, --known-at for what we knew at one. A running service is not
disturbed.
"""

import argparse
import asyncio

import msgspec

from artifact.customer import Artifact
from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from dsl.rulebook import Rulebook
from memento.clock import machine_clock
from memento.commands.shared import add_json, add_store, instant_given, lasting, shown
from memento.exits import Exit
from memento.settings import Settings
from memento.telling import Teller
from memento.terminal import answer, say
from memento.wiring import engine_over, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("customer", metavar="ID")
    parser.add_argument("--as-of", metavar="INSTANT")
    parser.add_argument("--known-at", metavar="INSTANT")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Show her."""
    as_of, known_at = instant_given(args.as_of, "as-of"), instant_given(args.known_at, "known-at")
    artifact, book = asyncio.run(_read(lasting(args.store), args.customer, as_of, known_at, settings))
    if artifact is None:
        raise InputError(
            ErrorCode.CUSTOMER_UNKNOWN,
            f"{shown(args.store)} knows of no customer `{args.customer}`",
            path=("customer",),
        )
    if args.json:
        body = msgspec.to_builtins(artifact.body)
        answer({"customerId": artifact.customer_id, "version": artifact.version, **body})
        return Exit.OK
    now = min((i for i in (as_of, known_at) if i is not None), default=max(machine_clock(), artifact.now))
    for line in Teller(artifact, book, now).customer():
        say(line)
    return Exit.OK


async def _read(
    address: str, customer_id: str, as_of: Instant | None, known_at: Instant | None, settings: Settings
) -> tuple[Artifact | None, Rulebook | None]:
    async with opened(address, read_only=True) as store:
        engine = engine_over(store, settings)
        await engine.refresh()
        return await engine.artifact(customer_id, as_of, known_at), engine.books.live
