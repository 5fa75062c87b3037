"""A rulebook written in the author's other tongue: the same declarations, comments and meaning, names by its glossary.

A text that cannot be used is not translated, and nothing is given out that would not mean the same: what is written is
read again and compared. Texts in quotes are the author's and stay; the header says in which language they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from artifact.limits import Limits
from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook
from dsl.cut import Cut, cut
from dsl.errors import Diagnostic, Severity
from dsl.format import format_rulebook, lines_of, read_for_format, states_of, tokens_in, written_out
from dsl.formatting.gaps import Gap, gaps_of
from dsl.formatting.wording import Wording
from dsl.glossary import OTHER, Glossary, glossary_in, renamed
from dsl.lexicon import Tongue, tongue, tongue_of
from dsl.parser import parse_declaration
from dsl.program import ExperimentPlan, MessageRule
from dsl.syntax import Node, Word


class Translation(NamedTuple):
    """The text, or why there is none: faults of the source, or (no diagnostics) it would not mean the same."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def translate_rulebook(text: str, code: str, limits: Limits) -> Translation:
    """The rulebook in the tongue `code`, in canonical form."""
    read = read_for_format(text)
    source = tongue_of(read)
    checked = compile_rulebook(_with_glossary(read, source, limits), limits)
    faults = tuple(d for d in checked.diagnostics if d.severity in (Severity.CRITICAL, Severity.ERROR))
    if checked.rulebook is None:
        return Translation(None, faults)
    if source.code == code:
        return Translation(format_rulebook(text, limits))
    found = _Translator(read, source, limits).text()
    before, after = compile_rulebook(text, limits).rulebook, compile_rulebook(found, limits).rulebook
    same = before is not None and after is not None and meaning(before) == meaning(after)
    return Translation(found if same else None)


def meaning(book: CompiledRulebook) -> dict[str, Any]:
    """All that a rulebook decides by. How its author worded conditions is not part of it, nor what tests say."""
    program = book.program
    found: dict[str, Any] = {name: getattr(program, name) for name in program.__struct_fields__}
    found["message_rules"] = tuple(map(_wordless, program.message_rules))
    found["experiments"] = tuple(map(_wordless_arms, program.experiments))
    return found


def _wordless(rule: MessageRule) -> MessageRule:
    return msgspec.structs.replace(rule, face=msgspec.structs.replace(rule.face, conditions=()))


def _wordless_arms(plan: ExperimentPlan) -> ExperimentPlan:
    arms = tuple(msgspec.structs.replace(arm, rule=_wordless(arm.rule)) for arm in plan.arms)
    return msgspec.structs.replace(plan, arms=arms)


def _with_glossary(read: str, source: Tongue, limits: Limits) -> str:
    """The text as it will be read on the other side: with a glossary, be it an empty one."""
    trees = (node for one in cut(read, source) for node in _nodes(one, source, limits))
    if any(node.kind == "glossary" for node in trees):
        return read
    return f"{read}\n{_empty(source)}"


def _empty(words: Tongue) -> str:
    other = words.spelled[f"name:{OTHER[words.code]}"][0]
    return f"{words.first['_GLOSSARY']} {other} {words.first['_END']}\n"


def _nodes(one: Cut, source: Tongue, limits: Limits) -> Sequence[Node]:
    return parse_declaration(one.text, source.code, limits.nesting).nodes


class _Translator:
    """Writes one file, which is free of faults."""

    def __init__(self, read: str, source: Tongue, limits: Limits) -> None:
        self.read, self.source, self.nesting = read, source, limits.nesting
        self.target = tongue(OTHER[source.code])
        self.cuts = cut(read, source)
        self.trees = {one.start: _nodes(one, source, limits)[0] for one in self.cuts}
        declared = glossary_in(self.trees.values(), source)
        self.given = declared is not None
        self.glossary = declared or Glossary(())
        written = {start: self._translated(tree) for start, tree in self.trees.items()}
        self.written = written
        self.wording = Wording(
            self.target,
            states_of(written.values()),
            genders=self.glossary.genders if self.target.code == "es" else frozenset(),
            agreeing=True,
        )

    def text(self) -> str:
        """The file in the other tongue."""
        header = next(i for i, one in enumerate(self.cuts) if self.trees[one.start].kind == "rulebook")
        spanish = self.target.code == "es" and not self.given
        added = {header: _empty(self.target).splitlines()} if spanish else {}
        return written_out(self.read, self.cuts, self._write, added)

    def _translated(self, tree: Node) -> Node:
        if tree.kind == "glossary":
            return _turned(tree, self.target, OTHER[self.target.code])
        if self.source.code == "en":
            found = renamed(tree, self.glossary.spanish, self.glossary.spanish_title)
        else:
            found = renamed(tree, self.glossary.english, self.glossary.english_title)
        return _spoken(found, self.source, self.target) if tree.kind == "rulebook" else found

    def _write(self, one: Cut) -> Sequence[str]:
        before, after = self.trees[one.start], self.written[one.start]
        if after.kind == "glossary" and len(after.parts) == 1 and self.target.code == "en":
            return ()
        lines = lines_of(after, self.wording, self.nesting, self._gaps(one.text, before, after))
        return (one.text,) if lines is None else lines

    def _gaps(self, text: str, before: Node, after: Node) -> Mapping[int, Gap]:
        """The comments of the source before the tokens of what is written: a header may have a part more or less."""
        old = tokens_in(_alike(before, after), self.wording)
        size = len(tokens_in(after, self.wording))
        gaps = gaps_of(text, old, self.source, self.nesting)
        if size == len(old):
            return gaps
        last = len(old) - 1
        return {
            (size - 1 if index == last else min(index, size - 1)): gap for index, gap in sorted(gaps.items())
        }


def _alike(before: Node, after: Node) -> Node:
    """What the source says, as far as the tokens of the target can be laid beside it."""
    return before if before.kind == "rulebook" else after


def _turned(tree: Node, target: Tongue, other: str) -> Node:
    """A glossary with its sides changed."""
    language, *pairs = tree.parts
    assert isinstance(language, Word)
    named = Word("NAME", target.spelled[f"name:{other}"][0], language.start, language.end)
    turned = [
        Node(pair.kind, (pair.parts[1], pair.parts[0], *pair.parts[2:]), pair.start, pair.end, pair.depth)
        for pair in pairs
        if isinstance(pair, Node)
    ]
    return Node(tree.kind, (named, *turned), tree.start, tree.end, tree.depth)


def _spoken(header: Node, source: Tongue, target: Tongue) -> Node:
    """The header, saying in which language texts are where that is not the target's."""
    said = next(header.all("language"), None)
    code = target.builtin(said.word().text) if said else source.code
    if said is None:
        word = Word("NAME", target.spelled[f"name:{code}"][0], header.end, header.end)
        parts = (*header.parts, Node("language", (word,), header.end, header.end))
        return Node(header.kind, parts, header.start, header.end, max(header.depth, 2))
    if code != target.code:
        return header
    kept = tuple(part for part in header.parts if part is not said)
    return Node(header.kind, kept, header.start, header.end, header.depth)
