"""One text for one content, so that equal things have equal hashes; and ids that follow from what they name.

Refuses nothing: borders have validated what comes here (engine.plain).
"""

from hashlib import blake2b, sha256
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")
_unsorted = msgspec.json.Encoder()


def canonical_json(value: Any) -> bytes:
    """Canonical JSON: keys sorted, no space, 1.0 written as 1. `value` is plain JSON data."""
    return _encoder.encode(_whole(value) if _holds_whole(value) else value)


def most_bytes(value: Any) -> int:
    """More than canonical JSON has bytes, or as many: quicker to know where only a limit has to hold."""
    # A number written in 3 characters (1e9) has at most 19 digits when it is written out.
    return 7 * len(_unsorted.encode(value))


def _holds_whole(value: Any) -> bool:
    """Whether a whole number is held as a float anywhere in it; most content has none."""
    if type(value) is float:
        return value.is_integer()
    if type(value) not in _HOLDING:
        return False
    for item in value.values() if type(value) is dict else value:
        if type(item) in _HOLDING and _holds_whole(item):
            return True
    return False


def _whole(value: Any) -> Any:
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < 2**63 else value
    if type(value) is dict:
        return {key: _whole(item) if type(item) in _HOLDING else item for key, item in value.items()}
    if type(value) is list or type(value) is tuple:
        return [_whole(item) if type(item) in _HOLDING else item for item in value]
    return value


_HOLDING = frozenset({float, dict, list, tuple})
"""What a whole number held as a float can be, or be part of."""


def content_hash(value: Any) -> bytes:
    """16 bytes that differ where the content differs."""
    return blake2b(canonical_json(value), digest_size=16).digest()


def derived_id(prefix: str, *parts: str) -> str:
    """An id that anyone can derive again from the same parts, so a retry names the same thing."""
    digest = blake2b(digest_size=12)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return f"{prefix}_{digest.hexdigest()}"


def digest_of(lines: list[bytes]) -> str:
    """sha256 over sorted lines, each ended by a newline: the order in which they were made does not count."""
    total = sha256()
    for line in sorted(lines):
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()
