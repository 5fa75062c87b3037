"""The name of the file that a delivery key is spooled to: the key itself where it is harmless, else a spelling of it.

Two keys never share a file, on no file system: not by case, not by a name that a system keeps for itself, and not by
a path hidden in the key.
"""

import re
from hashlib import sha256

_PLAIN = re.compile(r"[a-z]+_[0-9a-f]{1,64}-[A-Z_]{1,20}", re.ASCII)
"""A delivery key as the engine makes them."""
_HARMFUL = re.compile(r"[^a-z0-9]+", re.ASCII)
_SHOWN = 40


def file_name(key: str) -> str:
    """The file for this key. Raises UnicodeEncodeError for a key that no file could tell."""
    if _PLAIN.fullmatch(key):
        return f"{key}.json"
    digest = sha256(key.encode()).hexdigest()[:32]
    shown = _HARMFUL.sub("-", key[:_SHOWN].lower()).strip("-")
    # The sign of equality stands in no plain name, so a spelt one never meets it.
    return f"key-{shown}={digest}.json"
