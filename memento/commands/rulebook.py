"""The rulebooks that a running service keeps: `list` all versions, or `show` the text of one.

`show` takes the number of a version; without one it shows what is in force, so that its output can be edited and
published again.
"""

import argparse
from typing import Any

from memento import authoring
from memento.client import Client
from memento.commands.publish import told
from memento.commands.shared import DEFAULT_URL, add_json, positive
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import answer, note, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("action", choices=("list", "show"))
    parser.add_argument("version", type=positive, nargs="?", metavar="N", help="a version, by its number")
    parser.add_argument("--url", default=DEFAULT_URL, help="the service; %(default)s without")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Ask for it."""
    with Client(args.url, "memento rulebook") as client:
        if args.action == "show":
            return _show(authoring.version(client, args.version), as_json=args.json)
        found = list(authoring.versions(client))
        rollout = authoring.standing(client)["rollout"]
    if args.json:
        answer({"versions": found, "rollout": rollout})
        return Exit.OK
    for one in found:
        say(_line(one))
    say(
        told(rollout)
        if rollout is not None
        else "no rulebook is in force: messages wait until one is published"
    )
    return Exit.OK


def _show(version: dict[str, Any], *, as_json: bool) -> Exit:
    if as_json:
        answer(version)
    else:
        note(_line(version))
        say(version["text"].rstrip("\n"))
    return Exit.OK


def _line(version: dict[str, Any]) -> str:
    published = f", published {version['publishedAt']}" if version["publishedAt"] is not None else ""
    saved = f"saved {version['savedAt']} by {version['author']}"
    return f"{version['number']:>5}  {version['state']:<9}  {saved}{published}  {version['id']}"
