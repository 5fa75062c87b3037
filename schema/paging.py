"""Relay connections: pages of a listing, forwards only.

`first` is between 1 and 100; anything else is refused (PAGE_SIZE), never cut down in silence.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeVar

import strawberry

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from schema.scalars import Cursor

T = TypeVar("T")
S = TypeVar("S")


@strawberry.type(description="Where a page lies in its listing.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: Cursor | None
    end_cursor: Cursor | None


@strawberry.type(description="One item of a page, and its place.")
class Edge(Generic[T]):
    cursor: Cursor
    node: T


@strawberry.type(description="A page of a listing.")
class Connection(Generic[T]):
    _rows: strawberry.Private[Sequence[Any]]
    _cursor: strawberry.Private[Callable[[Any], Cursor]]
    _node: strawberry.Private[Callable[[Any], Any]]
    _more: strawberry.Private[bool]
    _resumed: strawberry.Private[bool]

    @strawberry.field
    def edges(self) -> list[Edge[T]]:
        return [Edge(cursor=self._cursor(row), node=self._node(row)) for row in self._rows]

    @strawberry.field
    def nodes(self) -> list[T]:
        return [self._node(row) for row in self._rows]

    @strawberry.field
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self._more,
            has_previous_page=self._resumed,
            start_cursor=self._cursor(self._rows[0]) if self._rows else None,
            end_cursor=self._cursor(self._rows[-1]) if self._rows else None,
        )

    @classmethod
    def of(
        cls,
        rows: Sequence[S],
        cursor: Callable[[S], Cursor],
        node: Callable[[S], T],
        *,
        more: bool,
        resumed: bool,
    ) -> Self:
        """A page of rows, shaped as they are asked for; `more` follow it, `resumed`: it began after a cursor."""
        return cls(_rows=rows, _cursor=cursor, _node=node, _more=more, _resumed=resumed)


def check_first(first: int, limits: Limits) -> None:
    """Raises InputError PAGE_SIZE for a page size outside the limits."""
    largest = limits.page_size
    if not 1 <= first <= largest:
        raise InputError(
            ErrorCode.PAGE_SIZE,
            f"`first` is {first}; a page holds 1 to {largest} items",
            help=f"ask for at most {largest} and follow `pageInfo.endCursor`",
            path=("first",),
        )


def page_of(
    rows: Sequence[S], first: int, cursor: Callable[[S], Cursor], node: Callable[[S], T], *, resumed: bool
) -> Connection[T]:
    """The first page of rows that begin where the page begins; one row more than `first` tells of another page."""
    return Connection[T].of(rows[:first], cursor, node, more=len(rows) > first, resumed=resumed)
