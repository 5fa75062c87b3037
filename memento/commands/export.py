"""Write what a store holds as newline JSON: a line for each customer's artifact, a line for each decision.

Lines are canonical JSON, so that the same content has the same bytes. The digest of a backtest is the sha256 over
these lines, sorted, each with its newline. A running service is not disturbed.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import IO

from artifact.errors import ErrorCode, InputError
from memento.commands.shared import add_store, lasting
from memento.exits import Exit
from memento.exporting import artifact_line, artifacts, decision_lines
from memento.settings import Settings
from memento.terminal import progress
from memento.wiring import opened


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    add_store(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write here and not to stdout")


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Write all lines."""
    if args.out is None:
        asyncio.run(_export(lasting(args.store), sys.stdout.buffer))
        sys.stdout.flush()
        return Exit.OK
    # Written beside and moved into place, so that a name never holds half an export.
    beside = args.out.with_name(args.out.name + ".part")
    try:
        with beside.open("wb") as file:
            asyncio.run(_export(lasting(args.store), file))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(args.out)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{args.out} cannot be written: {why}") from error
    finally:
        beside.unlink(missing_ok=True)
    return Exit.OK


async def _export(address: str, file: IO[bytes]) -> None:
    async with opened(address, read_only=True) as store:
        total = (await store.totals()).customers
        with progress("customers", total) as advance:
            done = 0
            async for artifact in artifacts(store):
                file.write(artifact_line(artifact) + b"\n")
                async for line in decision_lines(store, artifact.customer_id):
                    file.write(line + b"\n")
                done += 1
                advance(done)
