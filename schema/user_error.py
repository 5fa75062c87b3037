"""What was wrong with an input, as data that a client can show and branch on."""

from typing import Self

import strawberry

from artifact.errors import InputError
from schema.enums import ErrorCode


@strawberry.type(description="What was wrong with an input, where, and what to do about it.")
class UserError:
    code: ErrorCode
    message: str
    help: str | None = strawberry.field(description="What to do about it.")
    docs: str = strawberry.field(description="The page about this code.")
    path: list[str] = strawberry.field(description="From the arguments to the place: `inputs`, `3`, `at`.")
    retryable: bool = strawberry.field(description="Whether the very same input may succeed later.")

    @classmethod
    def of(cls, error: InputError) -> Self:
        return cls(
            code=error.code,
            message=error.message,
            help=error.help,
            docs=docs_of(error),
            path=list(error.path),
            retryable=error.retryable,
        )


def docs_of(error: InputError) -> str:
    """Where the page about an error stands, from the root of the project."""
    return f"docs/errors/{error.code}.md"
