"""Names that are declared and then never used: often a slip of the pen in the one place that should use them."""

import re
from collections.abc import Iterator

from dsl.check.rules import Source
from dsl.errors import DiagnosticCode as Code
from dsl.errors import Finding
from dsl.lexicon import plain
from dsl.syntax import Node, Word

_DECLARES = frozenset({"fact", "event", "define", "template", "gathering", "parameter", "list"})
"""Declarations that are of no use unless another one names them. Back-ends name topics, people read situations."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def unused_names(sources: list[Source]) -> Iterator[Finding]:
    """One finding for each, where it is declared."""
    declared: dict[tuple[int, int], Word] = {}
    used: set[str] = set()
    for source in sources:
        _collect(source.node, source.base, declared, used)
    worded = {plain(s.node.word().text) for s in sources if s.node.kind == "gathering"}
    own = {s.base + s.node.word().start for s in sources if s.node.kind == "template"}
    for (base, _), word in declared.items():
        by_name = base + word.start in own and plain(word.text) in worded  # a group's own template
        if plain(word.text) not in used and not by_name:
            yield Finding(Code.NAME_UNUSED, base + word.start, base + word.end, {"text": word.text})


def _collect(node: Node, base: int, declared: dict[tuple[int, int], Word], used: set[str]) -> None:
    """`declared` by place: one name may be declared by several rows, as a parameter with dates is."""
    for index, part in enumerate(node.parts):
        if isinstance(part, Node):
            _collect(part, base, declared, used)
        elif part is None:
            continue
        elif index == 0 and node.kind in _DECLARES and part.kind == "NAME":
            declared[base, part.start] = part
        elif part.kind == "NAME":
            used |= _prefixes(part.text)
        elif part.kind in ("STRING", "LONG") and "{" in part.text:
            for name in _IDENTIFIER.findall(part.text):
                used |= _prefixes(name)


def _prefixes(name: str) -> set[str]:
    """`claim.amount` uses the claim too."""
    steps = plain(name).split(".")
    return {".".join(steps[:count]) for count in range(1, len(steps) + 1)}
