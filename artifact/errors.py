"""Every way in which a person's or a system's input can be at fault, and the one exception that says so.

An error is kind + place + help, for whoever caused it. Faults of our own are plain exceptions and never come
through here. Each code has a page under docs/errors/; a house test demands it.
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Stable codes: a client may branch on them, so a code is never renamed and never reused."""

    REQUIRED = "REQUIRED"
    TYPE_INVALID = "TYPE_INVALID"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    VALUE_UNKNOWN = "VALUE_UNKNOWN"
    ID_INVALID = "ID_INVALID"
    TEXT_INVALID = "TEXT_INVALID"
    NUMBER_INVALID = "NUMBER_INVALID"
    INSTANT_INVALID = "INSTANT_INVALID"
    INSTANT_WITHOUT_OFFSET = "INSTANT_WITHOUT_OFFSET"
    DATA_TOO_LARGE = "DATA_TOO_LARGE"
    DATA_TOO_DEEP = "DATA_TOO_DEEP"
    DATA_INVALID = "DATA_INVALID"
    BATCH_SIZE = "BATCH_SIZE"
    LINE_INVALID = "LINE_INVALID"
    EVENT_FROM_FUTURE = "EVENT_FROM_FUTURE"
    EVENT_CONFLICT = "EVENT_CONFLICT"
    EVENT_RESERVED = "EVENT_RESERVED"
    EVENT_UNKNOWN = "EVENT_UNKNOWN"
    CUSTOMER_UNKNOWN = "CUSTOMER_UNKNOWN"
    CUSTOMER_FULL = "CUSTOMER_FULL"
    ARTIFACT_TOO_LARGE = "ARTIFACT_TOO_LARGE"
    MESSAGE_UNKNOWN = "MESSAGE_UNKNOWN"
    MESSAGE_CLOSED = "MESSAGE_CLOSED"
    DELIVERY_UNKNOWN = "DELIVERY_UNKNOWN"
    ALREADY_LEFT = "ALREADY_LEFT"
    NOT_ALLOWED = "NOT_ALLOWED"
    RULEBOOK_UNKNOWN = "RULEBOOK_UNKNOWN"
    RULEBOOK_INVALID = "RULEBOOK_INVALID"
    RULEBOOK_TOO_LARGE = "RULEBOOK_TOO_LARGE"
    RULEBOOK_TESTS_FAILED = "RULEBOOK_TESTS_FAILED"
    RULEBOOK_NEVER_PUBLISHED = "RULEBOOK_NEVER_PUBLISHED"
    EDIT_CONFLICT = "EDIT_CONFLICT"
    CURSOR_INVALID = "CURSOR_INVALID"
    PAGE_SIZE = "PAGE_SIZE"
    ACTOR_MISSING = "ACTOR_MISSING"
    TOO_BUSY = "TOO_BUSY"
    STORE_IN_USE = "STORE_IN_USE"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    STORE_NEWER = "STORE_NEWER"
    STORE_OLDER = "STORE_OLDER"
    STORE_INVALID = "STORE_INVALID"
    INTERNAL = "INTERNAL"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    FILE_UNREADABLE = "FILE_UNREADABLE"


RETRYABLE = frozenset(
    {
        ErrorCode.EVENT_FROM_FUTURE,
        ErrorCode.TOO_BUSY,
        ErrorCode.STORE_UNAVAILABLE,
        ErrorCode.STORE_IN_USE,
        ErrorCode.INTERNAL,
    }
)


class InputError(Exception):
    """What is wrong with one input, where, and what to do about it.

    `path` leads from the document's root to the place (field names and list indexes as text); for a file the
    first step is the line.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, help: str | None = None, path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.path = path

    @property
    def retryable(self) -> bool:
        """Whether the same input may succeed later."""
        return self.code in RETRYABLE

    def under(self, *steps: str) -> "InputError":
        """The same error seen from further out: `steps` lead to where its own path begins."""
        return InputError(self.code, self.message, help=self.help, path=(*steps, *self.path))

    def __str__(self) -> str:
        place = f" at {'.'.join(self.path)}" if self.path else ""
        hint = f" ({self.help})" if self.help else ""
        return f"{self.code}{place}: {self.message}{hint}"
