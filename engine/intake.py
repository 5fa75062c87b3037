"""The one door: a mapping from a person or a network becomes an event, or an error that names the place.

Used by the API and by files alike. After it, no room checks a value again. Refuses unknown fields, reserved types
and sources, and events from further ahead than the clocks of the world explain.
"""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

from artifact.canonical import canonical_json
from artifact.channel import Channel, Urgency
from artifact.errors import ErrorCode, InputError
from artifact.event import ENGINE_SOURCE, ENGINE_TYPES, Event, Subject
from artifact.facts import AliasKind, CustomerKind
from artifact.instant import SECOND, Instant, format_instant, parse_instant
from artifact.limits import Limits
from engine.builtin import CORRECTION, FACT_TABLE, TALK_TYPES
from engine.plain import Path, expect_data, expect_id, expect_text

EVENT_FIELDS = frozenset({"id", "customerId", "type", "at", "source", "about", "seq", "data"})
REQUEST_FIELDS = frozenset(
    {
        *("source", "id", "customerId", "topic", "at", "about", "key", "seq", "expiresAt", "notBefore"),
        *("channels", "lowerUrgency", "data", "content"),
    }
)
_CONTENT_FIELDS = frozenset({"channel", "language", "subject", "body", "short"})
DISPATCH_SOURCE = "memento.dispatch"
"""The source of hand-over outcomes that the service itself reports."""

DISPATCH_TYPES = frozenset({"delivery.handed_over", "delivery.retry", "delivery.in_doubt"})
"""Outcomes that only the service's own dispatch knows."""

Check = Callable[[dict[str, Any], Path, Limits], None]


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
    _expect_fields(given, EVENT_FIELDS, ("id", "customerId", "type", "at", "source"), path)
    type_ = expect_id(given["type"], (*path, "type"), limits)
    source = expect_id(given["source"], (*path, "source"), limits)
    if not internal:
        _expect_not_reserved(type_, source, path)
    data = expect_data(given.get("data") or {}, (*path, "data"), limits)
    _expect_size(data, path, limits)
    check = BUILTIN_DATA.get(type_)
    if check is not None:
        check(data, (*path, "data"), limits)
    return Event(
        customer_id=expect_id(given["customerId"], (*path, "customerId"), limits),
        source=source,
        id=expect_id(given["id"], (*path, "id"), limits),
        type=type_,
        at=_expect_at(given["at"], now, (*path, "at"), limits),
        received_at=now,
        about=_about(given.get("about"), (*path, "about"), limits),
        seq=_seq(given.get("seq"), (*path, "seq")),
        data=data,
        actor=actor,
    )


def request_event_from(
    given: Mapping[str, Any], limits: Limits, now: Instant, actor: str | None = None, path: Path = ()
) -> Event:
    """The event `message.requested` of a request for a message. Raises InputError with the path to the fault."""
    _expect_fields(given, REQUEST_FIELDS, ("id", "customerId", "topic", "at", "source"), path)
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


def _expect_fields(
    given: Mapping[str, Any], known: frozenset[str], required: tuple[str, ...], path: Path
) -> None:
    if not isinstance(given, Mapping):
        raise InputError(ErrorCode.TYPE_INVALID, "an object is expected here", path=path)
    for name in given:
        if name not in known:
            raise InputError(
                ErrorCode.UNKNOWN_FIELD,
                f"`{str(name)[:60]}` is no field of this",
                help=f"known are {', '.join(sorted(known))}",
                path=path,
            )
    for name in required:
        if given.get(name) is None:
            raise InputError(ErrorCode.REQUIRED, f"`{name}` is missing", path=(*path, name))


def _expect_not_reserved(type_: str, source: str, path: Path) -> None:
    if type_.startswith(ENGINE_TYPES) or type_ in DISPATCH_TYPES:
        raise InputError(
            ErrorCode.EVENT_RESERVED,
            f"events of type `{type_}` are made by the service alone",
            path=(*path, "type"),
        )
    if source == ENGINE_SOURCE or source.startswith(f"{ENGINE_SOURCE}."):
        raise InputError(
            ErrorCode.EVENT_RESERVED, f"`{source}` is a source of the service's own", path=(*path, "source")
        )


def _expect_size(data: dict[str, Any], path: Path, limits: Limits) -> None:
    size = len(canonical_json(data))
    if size > limits.data_bytes:
        raise InputError(
            ErrorCode.DATA_TOO_LARGE,
            f"data has {size} bytes, {limits.data_bytes} are allowed",
            help="send a reference to what is larger",
            path=(*path, "data"),
        )


def _expect_at(value: Any, now: Instant, path: Path, limits: Limits) -> Instant:
    at = value if isinstance(value, int) and not isinstance(value, bool) else _instant(value, path)
    if at > now + limits.future_seconds * SECOND:
        raise InputError(
            ErrorCode.EVENT_FROM_FUTURE,
            f"{format_instant(at)} is more than {limits.future_seconds} seconds ahead of our clock",
            help="check the clock of the source, or send the event again when its time has come",
            path=path,
        )
    return at


def _instant(value: Any, path: Path) -> Instant:
    return parse_instant(expect_text(value, path, 60), path)


def _about(value: Any, path: Path, limits: Limits) -> Subject | None:
    if value is None:
        return None
    if isinstance(value, Subject):
        return value
    _expect_fields(value, frozenset({"kind", "reference"}), ("kind", "reference"), path)
    return Subject(
        expect_id(value["kind"], (*path, "kind"), limits),
        expect_id(value["reference"], (*path, "reference"), limits),
    )


def _seq(value: Any, path: Path) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(ErrorCode.TYPE_INVALID, "`seq` is a whole number", path=path)
    if not -(2**63) <= value < 2**63:
        raise InputError(ErrorCode.NUMBER_INVALID, "`seq` does not fit into 64 bits", path=path)
    return value


def _one_of(value: Any, known: list[str], path: Path) -> None:
    if value not in known:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{str(value)[:60]}` is none of the known values",
            help=f"known are {', '.join(known)}",
            path=path,
        )


_CHANNELS = [c.value for c in Channel]


def _text(name: str, *, required: bool = True, limit: int | None = None) -> Check:
    def check(data: dict[str, Any], path: Path, limits: Limits) -> None:
        if data.get(name) is None:
            if required:
                raise InputError(ErrorCode.REQUIRED, f"`{name}` is missing", path=(*path, name))
            return
        if limit is None:
            expect_id(data[name], (*path, name), limits)
        else:
            expect_text(data[name], (*path, name), limit)

    return check


def _choice(name: str, known: list[str], *, required: bool = True) -> Check:
    def check(data: dict[str, Any], path: Path, limits: Limits) -> None:
        if data.get(name) is None:
            if required:
                raise InputError(ErrorCode.REQUIRED, f"`{name}` is missing", path=(*path, name))
            return
        _one_of(data[name], known, (*path, name))

    return check


def _when(name: str) -> Check:
    def check(data: dict[str, Any], path: Path, limits: Limits) -> None:
        if data.get(name) is not None:
            _instant(data[name], (*path, name))

    return check


def _channel_list(name: str) -> Check:
    def check(data: dict[str, Any], path: Path, limits: Limits) -> None:
        value = data.get(name)
        if value is None:
            return
        if not isinstance(value, list | tuple) or not value:
            raise InputError(ErrorCode.TYPE_INVALID, "a list of channels is expected", path=(*path, name))
        for index, channel in enumerate(value):
            _one_of(channel, _CHANNELS, (*path, name, str(index)))

    return check


def _zone(data: dict[str, Any], path: Path, limits: Limits) -> None:
    zone = data.get("zone")
    if zone is not None and zone not in available_timezones():
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{str(zone)[:60]}` is no time zone",
            help="write an IANA name such as Europe/Madrid",
            path=(*path, "zone"),
        )


def _content(data: dict[str, Any], path: Path, limits: Limits) -> None:
    items = data.get("content")
    if items is None:
        return
    if not isinstance(items, list | tuple):
        raise InputError(ErrorCode.TYPE_INVALID, "a list is expected", path=(*path, "content"))
    for index, item in enumerate(items):
        place = (*path, "content", str(index))
        _expect_fields(item, _CONTENT_FIELDS, ("body",), place)
        _choice("channel", _CHANNELS, required=False)(item, place, limits)
        for name in ("body", "subject", "short"):
            _text(name, required=name == "body", limit=limits.text_characters)(item, place, limits)
        _text("language", required=False)(item, place, limits)


def _payload(data: dict[str, Any], path: Path, limits: Limits) -> None:
    if "data" in data:
        expect_data(data["data"], (*path, "data"), limits)


def _all(*checks: Check) -> Check:
    def check(data: dict[str, Any], path: Path, limits: Limits) -> None:
        for one in checks:
            one(data, path, limits)

    return check


_consent = _all(
    _text("category"),
    _choice("channel", _CHANNELS, required=False),
    _text("proof", required=False, limit=2000),
)
_outcome = _all(_text("delivery"))
_of_message = _all(_text("message"))

BUILTIN_DATA: dict[str, Check] = {
    "customer.alias_added": _all(_choice("kind", [k.value for k in AliasKind]), _text("value")),
    "customer.kind_changed": _choice("kind", [k.value for k in CustomerKind]),
    "consent.given": _consent,
    "consent.refused": _consent,
    "consent.withdrawn": _consent,
    "preference.set": _all(
        _text("language", required=False), _zone, _channel_list("favouriteChannels"), _when("pausedUntil")
    ),
    "interaction.started": _all(_choice("channel", _CHANNELS), _text("session", required=False)),
    "interaction.ended": _text("session"),
    "message.requested": _all(
        _text("topic"),
        _text("key", required=False),
        _when("expiresAt"),
        _when("notBefore"),
        _channel_list("channels"),
        _choice("lowerUrgency", [u.value for u in Urgency], required=False),
        _payload,
        _content,
    ),
    "message.retracted": _all(
        _text("message", required=False), _text("request", required=False), _text("key", required=False)
    ),
    "message.sent_elsewhere": _all(_text("topic"), _choice("channel", _CHANNELS)),
    "delivery.handed_over": _outcome,
    "delivery.delivered": _outcome,
    "delivery.seen": _outcome,
    "delivery.clicked": _outcome,
    "delivery.dismissed": _outcome,
    "delivery.failed": _outcome,
    "delivery.retry": _outcome,
    "delivery.in_doubt": _outcome,
    "delivery.told": _of_message,
    "staff.released": _of_message,
    "staff.cancelled": _of_message,
    "staff.conflict_resolved": _of_message,
    "staff.doubt_resolved": _outcome,
    "staff.task_completed": _text("task"),
    CORRECTION: _all(_text("source"), _text("id")),
}
"""What the data of each built-in event must hold; other fields of it are kept and change nothing."""

assert set(BUILTIN_DATA) | {"customer.updated", "customer.deceased"} == {
    *FACT_TABLE,
    *TALK_TYPES,
    CORRECTION,
}  # a table that misses a row is our own fault, found at import
