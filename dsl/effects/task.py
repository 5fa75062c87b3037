"""`raise task call_today for claims_desk, due in 4 hours`; `raise alert ...`: for a person of the brand."""

import msgspec

from artifact.event import Subject
from artifact.span import Span


class RaiseTask(msgspec.Struct, frozen=True):
    """To do, or (`is_alert`) to know."""

    kind: str
    team: str | None = None
    due_in: Span | None = None
    is_alert: bool = False
    about: Subject | None = None
