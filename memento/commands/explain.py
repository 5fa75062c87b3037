"""Say in words why a message is where it is, and every decision that led there. A running service is not disturbed."""

import argparse
import asyncio

import msgspec

from artifact.customer import Artifact
from artifact.decision import Record
from artifact.errors import ErrorCode, InputError
from artifact.message import Message
from dsl.rulebook import Rulebook
from memento.clock import machine_clock
from memento.commands.shared import add_json, add_store, lasting, shown
from memento.exits import Exit
from memento.settings import Settings
from memento.telling import Teller
from memento.terminal import answer, say
from memento.wiring import engine_over, opened


class Found(msgspec.Struct, frozen=True):
    """A message with all that is needed to tell of it."""

    artifact: Artifact
    message: Message
    records: list[Record]
    book: Rulebook | None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("message", metavar="MESSAGE_ID")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Explain it."""
    found = asyncio.run(_read(lasting(args.store), args.message, settings))
    if found is None:
        raise InputError(
            ErrorCode.MESSAGE_UNKNOWN,
            f"{shown(args.store)} knows of no message `{args.message}`",
            path=("message",),
        )
    teller = Teller(found.artifact, found.book, max(machine_clock(), found.artifact.now))
    if args.json:
        answer(
            {
                "customerId": found.artifact.customer_id,
                "sentence": teller.sentence(found.message),
                "message": found.message,
                "decisions": found.records,
            }
        )
        return Exit.OK
    for line in teller.message(found.message, found.records):
        say(line)
    return Exit.OK


async def _read(address: str, message_id: str, settings: Settings) -> Found | None:
    async with opened(address, read_only=True) as store:
        engine = engine_over(store, settings)
        await engine.refresh()
        row = await store.message(message_id)
        artifact = await store.artifact(row.customer_id) if row is not None else None
        if row is None or artifact is None:
            return None
        records = await engine.records(row.customer_id, message_id)
        return Found(artifact, row.message, records, engine.books.live)
