"""`opens after 180 days without ...`: an event that breaks a silence starts the wait for the next one."""

from typing import Any

import msgspec

from artifact.span import Span


class WatchSilence(msgspec.Struct, frozen=True):
    """The situation (kind, reference) opens `within` after this event, unless another one like it comes before.

    `data` are the fields of this event that the situation then remembers.
    """

    kind: str
    reference: str
    within: Span
    data: dict[str, Any] = {}
