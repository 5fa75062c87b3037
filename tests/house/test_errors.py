"""Every error code a person can meet has a page that explains it, and no page explains a code that is gone."""

from enum import StrEnum
from importlib import import_module

import pytest

from tests.house.project import ROOT

PAGES = ROOT / "docs" / "errors"
REGISTRIES = (("artifact.errors", "ErrorCode"), ("dsl.errors", "DiagnosticCode"))


def codes(module: str, name: str) -> set[str]:
    registry = getattr(import_module(module), name)
    assert issubclass(registry, StrEnum)
    return {code.value for code in registry}


@pytest.mark.parametrize(("module", "name"), REGISTRIES)
def test_every_error_code_has_a_page(module: str, name: str) -> None:
    missing = [code for code in sorted(codes(module, name)) if not (PAGES / f"{code}.md").is_file()]
    assert missing == []


def test_every_page_opens_with_its_code_and_says_what_to_do() -> None:
    thin = []
    for page in sorted(PAGES.glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        if page.stem == "README":
            continue
        if not lines or page.stem not in lines[0] or len([line for line in lines if line.strip()]) < 3:
            thin.append(page.name)
    assert thin == []


def test_no_page_explains_a_code_that_is_gone() -> None:
    known = set().union(*(codes(module, name) for module, name in REGISTRIES))
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README"}
    assert pages - known == set()
