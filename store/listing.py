"""The listing of messages: which rows a filter lets through, their order, and the cursor that goes on from one.

One order for every store: newest received first, ties by id. A cursor carries a mark of the listing it belongs to;
used on another one it is refused, because it would skip rows without a word.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import blake2b
from typing import Annotated

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from store.port import MessageFilter, MessageRow, Page

Place = tuple[int, str]
"""Sorts rows in the order of the listing: the instant negated, then the id."""

_encoder = msgspec.msgpack.Encoder()
_At = Annotated[Instant, msgspec.Meta(ge=-(2**62), le=2**62)]
_cursors = msgspec.msgpack.Decoder(tuple[bytes, _At, str])


def place_of(row: MessageRow) -> Place:
    """Where a row stands in the listing."""
    return (-row.message.received_at, row.id)


def lets_through(where: MessageFilter, row: MessageRow) -> bool:
    """Whether the row meets every condition given."""
    message = row.message
    return (
        _equal(where.customer_id, row.customer_id)
        and _equal(where.topic, message.request.topic)
        and _equal(where.category, message.category)
        and _equal(where.rule, message.rule)
        and _equal(where.reason, message.reason)
        and (where.states is None or message.state in where.states)
        and (where.since is None or message.received_at >= where.since)
        and (where.before is None or message.received_at < where.before)
    )


def _equal(wanted: str | None, found: str | None) -> bool:
    return wanted is None or wanted == found


def page_of(where: MessageFilter, rows: Iterable[MessageRow], first: int) -> Page[MessageRow]:
    """The first `first` of rows that are in order, with a cursor if there are more."""
    found: list[MessageRow] = []
    for row in rows:
        if len(found) == first:
            return Page(tuple(found), after=cursor_of(where, found[-1]))
        found.append(row)
    return Page(tuple(found))


def cursor_of(where: MessageFilter, row: MessageRow) -> str:
    """The cursor that goes on after `row`."""
    data = _encoder.encode((_mark(where), row.message.received_at, row.id))
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def place_after(where: MessageFilter, cursor: str | None) -> Place | None:
    """The place that the cursor stands at. Raises InputError CURSOR_INVALID for another listing's."""
    if cursor is None:
        return None
    try:
        mark, received_at, id = _cursors.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.MsgspecError) as error:
        raise _refused() from error
    if mark != _mark(where):
        raise _refused()
    return (-received_at, id)


def _mark(where: MessageFilter) -> bytes:
    return blake2b(_encoder.encode(where), digest_size=6).digest()


def _refused() -> InputError:
    return InputError(
        ErrorCode.CURSOR_INVALID,
        "this cursor does not belong to this listing",
        help="pass the `after` of the page before, with the same filter",
        path=("after",),
    )
