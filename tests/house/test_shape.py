"""A module says why it exists, a function fits a screen, a file holds one noun."""

import ast
from collections.abc import Iterator

from tests.house.project import modules

LONGEST_FUNCTION = 70
LONGEST_FILE = 400

# Files that may be longer, each with the reason why it would be worse in two.
LONG_FILES: dict[str, str] = {}


def functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_module_opens_with_why_it_exists() -> None:
    silent = [
        name for name, text in modules().items() if text.strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


def test_no_function_is_longer_than_a_screen() -> None:
    found = {
        f"{name}: {function}": lines
        for name, text in modules().items()
        for function, lines in functions(text)
        if lines > LONGEST_FUNCTION
    }
    assert found == {}


def test_no_file_is_too_long_without_a_reason() -> None:
    long = {name: n for name, text in modules().items() if (n := text.count("\n")) > LONGEST_FILE}
    assert {name: n for name, n in long.items() if name not in LONG_FILES} == {}


def test_no_reason_outlives_its_file() -> None:
    known = modules()
    stale = [name for name in LONG_FILES if name not in known or known[name].count("\n") <= LONGEST_FILE]
    assert stale == []
