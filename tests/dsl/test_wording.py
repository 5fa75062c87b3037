"""Every finding has words in every language: the same values, no keyword that its author could not write."""

import ast
import re
from string import Formatter

import pytest

from dsl.errors import DiagnosticCode
from dsl.lexicon import CODES, Tongue, plain, tongue
from dsl.types import Kind
from dsl.wording import TABLES, THINGS, help_of, message_of, thing
from tests.house.project import ROOT

LANGUAGES = sorted(TABLES)
OTHERS = [language for language in LANGUAGES if language != "en"]
CHECKERS = sorted([*(ROOT / "dsl" / "check").glob("*.py"), ROOT / "dsl" / "parser.py"])
SPOKEN_OF = {"what", "owner", "wanted", "left", "right"}
NAMED = {"_LATER", "what", "_OTHERS"}
QUOTED = re.compile(r"`([^`]+)`")


def values_of(words: tuple[str, str]) -> list[set[str]]:
    return [{name for _, name, _, _ in Formatter().parse(text) if name} for text in words]


def of_the_lexicon(words: Tongue) -> set[str]:
    """Every single word that a phrase or a built-in name of this tongue has, and its articles."""
    phrases = [phrase for row in words.spelled.values() for phrase in row]
    return {plain(word) for phrase in phrases for word in re.findall(r"\w+", phrase)} | set(words.noise)


def test_every_tongue_of_the_lexicon_has_words_for_findings() -> None:
    assert set(CODES) == set(TABLES) == set(THINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_in_every_language(language: str) -> None:
    assert set(TABLES[language]) == {code.value for code in DiagnosticCode}


@pytest.mark.parametrize("language", OTHERS)
def test_words_speak_of_the_same_values_in_every_language(language: str) -> None:
    for code, words in TABLES[language].items():
        assert values_of(words) == values_of(TABLES["en"][code]), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_in_lower_case_without_a_full_stop(language: str) -> None:
    for code, words in TABLES[language].items():
        for text in filter(None, words):
            assert text[0] == text[0].lower(), code
            assert not text.endswith(".") or text.endswith("..."), code


NOT_KEYWORDS = re.compile(r"[\W\d_]*|Europe/Madrid|EUR")
OWN = {"en": {"name"}, "es": {"nombre", "calendario"}}
"""What stands in an example for a name."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_keyword_that_a_help_quotes_is_of_the_lexicon_of_that_language(language: str) -> None:
    known = of_the_lexicon(tongue(language)) | OWN[language]
    for code, words in TABLES[language].items():
        for quoted in QUOTED.findall(" ".join(words)):
            read = re.sub(r"\{\w+\}", " ", quoted)
            if not NOT_KEYWORDS.fullmatch(read):
                missing = {word for word in re.findall(r"[^\W\d]+", read) if plain(word) not in known}
                assert not missing, (code, quoted)


def spoken_of() -> set[str]:
    """What checkers say they miss or found, as their source has it: every text given as one of these values."""
    nodes = [node for file in CHECKERS for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    given = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in SPOKEN_OF]
    tables = [
        node for node in nodes if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in NAMED
    ]
    texts = [part for one in (*given, *(table.value for table in tables)) for part in ast.walk(one)]
    said = {part.value for part in texts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return {str(kind) for kind in Kind} | {text for text in said if " " in text.strip()}


@pytest.mark.parametrize("language", OTHERS)
def test_what_checkers_speak_of_has_a_name_in_every_language(language: str) -> None:
    nameless = {text for text in spoken_of() if text.strip("` ,") not in THINGS[language]}
    assert {text for text in nameless if not text.endswith("past ")} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_heads_that_come_later_have_a_name_in_every_language(language: str) -> None:
    later = set(tongue("en").later.values())
    assert later <= set(tongue(language).later.values()) | set(THINGS[language])


def test_what_is_wrong_is_said_in_the_language_of_the_file() -> None:
    values = {"text": "siniestro", "what": "a situation", "near": "siniestros"}
    assert message_of("es", "NAME_UNKNOWN", values) == "`siniestro` no está declarado como situación"
    assert help_of("es", "NAME_UNKNOWN", values) == "¿quiso decir `siniestros`?"
    found = {"found": "whole number from 0 to 9", "wanted": "one of (a, b)"}
    assert message_of("es", "TYPE_MISMATCH", found) == (
        "esto es `número entero de 0 a 9` y hace falta `uno de (a, b)`"
    )
    assert help_of("es", "NUMBER_INVALID", {"low": "0", "high": "9"}) == "aquí van números enteros de 0 a 9"
    assert help_of("es", "CONDITION_EXPECTED", {"try_": "siniestro"}) == (
        "diga qué debe cumplir: `siniestro está abierto`"
    )
    assert thing("en", "one of (a, b)") == "one of (a, b)"
