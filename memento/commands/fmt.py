"""Write a rulebook in its canonical form: to stdout, or with --write into its file; --check only compares.

Comments are kept, and a declaration that cannot be read stays as it is. Exit code 1 where --check finds a difference.
With --to the rulebook is written in the other tongue, by its glossary; only one that is free of faults is, and only as
a text that means the same.
"""

import argparse
import os
from difflib import unified_diff
from pathlib import Path

from artifact.errors import ErrorCode, InputError
from dsl.errors import rendered
from dsl.format import format_rulebook
from dsl.lexicon import CODES
from dsl.translate import translate_rulebook
from memento.commands.shared import add_json, read_rulebook
from memento.exits import Exit
from memento.phrases import phrases_for
from memento.settings import Settings
from memento.terminal import answer, say

LANGUAGES = {"en": "English", "es": "Spanish"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("rulebook", type=Path, metavar="RULEBOOK")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--check", action="store_true", help="show what would change, and change nothing")
    either.add_argument("--write", action="store_true", help="put the canonical form in the file's place")
    either.add_argument("--to", choices=CODES, metavar="LANGUAGE", help="write it in this tongue: en or es")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Format one file."""
    path: Path = args.rulebook
    data = read_rulebook(path, settings.limits)
    text = _decoded(path, data)
    formatted = (
        _translated(path, text, args.to, settings) if args.to else format_rulebook(text, settings.limits)
    )
    canonical = formatted.encode() == data
    if args.write and not canonical:
        _replace(path, formatted.encode())
    if args.json:
        answer({"ok": canonical or not args.check, "canonical": canonical, "formatted": formatted})
    elif args.check:
        _tell(path, text, formatted, canonical=canonical)
    elif args.write:
        words = phrases_for(text)
        say(f"{path}: {words.was_canonical if canonical else words.written}")
    elif formatted:
        say(formatted.removesuffix("\n"))
    return Exit.FINDING if args.check and not canonical else Exit.OK


def _translated(path: Path, text: str, to: str, settings: Settings) -> str:
    """The text in the other tongue. Raises InputError."""
    found = translate_rulebook(text, to, settings.limits)
    if found.text is None:
        told = "\n\n".join(rendered(fault, text) for fault in found.diagnostics)
        raise InputError(
            ErrorCode.RULEBOOK_INVALID,
            f"{path} cannot be written in {LANGUAGES[to]}: {told or 'it would not mean the same'}",
            help="give the names that are words of that language another one in a glossary",
        )
    return found.text


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            ErrorCode.RULEBOOK_INVALID,
            f"{path} is not UTF-8: byte {error.start} is part of no character",
            help="save it as UTF-8",
        ) from error


def _replace(path: Path, data: bytes) -> None:
    """Put the file in place whole or not at all. Raises InputError."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            beside.write_bytes(data)
            beside.chmod(target.stat().st_mode)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{path} cannot be written: {why}") from error


def _tell(path: Path, before: str, after: str, *, canonical: bool) -> None:
    """What would change, as a patch; line ends and a mark of byte order do not show in one."""
    for line in unified_diff(
        before.splitlines(), after.splitlines(), str(path), "canonical", lineterm="", n=1
    ):
        say(line)
    words = phrases_for(before)
    say(f"{path}: {words.canonical if canonical else words.not_canonical}")
