"""The command line: finds the command in the table, reads the settings, and turns what went wrong into an exit code.

Only the module of the command that was asked for is imported, so that a question is answered before a server could
have been.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from artifact.errors import InputError
from memento.commands import COMMANDS
from memento.environment import settle_zones
from memento.exits import Exit, exit_for
from memento.terminal import close_quietly, complain, note
from memento.version import VERSION

if TYPE_CHECKING:
    from memento.settings import Settings


class CommandModule(Protocol):
    """What a module in memento/commands holds."""

    __doc__: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Name what the command takes."""

    def run(self, args: argparse.Namespace, settings: "Settings") -> Exit:
        """Do it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return Exit.OK if words else Exit.INPUT
    if words[0] == "--version":
        print(f"memento {VERSION}")
        return Exit.OK
    if words[0] not in COMMANDS:
        note(f"memento: {_unknown(words[0])}")
        return Exit.INPUT
    return _run(words[0], words[1:])


def _run(name: str, words: list[str]) -> int:
    from memento.settings import read_settings

    settle_zones()
    module: CommandModule = import_module(f"memento.commands.{name.replace('-', '_')}")
    args = parser_of(name, module).parse_args(words)
    try:
        return module.run(args, read_settings(os.environ, args.settings))
    except InputError as error:
        complain(error, as_json=getattr(args, "json", False))
        return exit_for(error.code)
    except BrokenPipeError:
        close_quietly()
        return Exit.OK
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception:
        traceback.print_exc()
        note("memento: this is a fault of Memento itself; please report it with the lines above")
        return Exit.FAULT


def parser_of(name: str, module: CommandModule) -> argparse.ArgumentParser:
    """The parser of one command."""
    parser = argparse.ArgumentParser(
        prog=f"memento {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    parser.add_argument("--settings", type=Path, metavar="FILE", help="limits, as TOML or JSON")
    return parser


def usage() -> str:
    """The list of all commands."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {help}" for name, help in COMMANDS.items())
    return (
        f"usage: memento COMMAND [ARGUMENTS]\n\n{listed}\n\n"
        "`memento COMMAND --help` says what a command takes; docs/cli.md has exit codes and examples."
    )


def _unknown(word: str) -> str:
    near = get_close_matches(word, COMMANDS, 1)
    hint = f"did you mean `{near[0]}`?" if near else "`memento --help` lists them"
    return f"`{word[:60]}` is no command; {hint}"


if __name__ == "__main__":
    sys.exit(main())
