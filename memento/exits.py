"""What the process answers its caller with. One table; docs/cli.md shows the same, and a test compares them."""

from enum import IntEnum

from artifact.errors import ErrorCode


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    """done, and nothing to object to"""
    FINDING = 1
    """done, and something was found: an error in a rulebook, a failed test, a refused line, a breach"""
    INPUT = 2
    """not done: the command line, a file or a setting is at fault, or what was asked for does not exist"""
    UNAVAILABLE = 3
    """not done, but may be later: the store is in use, not there yet or cannot answer, no service answers, an address is taken"""
    FAULT = 70
    """a fault of Memento itself"""
    INTERRUPTED = 130
    """stopped from the keyboard before it was done"""


_PASSING = frozenset({ErrorCode.STORE_IN_USE, ErrorCode.STORE_UNAVAILABLE, ErrorCode.TOO_BUSY})


def exit_for(code: ErrorCode) -> Exit:
    """The exit code for an error that ended a command."""
    return Exit.UNAVAILABLE if code in _PASSING else Exit.INPUT
