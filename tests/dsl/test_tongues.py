"""Both tongues are whole: every construct of the grammar goes from one to the other and back, and decides the same."""

import json
from pathlib import Path

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.compile import compile_rulebook
from dsl.format import print_declaration
from dsl.formatting.sameness import same_tree
from dsl.formatting.wording import Wording
from dsl.glossary import UNDECLARED
from dsl.lexicon import CODES, tongue
from dsl.parser import parse_declaration
from dsl.syntax import Node
from dsl.translate import translate_rulebook
from tests.dsl.sentences import alternatives, sentence
from tests.dsl.support import PRELUDE
from tests.dsl.test_format import trees
from tests.dsl.test_translate import GOOD
from tests.dsl.transcript import PROGRAMS, answers
from tests.house.project import ROOT

NESTING = DEFAULT_LIMITS.nesting
LATER = frozenset({"start_journey", "stop_journey"})
"""Verbs of declarations that are not available yet: no rulebook with them compiles."""


def kinds(node: Node) -> set[str]:
    """The kinds of a tree's nodes."""
    return {node.kind}.union(*(kinds(part) for part in node.parts if isinstance(part, Node)))


def read(text: str, code: str) -> Node:
    parsed = parse_declaration(text, code, NESTING)
    assert (parsed.findings, len(parsed.nodes)) == ((), 1), text
    return parsed.nodes[0]


def written(tree: Node, code: str) -> str:
    found = print_declaration(tree, Wording(tongue(code), agreeing=True), NESTING)
    assert found is not None
    return found


@pytest.mark.parametrize(("one", "other"), [CODES, CODES[::-1]])
def test_every_alternative_of_the_grammar_goes_to_the_other_tongue_and_back(one: str, other: str) -> None:
    for alternative in alternatives():
        tree = read(sentence(alternative, tongue(one)), one)
        there = read(written(tree, other), other)
        assert same_tree(tree, there), alternative
        assert written(there, one) == written(tree, one), alternative


def test_a_sentence_for_an_alternative_has_its_node() -> None:
    for one in alternatives():
        through = one.helper or (one.unwrapped and len(one.steps) == 1)
        assert through or one.name in kinds(read(sentence(one, tongue("en")), "en")), one


def test_the_rulebooks_that_are_translated_have_every_construct() -> None:
    told: set[str] = set()
    for text in (*GOOD.values(), PRELUDE):
        told.update(*(kinds(tree) for tree in trees(text) if isinstance(tree, Node)))
    of_grammar = {
        one.name for one in alternatives() if not one.helper and not (one.unwrapped and len(one.steps) == 1)
    }
    assert of_grammar - told == LATER


CASES = sorted(
    path for path in PROGRAMS.rglob("*.json") if str(path.with_suffix(".rules").relative_to(ROOT)) in GOOD
)


@pytest.mark.parametrize("path", CASES, ids=[str(path.relative_to(PROGRAMS)) for path in CASES])
def test_an_english_program_decides_the_same_in_spanish(path: Path) -> None:
    text = path.with_suffix(".rules").read_text(encoding="utf-8")
    here = compile_rulebook(text).rulebook
    assert here is not None
    other = translate_rulebook(text, "es", DEFAULT_LIMITS).text
    assert other is not None
    there = compile_rulebook(other).rulebook
    assert there is not None
    cases = json.loads(path.read_text(encoding="utf-8"))
    assert [answers(here, case) for case in cases] == [answers(there, case) for case in cases]


@pytest.mark.parametrize(
    "name", ["interacción.iniciada", "cliente.fallecido", "cliente.clase", "mensaje.origen"]
)
def test_names_with_dots_that_every_rulebook_knows_need_no_glossary(name: str) -> None:
    english = UNDECLARED.english(name)
    assert english != name
    assert UNDECLARED.spanish(english) == name
    assert UNDECLARED.english("cliente.edad") == "cliente.edad"
