"""Where an expression stands: that decides what it may read."""

from typing import NamedTuple

from dsl.check.symbols import Fields, ListInfo


class Where(NamedTuple):
    """`event` are the fields of the event at hand, `message` is set in message rules (`data` are its topics' fields).

    `clashing` are names that the events at hand give different types. `item` is the list of which one is at hand inside `any ... with (...)`. `clock` says whether now and today may be reckoned with.
    """

    event: Fields | None = None
    clashing: tuple[str, ...] = ()
    message: bool = False
    data: Fields | None = None
    item: ListInfo | None = None
    clock: bool = False
