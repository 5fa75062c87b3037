"""Put a rulebook in force over a running service: now, later, or again; or say beforehand what it would change.

FILE is saved as a version and published; --version publishes one that was saved before; --rollback goes back to one
that was in force, without --version to what the newest publication replaced. The tests that it brings must pass. With
--preview nothing goes live: it is counted and shown what would change, and the file is kept as a draft.
"""

import argparse
from pathlib import Path
from typing import Any

from artifact.errors import ErrorCode, InputError
from artifact.instant import format_instant
from memento import authoring
from memento.client import Client
from memento.commands.shared import DEFAULT_URL, add_json, compiled, instant_given, positive
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import answer, counted, note, progress, say

PREVIEW_SECONDS = 600.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a rulebook")
    parser.add_argument("--version", type=positive, metavar="N", help="a saved version, by its number")
    parser.add_argument("--rollback", action="store_true", help="go back to what was in force before")
    parser.add_argument("--preview", action="store_true", help="only say what would change")
    parser.add_argument(
        "--examples", type=positive, default=5, metavar="N", help="shown by a preview; %(default)s without"
    )
    parser.add_argument("--at", metavar="INSTANT", help="when it goes live; without it, at once")
    parser.add_argument(
        "--even-if-tests-fail", action="store_true", help="publish although tests that it brings fail"
    )
    parser.add_argument("--url", default=DEFAULT_URL, help="the service; %(default)s without")
    parser.add_argument("--actor", default="memento publish", help="who publishes; recorded")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Do it."""
    _check(args)
    at = instant_given(args.at, "at")
    options: dict[str, object] = {"effectiveAt": format_instant(at)} if at is not None else {}
    if args.even_if_tests_fail:
        options["evenIfTestsFail"] = True
    with Client(args.url, args.actor, PREVIEW_SECONDS) as client:
        version_id = _version(client, args, settings)
        if args.preview:
            return _preview(client, str(version_id), args)
        rollout = (
            authoring.roll_back(client, version_id)
            if args.rollback
            else authoring.publish(client, str(version_id), **options)
        )
        with progress("customers", rollout["total"]) as advance:
            rollout = authoring.follow(client, rollout, lambda heard: advance(heard["done"]))
    if args.json:
        answer({"rollout": rollout})
    else:
        say(told(rollout))
    return Exit.OK


def _check(args: argparse.Namespace) -> None:
    """Raises InputError for what does not go together."""
    if (args.file is None) == (args.version is None) and not (args.rollback and args.file is None):
        raise InputError(
            ErrorCode.REQUIRED,
            "say what: a FILE, or the number of a --version",
            help="--rollback alone goes back to what the newest publication replaced",
            path=("file",),
        )
    if args.rollback and (args.file is not None or args.at is not None):
        raise InputError(
            ErrorCode.NOT_ALLOWED,
            "--rollback goes back at once, and to a version that was in force before",
            help="publish a FILE, or a --version with --at, without --rollback",
            path=("rollback",),
        )
    if args.rollback and args.preview and args.version is None:
        raise InputError(
            ErrorCode.REQUIRED,
            "say which --version going back is previewed for",
            help="`memento rulebook list` shows which were in force",
            path=("version",),
        )


def _version(client: Client, args: argparse.Namespace, settings: Settings) -> str | None:
    if args.file is None:
        return str(authoring.version(client, args.version)["id"]) if args.version is not None else None
    book = compiled(args.file, settings).rulebook
    assert book is not None
    return authoring.save(client, book.text, book.revision)


def _preview(client: Client, version_id: str, args: argparse.Namespace) -> Exit:
    total = authoring.standing(client)["rollout"]
    with progress("customers", total["total"] if total is not None else None) as advance:
        found = authoring.preview(client, version_id, args.examples, advance)
    if args.json:
        answer(found)
        return Exit.OK
    open_messages, customers = counted(found.messages, "open message"), counted(found.customers, "customer")
    say(f"{found.changed} of {open_messages} of {customers} would change")
    if found.failed:
        say(f"  {found.failed} customers could not be decided; the service's log says why")
    for move in found.moves:
        say(f"  {move['count']:>7}  {move['before']} -> {move['after']}")
    if found.causes:
        say("because of")
    for cause in found.causes:
        why = cause["reason"].replace("_", " ") or "nothing that holds them"
        rule = f"the rule “{cause['rule']}”" if cause["rule"] is not None else ""
        say(f"  {cause['count']:>7}  {rule or why}")
    for example in found.examples:
        say(f"customer {example['customerId']}, message {example['messageId']}")
        say(f"  now    {example['before']['explanation']}")
        say(f"  then   {example['after']['explanation']}")
    for name in found.failing_tests:
        say(f"its test “{name}” fails; publishing demands that it passes")
    return Exit.OK


def told(rollout: dict[str, Any]) -> str:
    """How a publication stands, in words."""
    epoch = f"publication {rollout['epoch']}"
    if rollout["state"] == "SCHEDULED":
        return f"{epoch} goes live at {rollout['effectiveAt']}"
    if rollout["state"] == "REPLACED":
        return f"{epoch} was replaced by a later one meanwhile"
    figures = f"{rollout['done']} of {rollout['total']} customers decided anew, {rollout['changed']} messages"
    if rollout["state"] == "RUNNING":
        note("it goes on in the background; `memento rulebook list` says how far it is")
    return f"{epoch} is in force: {figures} changed"
