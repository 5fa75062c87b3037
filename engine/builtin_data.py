"""What the data of each built-in event must hold: one row an event type, checked at the border."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from artifact.channel import Channel, Urgency
from artifact.errors import ErrorCode, InputError
from artifact.facts import AliasKind, CustomerKind
from artifact.limits import Limits
from engine.builtin import CORRECTION, FACT_TABLE, TALK_TYPES
from engine.plain import Path, expect_data, expect_fields, expect_id, expect_instant, expect_text, shown

Check = Callable[[dict[str, Any], Path, Limits], None]

_CONTENT_FIELDS = frozenset({"channel", "language", "subject", "body", "short"})


def _one_of(value: Any, known: list[str], path: Path) -> None:
    if value not in known:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{shown(value)}` is none of the known values",
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
            expect_instant(data[name], (*path, name))

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


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones; finding them walks through the folders that hold them."""
    return frozenset(available_timezones())


def _zone(data: dict[str, Any], path: Path, limits: Limits) -> None:
    zone = data.get("zone")
    if zone is not None and (not isinstance(zone, str) or zone not in _zones()):
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{shown(zone)}` is no time zone",
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
        expect_fields(item, _CONTENT_FIELDS, ("body",), place)
        _choice("channel", _CHANNELS, required=False)(item, place, limits)
        for name in ("body", "subject", "short"):
            _text(name, required=name == "body", limit=limits.text_characters)(item, place, limits)
        _text("language", required=False)(item, place, limits)


def _payload(data: dict[str, Any], path: Path, limits: Limits) -> None:
    if data.get("data") is not None:
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
    "message.sent_elsewhere": _all(
        _text("topic"), _choice("channel", _CHANNELS), _text("key", required=False)
    ),
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
