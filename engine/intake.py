"""The one door: a mapping from a person or a network becomes an event, or an error that names the place.

Used by the API and by files alike. After it, no room checks a value again. Refuses unknown fields, reserved types
and sources, and events from further ahead than the clocks of the world explain.
"""

from collections.abc import Mapping
from typing import Any

from artifact.canonical import canonical_json, most_bytes
from artifact.errors import ErrorCode, InputError
from artifact.event import ENGINE_SOURCE, ENGINE_TYPES, Event, Subject
from artifact.instant import SECOND, Instant, format_instant
from artifact.limits import Limits
from engine.builtin_data import BUILTIN_DATA
from engine.plain import LEAST, MOST, Path, expect_data, expect_fields, expect_id, expect_instant

EVENT_FIELDS = frozenset({"id", "customerId", "type", "at", "source", "about", "seq", "data"})
REQUEST_FIELDS = frozenset(
    {
        *("source", "id", "customerId", "topic", "at", "about", "key", "seq", "expiresAt", "notBefore"),
        *("channels", "lowerUrgency", "data", "content"),
    }
)
_OWN_SOURCES = f"{ENGINE_SOURCE}."
DISPATCH_SOURCE = "memento.dispatch"
"""The source of hand-over outcomes that the service itself reports."""

DISPATCH_TYPES = frozenset({"delivery.handed_over", "delivery.retry", "delivery.in_doubt"})
"""Outcomes that only the service's own dispatch knows."""


def event_from(
    given: Mapping[str, Any],
    limits: Limits,
    now: Instant,
    actor: str | None = None,
    path: Path = (),
    *,
    internal: bool = False,
) -> Event:
    """The event that a source sends. Raises InputError with the path to the fault.

    `internal`: one of our own doors speaks (a mutation), under a source of ours.
    """
    try:
        return _event(given, limits, now, actor, internal=internal)
    except InputError as error:
        raise error.under(*path) from error


def _event(
    given: Mapping[str, Any], limits: Limits, now: Instant, actor: str | None, *, internal: bool
) -> Event:
    """The same; paths begin at the event, so that nothing is put together for the many that are right."""
    expect_fields(given, EVENT_FIELDS, ("id", "customerId", "type", "at", "source"), ())
    type_ = expect_id(given["type"], ("type",), limits)
    source = expect_id(given["source"], ("source",), limits)
    if not internal:
        _expect_not_reserved(type_, source)
    data = expect_data(given["data"], ("data",), limits) if given.get("data") is not None else {}
    _expect_size(data, limits)
    check = BUILTIN_DATA.get(type_)
    if check is not None:
        check(data, ("data",), limits)
    return Event(
        customer_id=expect_id(given["customerId"], ("customerId",), limits),
        source=source,
        id=expect_id(given["id"], ("id",), limits),
        type=type_,
        at=_expect_at(given["at"], now, limits, internal=internal),
        received_at=now,
        about=_about(given.get("about"), limits),
        seq=_seq(given.get("seq")),
        data=data,
        actor=actor,
    )


def request_event_from(
    given: Mapping[str, Any], limits: Limits, now: Instant, actor: str | None = None, path: Path = ()
) -> Event:
    """The event `message.requested` of a request for a message. Raises InputError with the path to the fault."""
    expect_fields(given, REQUEST_FIELDS, ("id", "customerId", "topic", "at", "source"), path)
    asked = {
        name: given[name]
        for name in ("topic", "key", "expiresAt", "notBefore", "channels", "lowerUrgency", "data", "content")
        if given.get(name) is not None
    }
    envelope = {n: given[n] for n in ("id", "customerId", "at", "source", "about", "seq") if n in given}
    try:
        return event_from({**envelope, "type": "message.requested", "data": asked}, limits, now, actor, path)
    except InputError as error:
        raise _outside_data(error, path) from error


def _outside_data(error: InputError, path: Path) -> InputError:
    """In a request the fields stand at the top, not under `data`."""
    steps = error.path[len(path) :]
    if steps[:1] != ("data",):
        return error
    return InputError(error.code, error.message, help=error.help, path=(*path, *steps[1:]))


def _expect_not_reserved(type_: str, source: str) -> None:
    if type_.startswith(ENGINE_TYPES) or type_ in DISPATCH_TYPES:
        raise InputError(
            ErrorCode.EVENT_RESERVED,
            f"events of type `{type_}` are made by the service alone",
            path=("type",),
        )
    if source == ENGINE_SOURCE or source.startswith(_OWN_SOURCES):
        raise InputError(
            ErrorCode.EVENT_RESERVED, f"`{source}` is a source of the service's own", path=("source",)
        )


def _expect_size(data: dict[str, Any], limits: Limits) -> None:
    if most_bytes(data) <= limits.data_bytes:
        return
    size = len(canonical_json(data))
    if size > limits.data_bytes:
        raise InputError(
            ErrorCode.DATA_TOO_LARGE,
            f"data has {size} bytes, {limits.data_bytes} are allowed",
            help="send a reference to what is larger",
            path=("data",),
        )


def _expect_at(value: Any, now: Instant, limits: Limits, *, internal: bool) -> Instant:
    """Our own doors give instants as they are; from outside an instant is text that says its offset."""
    at = value if internal and type(value) is int else expect_instant(value, ("at",))
    if at > now + limits.future_seconds * SECOND:
        raise InputError(
            ErrorCode.EVENT_FROM_FUTURE,
            f"{format_instant(at)} is more than {limits.future_seconds} seconds ahead of our clock, "
            f"which reads {format_instant(now)}",
            help="check the clock of the source, or send the event again when its time has come",
            path=("at",),
        )
    return at


def _about(value: Any, limits: Limits) -> Subject | None:
    if value is None:
        return None
    if isinstance(value, Subject):
        return value
    expect_fields(value, frozenset({"kind", "reference"}), ("kind", "reference"), ("about",))
    return Subject(
        expect_id(value["kind"], ("about", "kind"), limits),
        expect_id(value["reference"], ("about", "reference"), limits),
    )


def _seq(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(ErrorCode.TYPE_INVALID, "`seq` is a whole number", path=("seq",))
    if not LEAST <= value <= MOST:
        raise InputError(ErrorCode.NUMBER_INVALID, "`seq` does not fit into 64 bits", path=("seq",))
    return value
