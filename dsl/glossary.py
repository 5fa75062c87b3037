"""The names of a rulebook in both tongues, one to one, so that a text in either says the same.

What systems and compiled rulebooks hold are the English names (docs/decisions/0008). A Spanish file with a glossary is
read as if it had been written with them: first its own pairs, whole names before the steps between dots, then the
words that every rulebook knows. An English file is never renamed; its glossary is for the translator. Without a
glossary names are names, but for those with dots that every rulebook knows (`cliente.fallecido`).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from dsl.lexicon import Tongue, plain, tongue
from dsl.parser import parse_declaration
from dsl.syntax import Node, Word

TITLED = frozenset({"message_rule", "event_rule", "exception_to", "by_rule"})
"""Where a text is the name of a rule."""

GENDERS = ("m", "f")
"""Of a Spanish noun in the singular, which names of situations and commitments are."""

OTHER = {"en": "es", "es": "en"}


class Pair(NamedTuple):
    """One entry. `title`: the name of a rule, in quotes."""

    english: str
    spanish: str
    gender: str = ""
    title: bool = False


class Glossary:
    """What a file says of its names. Equal to another with the same pairs, so that it may be a key.

    `declared`: the file has one. Without it names are names, but for those with dots that every rulebook knows.
    """

    def __init__(self, pairs: tuple[Pair, ...], *, declared: bool = True) -> None:
        self.pairs, self.declared = pairs, declared
        self._hash = hash((pairs, declared))
        names = [pair for pair in pairs if not pair.title]
        self._english = {plain(pair.spanish): pair.english for pair in names}
        self._spanish = {plain(pair.english): pair for pair in names}
        self._titles = {pair.spanish: pair.english for pair in pairs if pair.title}
        self._spanish_titles = {english: spanish for spanish, english in self._titles.items()}
        self.genders = frozenset((plain(pair.spanish), pair.gender) for pair in names if pair.gender)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.pairs == other.pairs and self.declared == other.declared

    def english(self, name: str) -> str:
        """The name that systems use, of a name in a Spanish file."""
        return self._renamed(name, self._english.get, "es", "en")

    def spanish(self, name: str) -> str:
        """The name in a Spanish file, of a name that systems use."""
        return self._renamed(name, self._written, "en", "es")

    def english_title(self, title: str) -> str:
        """The name of a rule as decisions record it."""
        return self._titles.get(title, title)

    def spanish_title(self, title: str) -> str:
        """The name of a rule as a Spanish author reads it."""
        return self._spanish_titles.get(title, title)

    def _written(self, key: str) -> str | None:
        pair = self._spanish.get(key)
        return pair.spanish if pair else None

    def _renamed(self, name: str, own: Callable[[str], str | None], source: str, target: str) -> str:
        whole = own(plain(name))
        if whole is not None:
            return whole
        if " " in name or not name:
            return name
        known = built_in(name, tongue(source), tongue(target)) if "." in name else name
        if known != name or not self.declared:
            return known
        return ".".join(
            own(plain(step)) or built_in(step, tongue(source), tongue(target)) for step in name.split(".")
        )


UNDECLARED = Glossary((), declared=False)
"""Of a Spanish file that has no glossary."""


def built_in(name: str, source: Tongue, target: Tongue) -> str:
    """A word that every rulebook knows, in another tongue; any other name as it is.

    English is only given up where it is spelled as it would come back, so that nothing is lost on the way.
    """
    code = source.names.get(plain(name))
    if code is None:
        return name
    if source.code == "en" and name != source.spelled[f"name:{code}"][0]:
        return name
    return target.spelled[f"name:{code}"][0]


def glossary_in(nodes: Iterable[Node], words: Tongue) -> Glossary | None:
    """The glossary of a file: all that its declarations say, None where there is none."""
    declared = [node for node in nodes if node.kind == "glossary"]
    return Glossary(tuple(pair for node in declared for pair in _pairs(node, words))) if declared else None


def _pairs(node: Node, words: Tongue) -> Iterator[Pair]:
    for part in node.nodes():
        own, other = part.word(0).text, part.word(1).text
        english, spanish = (own, other) if words.code == "en" else (other, own)
        gender = part.maybe_node(2)
        yield Pair(english, spanish, gender.word().text if gender else "", part.kind == "titled")


@lru_cache(maxsize=4096)
def in_english(text: str, code: str, nesting: int, glossary: Glossary) -> tuple[Node, ...]:
    """The trees of a Spanish declaration with the names that systems use. Remembered, as the parser remembers."""
    parsed = parse_declaration(text, code, nesting)
    return tuple(
        node if node.kind == "glossary" else renamed(node, glossary.english, glossary.english_title)
        for node in parsed.nodes
    )


def renamed(node: Node, name: Callable[[str], str], title: Callable[[str], str]) -> Node:
    """The same tree with other names; places stay where the author wrote them."""
    parts: list[Node | Word | None] = []
    for part in node.parts:
        if isinstance(part, Node):
            parts.append(renamed(part, name, title))
        elif part is None or (change := _change(node, part, name, title)) is None:
            parts.append(part)
        else:
            parts.append(Word(part.kind, change(part.text), part.start, part.end))
    return Node(node.kind, tuple(parts), node.start, node.end, node.depth)


def _change(
    node: Node, word: Word, name: Callable[[str], str], title: Callable[[str], str]
) -> Callable[[str], str] | None:
    if word.kind == "NAME":
        return name
    return title if word.kind == "STRING" and node.kind in TITLED else None


def names_of(node: Node) -> Iterator[Word]:
    """Every name of a tree, and every text that is the name of a rule."""
    for part in node.parts:
        if isinstance(part, Node):
            yield from names_of(part)
        elif part is not None and (part.kind == "NAME" or (part.kind == "STRING" and node.kind in TITLED)):
            yield part
