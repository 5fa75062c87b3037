"""How a test that a rulebook brings ended."""

import strawberry


@strawberry.type(description="A test of a rulebook, run by itself on virtual time.")
class RuleTest:
    name: str
    line: int = strawberry.field(description="Where it stands in the text.")
    passed: bool
    detail: str | None = strawberry.field(
        description="What was expected and what is the case instead; null where it passed."
    )
