"""What docs/api.md shows and lists is true: its operations are valid, its codes and limits are those of the code."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from resolvers.fault import Fault
from resolvers.root import build_schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
OPERATIONS = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda text: text.split("(")[0].strip())
def test_every_operation_shown_is_valid(operation: str) -> None:
    assert validate(build_schema().schema, parse(operation)) == []


def test_every_code_of_the_protocol_is_listed_and_no_other() -> None:
    table = PAGE.split("## Codes of `errors`")[1].split("## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == set(Fault)


def test_every_mutation_is_listed() -> None:
    mutation = build_schema().schema.mutation_type
    assert mutation is not None
    assert [name for name in mutation.fields if f"`{name}`" not in PAGE] == []
