"""Send a file of events to a running service, in batches. May be run again at will: what is known is a duplicate.

FILE is newline JSON, plain or gzip, one event a line as `ingestEvents` takes it (`payload` may stand for `data`). A
line that is refused is told with its number and the rest goes on; exit code 1 if there was any.
"""

import argparse
from pathlib import Path

from memento.client import Client
from memento.commands.shared import DEFAULT_URL, add_json
from memento.exits import Exit
from memento.ingesting import Ingested, ingest
from memento.settings import Settings
from memento.terminal import answer, error_data, error_lines, note, progress, say

SHOWN_REFUSALS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="lines of events")
    parser.add_argument("--url", default=DEFAULT_URL, help="the service; %(default)s without")
    parser.add_argument("--actor", default="memento ingest", help="who sends; recorded with every event")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Send it."""
    with Client(args.url, args.actor) as client, progress("lines", None) as advance:
        ingested = ingest(client, args.file, settings.limits, advance)
    if args.json:
        answer(_data(ingested))
    else:
        _tell(args.file, ingested)
    return Exit.FINDING if ingested.refusals else Exit.OK


def _data(ingested: Ingested) -> dict[str, object]:
    refusals = [{"line": one.line, **error_data(one.error)} for one in ingested.refusals]
    return {"lines": ingested.lines, "statuses": dict(ingested.statuses), "errors": refusals}


def _tell(file: Path, ingested: Ingested) -> None:
    for one in ingested.refusals[:SHOWN_REFUSALS]:
        note(error_lines(one.error, f"{file}:{one.line}"))
    if len(ingested.refusals) > SHOWN_REFUSALS:
        note(f"and {len(ingested.refusals) - SHOWN_REFUSALS} more")
    counted = ", ".join(f"{count} {status.lower()}" for status, count in sorted(ingested.statuses.items()))
    say(f"{ingested.lines} lines: {counted or 'nothing was sent'}; {len(ingested.refusals)} refused")
