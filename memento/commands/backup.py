"""Write a copy of a store's file as of one commit. A running service is not disturbed.

The copy is a store of its own: `memento verify --store FILE` tells whether all is well with it, and to bring it back
it is put in the place of the store while no service runs. For MongoDB see docs/stores.md.
"""

import argparse
from pathlib import Path

from artifact.errors import ErrorCode, InputError
from memento.commands.shared import add_store, lasting
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import say
from store.embedded.copying import copy_store


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    add_store(parser, help="a file; %(default)s without")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the copy goes")


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Copy it."""
    address = lasting(args.store)
    if "://" in address:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            "only a store in a file is copied so",
            help="docs/stores.md says how a database is backed up",
            path=("store",),
        )
    copy_store(Path(address), args.out)
    say(f"{args.store} is copied to {args.out}, {args.out.stat().st_size} bytes")
    return Exit.OK
