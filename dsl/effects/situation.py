"""What transitions and event rules do to situations: open, move, update, close."""

from typing import Any

import msgspec

from artifact.span import Span


class OpenSituation(msgspec.Struct, frozen=True):
    """Opens (kind, reference), or re-opens it. `data` are remembered fields as plain JSON."""

    kind: str
    reference: str
    data: dict[str, Any] = {}
    expires_after: Span | None = None


class MoveSituation(msgspec.Struct, frozen=True):
    """Moves an open situation to `state`; nothing happens where it is not open."""

    kind: str
    reference: str
    state: str
    data: dict[str, Any] = {}


class UpdateSituation(msgspec.Struct, frozen=True):
    """Remembers newer values of an open situation."""

    kind: str
    reference: str
    data: dict[str, Any] = {}


class CloseSituation(msgspec.Struct, frozen=True):
    """Closes it, remembering `data` first."""

    kind: str
    reference: str
    data: dict[str, Any] = {}
