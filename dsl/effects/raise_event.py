"""`raise event care.needed with (...)`: goes to the queue of this event, with a limit on depth."""

from typing import Any

import msgspec

from artifact.event import Subject


class RaiseEvent(msgspec.Struct, frozen=True):
    type: str
    data: dict[str, Any] = {}
    about: Subject | None = None
