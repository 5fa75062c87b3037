"""The pages about the language say what is so: every example compiles, every page of a diagnostic shows it."""

import re

import pytest

from dsl.advice.advise import advised
from dsl.compile import compile_rulebook
from dsl.errors import ADVICE, Diagnostic, DiagnosticCode, rendered
from tests.house.project import ROOT

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```rules\n(.*?)```", re.DOTALL)
RULEBOOK = "\n".join(BLOCK.findall(PAGE))
ALONE = {"CALENDAR_MISSING", "LANGUAGE_OTHER", "HEADER_MISSING", "ZONE_UNKNOWN", "CURRENCY_UNKNOWN"}
"""Pages whose examples are whole files; the others stand in the rulebook of the language page."""

WITHOUT_EXAMPLE = {
    "TEXT_TOO_LARGE",
    "TEXT_NOT_UTF8",
    "TOO_MANY_DECLARATIONS",
    "PAIRS_NOT_COMPARED",
    "RULE_UNTESTED",
    "COST_TOO_HIGH",
}


def diagnosed(code: str, example: str) -> tuple[Diagnostic, ...]:
    """What is wrong with an example of a page; the advice, where the page is about what the advice finds."""
    checked = compile_rulebook(example if code in ALONE else f"{RULEBOOK}\n{example}")
    if code not in ADVICE:
        return checked.diagnostics
    begin = RULEBOOK.count("\n") + 1
    return tuple(one for one in advised(checked).diagnostics if one.line > begin)


def test_all_examples_of_the_language_page_are_one_rulebook() -> None:
    checked = compile_rulebook(RULEBOOK)
    assert [rendered(diagnostic, RULEBOOK) for diagnostic in checked.diagnostics] == []
    assert checked.rulebook is not None
    assert len(checked.tests) == 7


SPANISH_PAGE = (ROOT / "docs" / "language.es.md").read_text(encoding="utf-8")
SPANISH_RULEBOOK = "\n".join(BLOCK.findall(SPANISH_PAGE))


def sections(page: str) -> list[str]:
    """The titles of a page, in English: the Spanish page names its twin behind each of its own."""
    twins = re.findall(r"^## .*?<!-- (.*) -->$", page, re.MULTILINE)
    return twins or re.findall(r"^## (.*)$", page, re.MULTILINE)


def test_the_spanish_page_has_the_sections_of_the_english_one_in_its_order() -> None:
    assert sections(SPANISH_PAGE) == sections(PAGE)


def shape(section: str) -> tuple[list[int], int]:
    """How many rows each of its tables has, and how many other paragraphs there are."""
    parts = re.sub(r"```.*?```", "example", section, flags=re.DOTALL).strip().split("\n\n")
    tables = [part.count("\n") for part in parts if part.startswith("|")]
    return tables, len(parts) - len(tables)


def test_each_section_of_the_spanish_page_has_the_paragraphs_and_rows_of_its_twin() -> None:
    english, spanish = (re.split(r"^## .*$", page, flags=re.MULTILINE)[1:] for page in (PAGE, SPANISH_PAGE))
    for title, one, other in zip(sections(PAGE), english, spanish, strict=True):
        assert (title, shape(one)) == (title, shape(other))


def test_all_examples_of_the_spanish_page_are_one_rulebook_about_the_same() -> None:
    english, spanish = compile_rulebook(RULEBOOK), compile_rulebook(SPANISH_RULEBOOK)
    assert [rendered(diagnostic, SPANISH_RULEBOOK) for diagnostic in spanish.diagnostics] == []
    assert english.rulebook is not None
    assert spanish.rulebook is not None
    assert set(spanish.rulebook.topics) == set(english.rulebook.topics)
    assert set(spanish.rulebook.rules) == set(english.rulebook.rules)
    one, other = english.rulebook.program, spanish.rulebook.program
    assert [rule.face.meaning for rule in one.judging] == [rule.face.meaning for rule in other.judging]
    for part in ("events", "tables", "situations", "caps", "groups", "quiet_hours", "customer_hours"):
        assert getattr(one, part) == getattr(other, part)


@pytest.mark.parametrize("code", sorted(set(DiagnosticCode) - WITHOUT_EXAMPLE))
def test_the_page_of_a_diagnostic_shows_it_and_how_to_mend_it(code: str) -> None:
    page = (ROOT / "docs" / "errors" / f"{code}.md").read_text(encoding="utf-8")
    wrong, mended = BLOCK.findall(page)
    [diagnostic] = diagnosed(code, wrong)
    assert diagnostic.code == code
    assert diagnostic.message in page
    assert diagnostic.help is None or diagnostic.help in page
    assert diagnosed(code, mended) == ()
