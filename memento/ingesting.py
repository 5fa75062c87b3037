"""A file of events, sent to a service in batches that it takes whole. Sending again is always safe: what is known is
answered as a duplicate.

Refuses nothing by itself but what is no line of JSON; everything else the service judges, event by event.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from memento.client import Client, request_body
from memento.events_file import event_fields
from memento.lines_file import Line, read_lines
from memento.wire import write_json

INGEST = """mutation Ingest($inputs: [EventInput!]!) {
  ingestEvents(inputs: $inputs) {
    results { eventId status userErrors { code message help path } }
    userErrors { code message help path }
  }
}"""
_ENVELOPE_BYTES = len(request_body(INGEST, {"inputs": []})) + 1


class Item(msgspec.Struct, frozen=True):
    """An event of a file, as it is sent."""

    line: int
    fields: dict[str, Any]


class Refusal(msgspec.Struct, frozen=True):
    """A line that was not taken, and why."""

    line: int
    error: InputError


class Ingested(msgspec.Struct):
    """What became of a file."""

    lines: int = 0
    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    refusals: list[Refusal] = []


def ingest(client: Client, path: Path, limits: Limits, on_progress: Callable[[int], None]) -> Ingested:
    """Send all of a file. Raises InputError FILE_UNREADABLE or STORE_UNAVAILABLE."""
    ingested = Ingested()
    for batch in _batches(_items(read_lines(path, limits), ingested), limits):
        _send(client, batch, ingested)
        on_progress(ingested.lines)
    on_progress(ingested.lines)
    return ingested


def _items(lines: Iterator[Line], ingested: Ingested) -> Iterator[Item]:
    for line in lines:
        ingested.lines += 1
        try:
            if line.error is not None:
                raise line.error
            fields = event_fields(line.value)
            if not isinstance(fields, dict):
                raise InputError(ErrorCode.TYPE_INVALID, "an object is expected here")
            yield Item(line.number, fields)
        except InputError as error:
            ingested.refusals.append(Refusal(line.number, error))


def _batches(items: Iterator[Item], limits: Limits) -> Iterator[list[Item]]:
    """As many as a call takes, by count and by bytes, whichever comes first."""
    batch: list[Item] = []
    size = _ENVELOPE_BYTES
    for item in items:
        weight = len(write_json(item.fields)) + 1
        if batch and (len(batch) == limits.batch_events or size + weight > limits.batch_bytes):
            yield batch
            batch, size = [], _ENVELOPE_BYTES
        batch.append(item)
        size += weight
    if batch:
        yield batch


def _send(client: Client, batch: list[Item], ingested: Ingested) -> None:
    """One call. Where a call is refused as a whole for what one event holds, its halves are sent."""
    try:
        payload = client.execute(INGEST, {"inputs": [item.fields for item in batch]})["ingestEvents"]
    except InputError as error:
        if error.code is not ErrorCode.DATA_INVALID:
            raise
        if len(batch) == 1:
            ingested.refusals.append(Refusal(batch[0].line, error))
            return
        middle = len(batch) // 2
        _send(client, batch[:middle], ingested)
        _send(client, batch[middle:], ingested)
        return
    for fault in payload["userErrors"]:
        raise _error_of(fault)
    for item, result in zip(batch, payload["results"], strict=True):
        ingested.statuses[result["status"]] += 1
        for fault in result["userErrors"]:
            ingested.refusals.append(Refusal(item.line, _error_of(fault)))


def _error_of(fault: dict[str, Any]) -> InputError:
    """An error of the service, seen from the line: `inputs` and the number in the batch mean nothing there."""
    path = tuple(fault["path"])
    path = path[2:] if path[:1] == ("inputs",) else path
    code = ErrorCode(fault["code"]) if fault["code"] in ErrorCode.__members__ else ErrorCode.DATA_INVALID
    return InputError(code, fault["message"], help=fault["help"], path=path)
