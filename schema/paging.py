"""Relay connections: pages of a listing, forwards only.

`first` is between 1 and 100; anything else is refused (PAGE_SIZE), never cut down in silence.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Self, TypeVar

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
    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo

    @classmethod
    def of(cls, items: Iterable[tuple[Cursor, T]], *, more: bool, resumed: bool) -> Self:
        """A page of items with their cursors; `more` follow it, and `resumed` says it began after a cursor."""
        edges = [Edge(cursor=cursor, node=node) for cursor, node in items]
        info = PageInfo(
            has_next_page=more,
            has_previous_page=resumed,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return cls(edges=edges, nodes=[edge.node for edge in edges], page_info=info)


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
    kept = rows[:first]
    return Connection[T].of(
        ((cursor(row), node(row)) for row in kept), more=len(rows) > first, resumed=resumed
    )
