"""Whether a glossary is one to one: no name twice, none that already means something else, none that nothing is called."""

from dsl.check.header import Placed
from dsl.check.symbols import Desk
from dsl.errors import DiagnosticCode as Code
from dsl.glossary import GENDERS, OTHER, Glossary, names_of
from dsl.lexicon import plain, tongue
from dsl.syntax import Node, Word


def check_glossary(desk: Desk, glossary: Glossary, written: list[Placed]) -> None:
    """Report what is wrong with the glossaries of a file; `written` are its declarations with the author's names."""
    own: set[str] = set()
    other: set[str] = set()
    used = _used(written)
    before = len(desk.findings)
    for node, desk.base in (one for one in written if one.node.kind == "glossary"):
        _check_language(desk, node.word())
        for part in node.nodes():
            _once(desk, part.word(0), own)
            _once(desk, part.word(1), other)
            _gender(desk, part.maybe_node(2))
            if part.kind == "named":
                _built_in(desk, part)
            if plain(part.word(0).text) not in used:
                desk.report(Code.GLOSSARY_UNUSED, part.word(0), word=part.word(0).text)
    if any(finding.code is not Code.GLOSSARY_UNUSED for finding in desk.findings[before:]):
        return
    for node, desk.base in (one for one in written if one.node.kind != "glossary"):
        _check_names(desk, glossary, node, own, other)


def _used(written: list[Placed]) -> set[str]:
    words = (word for node, _ in written if node.kind != "glossary" for word in names_of(node))
    return {plain(name) for word in words for name in (word.text, *_steps(word))}


def _steps(word: Word) -> list[str]:
    return [] if word.kind == "STRING" or " " in word.text else word.text.split(".")


def _check_language(desk: Desk, word: Word) -> None:
    wanted = OTHER[desk.tongue.code]
    if desk.tongue.builtin(word.text) != wanted:
        desk.unknown(Code.VALUE_UNKNOWN, word, word.text, desk.built_in([wanted]))


def _once(desk: Desk, word: Word, seen: set[str]) -> None:
    key = plain(word.text)
    if key in seen:
        desk.report(Code.GLOSSARY_REPEATED, word, word=word.text)
    seen.add(key)


def _gender(desk: Desk, node: Node | None) -> None:
    if node is not None and node.word().text not in GENDERS:
        desk.unknown(Code.VALUE_UNKNOWN, node.word(), node.word().text, GENDERS)


def _built_in(desk: Desk, part: Node) -> None:
    """A word that every rulebook knows keeps its meaning in both tongues."""
    codes = (desk.tongue.code, OTHER[desk.tongue.code])
    meant = [tongue(code).names.get(plain(part.word(at).text)) for at, code in enumerate(codes)]
    for at, code in enumerate(codes):
        if meant[at] is not None and meant[0] != meant[1]:
            named = part.word(at)
            desk.report(Code.GLOSSARY_CLASH, named, word=named.text, language=desk.built_in([code])[0])


def _check_names(desk: Desk, glossary: Glossary, node: Node, own: set[str], other: set[str]) -> None:
    """A name that is not in the glossary must not be what another is called there, nor come back as another."""
    for word in names_of(node):
        if plain(word.text) in own:
            continue
        for name in _steps(word) or [word.text]:
            key = plain(name)
            lost = desk.tongue.code == "en" and word.kind == "NAME" and _comes_back(glossary, name) != name
            if key not in own and (key in other or lost):
                desk.report(Code.GLOSSARY_CLASH, word, word=name, language=_language(desk))


def _comes_back(glossary: Glossary, name: str) -> str:
    return glossary.english(glossary.spanish(name))


def _language(desk: Desk) -> str:
    """The other language, in the words of this one."""
    return desk.built_in([OTHER[desk.tongue.code]])[0]
