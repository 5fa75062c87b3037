"""How what the stores keep becomes bytes: msgpack through encoders made once, the same in every store.

The body keeps the bytes that I3 compares (artifact.customer). Refuses to read a layout newer than ours: guessing at
it could only lose something.
"""

import zlib

import msgspec

from artifact.customer import SCHEMA, Body, Snapshot, decode_body, encode_body
from artifact.decision import Entry
from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from artifact.message import Message

_encoder = msgspec.msgpack.Encoder()
_entries = msgspec.msgpack.Decoder(Entry)
_messages = msgspec.msgpack.Decoder(Message)

_QUICKLY = 1

encode_entry = _encoder.encode
decode_entry = _entries.decode
encode_message = _encoder.encode
decode_message = _messages.decode


def decode_artifact_body(schema: int, data: bytes) -> Body:
    """The body of an artifact kept under layout `schema`. Upcasters for older layouts belong here."""
    if schema > SCHEMA:
        raise InputError(
            ErrorCode.STORE_NEWER,
            f"the store holds artifacts of layout {schema}, this version knows up to {SCHEMA}",
            help="run the version of Memento that wrote them, or a newer one",
        )
    return decode_body(data)


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """The body of a snapshot, compressed: one is written for many entries, and read only when history is asked for.

    Its number and instant are kept beside.
    """
    return zlib.compress(encode_body(snapshot.body), _QUICKLY)


def decode_snapshot(schema: int, n: int, now: Instant, data: bytes) -> Snapshot:
    """The inverse of encode_snapshot."""
    return Snapshot(n, now, decode_artifact_body(schema, zlib.decompress(data)))
