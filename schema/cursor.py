"""Cursors: opaque text that names the listing it belongs to.

A cursor of another listing, or of the same one with other conditions, is refused (CURSOR_INVALID): followed, it would
skip or repeat without anybody noticing.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, TypeVar

import msgspec

from artifact.canonical import content_hash
from artifact.errors import ErrorCode, InputError
from schema.scalars import Cursor

T = TypeVar("T")

Number = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
"""A place in a listing that is counted from 1."""

LONGEST = 2_000
"""Characters. Longer text is no cursor of ours and is not decoded."""


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    listing: str
    conditions: bytes
    place: msgspec.Raw


class Listing:
    """One listing, by its name and the conditions (plain JSON data) that decide what stands in it."""

    def __init__(self, name: str, conditions: object = None) -> None:
        self._name = name
        self._mark = content_hash(conditions)[:8]

    def seal(self, place: object) -> Cursor:
        """A cursor to a place."""
        inner = msgspec.Raw(msgspec.msgpack.encode(place))
        packed = msgspec.msgpack.encode(_Sealed(self._name, self._mark, inner))
        return Cursor(urlsafe_b64encode(packed).rstrip(b"=").decode())

    def unseal(self, cursor: str, place: type[T], *path: str) -> T:
        """The place a cursor names. Raises InputError CURSOR_INVALID for text that is no cursor of this listing."""
        try:
            if len(cursor) > LONGEST:
                raise ValueError
            packed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            sealed = msgspec.msgpack.decode(packed, type=_Sealed)
            if (sealed.listing, sealed.conditions) != (self._name, self._mark):
                raise ValueError
            return msgspec.msgpack.decode(sealed.place, type=place)
        except (ValueError, binascii.Error, msgspec.DecodeError):
            raise InputError(
                ErrorCode.CURSOR_INVALID,
                "this cursor does not belong here",
                help="pass a cursor that the same query with the same conditions gave, or none to begin anew",
                path=path,
            ) from None
