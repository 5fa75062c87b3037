"""What a declared commitment does on an event: is made, is kept, is dropped."""

from typing import Any

import msgspec

from artifact.event import Subject
from artifact.span import Span


class MakeCommitment(msgspec.Struct, frozen=True):
    """The brand promises; due `within` after the event's instant. An open one of the same key is renewed.

    `stages` are the waits after which something follows if it is still pending.
    """

    name: str
    reference: str
    within: Span
    about: Subject | None = None
    data: dict[str, Any] = {}
    stages: tuple[Span, ...] = ()


class KeepCommitment(msgspec.Struct, frozen=True):
    """Evidence that it was kept, if the event is not after the due instant."""

    name: str
    reference: str


class DropCommitment(msgspec.Struct, frozen=True):
    """It no longer binds."""

    name: str
    reference: str
