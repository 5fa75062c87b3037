"""What a fault of MongoDB means: whether a write may have been applied, and what the asker is told.

A write whose answer was lost is neither done nor undone until it was read back. Refuses to guess.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import InvalidDocument
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
    WTimeoutError,
)

from artifact.errors import ErrorCode, InputError
from store.checks import closed

_UNCERTAIN_CODES = frozenset(
    # HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown, SocketException,
    # NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk,
    # NotPrimaryOrSecondary, WriteConcernFailed, WriteConflict, StaleConfig, ExceededTimeLimit
    {6, 7, 89, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436, 64, 112, 13388, 262}
)

LOST_PLACE = frozenset({280, 286, 260, 50811, 9})
"""ChangeStreamFatalError, ChangeStreamHistoryLost, InvalidResumeToken, KeyNotFound of a token, FailedToParse."""


def is_uncertain(error: PyMongoError) -> bool:
    """Whether the write may have been applied, or may be applied yet."""
    if isinstance(error, ConnectionFailure | WTimeoutError | WriteConcernError | ExecutionTimeout):
        return True
    return error.has_error_label("RetryableWriteError") or (
        isinstance(error, OperationFailure) and error.code in _UNCERTAIN_CODES
    )


@contextmanager
def answering() -> Iterator[None]:
    """Say what went wrong in the port's words. A document we should not have made is our own fault."""
    try:
        yield
    except (DocumentTooLarge, InvalidDocument):
        raise
    except InvalidOperation as error:
        if "close" in str(error):
            raise closed() from error
        raise
    except PyMongoError as error:
        raise unavailable(error) from error


def unavailable(error: PyMongoError) -> InputError:
    """The store cannot answer now, or could not find out what became of a write."""
    return InputError(
        ErrorCode.STORE_UNAVAILABLE,
        f"MongoDB cannot answer: {_said(error)}",
        help="look at the replica set's health and at the address that was given; the same input may be sent again",
    )


def _said(error: PyMongoError) -> str:
    """The driver's words without its picture of the whole set, which is for its own makers."""
    return str(error).partition(", Timeout: ")[0][:500]
