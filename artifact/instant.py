"""Instants as whole microseconds since 1970-01-01T00:00Z, so that the kernel compares and adds integers.

Refuses text without an offset: an instant that needs a guess to be understood is not an instant.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from artifact.errors import ErrorCode, InputError

Instant = int
"""Microseconds since the Unix epoch, UTC. May be negative."""

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATTERN = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?"
    r"(?P<offset>[Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?",
    re.ASCII,
)
_COMMON = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3}(\d{3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
"""What nearly every source writes; datetime reads it as it stands."""

EARLIEST: Instant = -62_135_596_800 * SECOND + DAY
LATEST: Instant = 253_402_300_799 * SECOND - DAY


def parse_instant(text: str, path: tuple[str, ...] = ()) -> Instant:
    """Read an ISO 8601 / RFC 3339 instant with offset.

    Raises InputError INSTANT_INVALID or INSTANT_WITHOUT_OFFSET, naming `path`.
    """
    common = _COMMON.fullmatch(text) is not None
    if not common:
        _expect_pattern(text, path)
    try:
        return instant_of(datetime.fromisoformat(text if common else _for_datetime(text)), path)
    except (ValueError, OverflowError) as error:
        raise InputError(
            ErrorCode.INSTANT_INVALID, f"`{text}` is not an instant: {error}", path=path
        ) from error


def _expect_pattern(text: str, path: tuple[str, ...]) -> None:
    match = _PATTERN.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        raise InputError(
            ErrorCode.INSTANT_INVALID,
            f"`{text[:40]}` is not an instant",
            help="write it as 2026-11-21T09:30:00+01:00",
            path=path,
        )
    if match["offset"] is None:
        raise InputError(
            ErrorCode.INSTANT_WITHOUT_OFFSET,
            f"`{text}` does not say which clock it was read from",
            help=f"add the offset: {text}Z or {text}+01:00",
            path=path,
        )


def _for_datetime(text: str) -> str:
    """Cut fractions below a microsecond, which datetime refuses to read, and write T and Z large."""
    return re.sub(r"[.,](\d{1,6})\d*", lambda m: "." + m[1].ljust(6, "0"), text.upper())


def instant_of(moment: datetime, path: tuple[str, ...] = ()) -> Instant:
    """The instant of an aware datetime. Raises InputError for a naive one or one outside years 1 to 9999."""
    if moment.tzinfo is None:
        raise InputError(ErrorCode.INSTANT_WITHOUT_OFFSET, f"`{moment.isoformat()}` has no offset", path=path)
    delta = moment - _EPOCH
    instant = (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds
    if not EARLIEST <= instant <= LATEST:
        raise InputError(
            ErrorCode.INSTANT_INVALID, f"`{moment.isoformat()}` is outside the years 1 to 9999", path=path
        )
    return instant


def datetime_of(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


# Of the few instants of one customer each rule, message and record asks again.
@lru_cache(maxsize=8_192)
def format_instant(instant: Instant) -> str:
    """The canonical text: UTC, `Z`, fractions only where there are any."""
    text = datetime_of(instant).isoformat()[:-6]
    return f"{text.rstrip('0') if '.' in text else text}Z"
