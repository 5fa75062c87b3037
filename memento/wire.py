"""JSON in and out of the service.

Going in, integers keep every digit and a text may hold half a character: the border that knows the place refuses
them, one item at a time. What is no JSON (NaN, a cut body) is refused here. Going out, everything can be written.
"""

import json
from typing import Any, NoReturn

import msgspec
import orjson

_decoder = msgspec.json.Decoder()


def read_json(data: bytes | str) -> Any:
    """The value that the text means. Raises ValueError for what is no JSON."""
    try:
        return _decoded(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _decoded(data: bytes | str) -> Any:
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        # Slower, and it tells what is no JSON from what is JSON that no text of ours can hold.
        return json.loads(data, parse_constant=_no_json)


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def write_json(value: Any) -> bytes:
    """The value as UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Half characters and integers past 64 bits, quoted back from what a client sent.
        return json.dumps(value, default=str).encode()
