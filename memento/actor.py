"""Who acts, as a request says: the header X-Memento-Actor. It is recorded with what is done, and proves nothing."""

from artifact.limits import Limits
from engine.plain import expect_id

HEADER = "X-Memento-Actor"


def actor_of(header: str | None, limits: Limits) -> str | None:
    """The actor that the header names, None where it is not sent. Raises InputError for one that can't be recorded."""
    return None if header is None else actor_named(_utf8(header), limits)


def actor_named(given: object, limits: Limits) -> str | None:
    """The actor as given elsewhere, for example in the first frame of a socket."""
    if given is None or given == "":
        return None
    return expect_id(given, (HEADER,), limits)


def _utf8(header: str) -> str:
    """Headers arrive as bytes read as Latin-1; names of people are written in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
