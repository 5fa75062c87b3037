"""What the checker makes of a rulebook's text."""

from typing import Self

import strawberry

from dsl import errors
from dsl.compile import Checked
from schema.described import described
from schema.enums import Severity
from schema.port import Info
from schema.rule_test import RuleTest
from schema.scalars import JSON


@strawberry.type(description="Something the checker found. Lines and columns begin at 1.")
class Diagnostic:
    code: str
    severity: Severity
    message: str
    help: str | None
    line: int
    column: int
    end_line: int
    end_column: int
    example: JSON | None = strawberry.field(
        description="A customer and a message for whom it is so, by the author's names."
    )

    @classmethod
    def of(cls, row: errors.Diagnostic) -> Self:
        return cls(
            code=row.code,
            severity=row.severity,
            message=row.message,
            help=row.help,
            line=row.line,
            column=row.column,
            end_line=row.end_line,
            end_column=row.end_column,
            example=JSON(row.example) if row.example is not None else None,
        )


@strawberry.type(description="What the checker makes of a text. Nothing was stored or run.")
class RulebookCheck:
    ok: bool = strawberry.field(description="Whether it can be published.")
    diagnostics: list[Diagnostic]
    cost: int = strawberry.field(description="The most that one deciding can cost, in the checker's units.")
    _checked: strawberry.Private[Checked]

    @described("The tests that the text brings, run now; none where it has errors.")
    async def tests(self, info: Info) -> list[RuleTest]:
        return await info.context.reader.tested(self._checked)

    @classmethod
    def of(cls, checked: Checked) -> Self:
        return cls(
            ok=checked.rulebook is not None,
            diagnostics=[Diagnostic.of(row) for row in checked.diagnostics],
            cost=checked.cost,
            _checked=checked,
        )
