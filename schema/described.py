"""A field with a resolver, described for clients.

`strawberry.field(description=...)` forgets the type of what it decorates; this keeps it for whoever checks types.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def described(description: str) -> Callable[[F], F]:
    """`strawberry.field` for a method."""
    return cast(Callable[[F], F], strawberry.field(description=description))


def described_subscription(description: str) -> Callable[[F], F]:
    """`strawberry.subscription` for an async generator."""
    return cast(Callable[[F], F], strawberry.subscription(description=description))
