"""The door: text in, a compiled rulebook or diagnostics out. Never an exception for what an author wrote.

A rulebook is compiled whole or not at all: anything worse than a warning leaves the one in force where it is.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

import msgspec

from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.book import CompiledRulebook
from dsl.check.program import check_program
from dsl.check.rules import Source
from dsl.closures import Closures
from dsl.cut import Cut, cut
from dsl.errors import Diagnostic, DiagnosticCode, Finding, Lines, Severity, worded
from dsl.glossary import UNDECLARED, Glossary, glossary_in, in_english, renamed
from dsl.lexicon import Tongue, tongue_of
from dsl.otherwise import spoken_otherwise
from dsl.parser import parse_declaration
from dsl.program import WHOLE_SHARE, Arm, ExperimentPlan
from dsl.trial import RulebookTest
from dsl.typed import InArm

COMPILER = "1"
"""Part of every revision: raised when the same text comes to mean something else."""

_REFUSED = re.compile("[\0\ud800-\udfff]")

_SHOWN = 200
"""Diagnostics beyond this many are of no use to anybody."""


class Checked(msgspec.Struct, frozen=True):
    """What became of a text. `cost` counts the conditions, and members of lists, that the dearest message can make the rules read.

    `sources` are the declarations that could be read, in the order of the text.
    """

    rulebook: CompiledRulebook | None
    diagnostics: tuple[Diagnostic, ...]
    cost: int
    tests: tuple[RulebookTest, ...]
    sources: tuple[Source, ...] = ()


def compile_rulebook(text: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Checked:
    """Check and compile a rulebook; all its faults at once, in the order of the text."""
    read = _read(text, limits)
    if isinstance(read, Finding):
        return _refused([read], "", "en")
    words = tongue_of(read)
    cuts = cut(read, words)
    if len(cuts) > limits.rulebook_declarations:
        values = {"count": str(len(cuts)), "limit": str(limits.rulebook_declarations)}
        return _refused([Finding(DiagnosticCode.TOO_MANY_DECLARATIONS, 0, 0, values)], read, words.code)
    sources, findings, unread = _parsed(read, cuts, words, limits)
    foreign = spoken_otherwise(read, words) if unread else None
    if foreign is not None:
        return _refused([foreign.finding], read, foreign.code)
    lines = Lines(read)
    glossary = glossary_in((source.node for source in sources), words)
    if words.code != "en":
        names = glossary or UNDECLARED
        sources = [_in_english(source, words.code, limits.nesting, names) for source in sources]
    outcome = check_program(sources, words, lines, limits, unread, glossary)
    diagnostics = _worded(findings + outcome.findings, lines, words.code)
    if any(diagnostic.severity in (Severity.CRITICAL, Severity.ERROR) for diagnostic in diagnostics):
        return Checked(None, diagnostics, 0, outcome.tests)
    book = CompiledRulebook(outcome.program, read, revision_of(read), limits, Closures(outcome.program).test)
    if book.cost > limits.rulebook_cost:
        dear = _too_dear(book.cost, limits, sources)
        return Checked(None, (*diagnostics, *_worded([dear], lines, words.code)), book.cost, outcome.tests)
    return Checked(book, diagnostics, book.cost, outcome.tests, tuple(sources))


def _too_dear(cost: int, limits: Limits, sources: list[Source]) -> Finding:
    """Told at the name of the rulebook: no rule of it is dear by itself."""
    header = next(source for source in sources if source.node.kind == "rulebook")
    word, values = header.node.word(), {"cost": str(cost), "limit": str(limits.rulebook_cost)}
    return Finding(DiagnosticCode.COST_TOO_HIGH, header.base + word.start, header.base + word.end, values)


def rehearsed(book: CompiledRulebook, arms: Mapping[str, str], limits: Limits) -> CompiledRulebook:
    """The rulebook for a test: everybody is in the arm that is named for an experiment, and in none of the others."""
    if not book.program.experiments:
        return book
    experiments = tuple(_given(one, arms.get(one.name)) for one in book.program.experiments)
    program = msgspec.structs.replace(book.program, experiments=experiments)
    return book.under(program, limits)


def _given(experiment: ExperimentPlan, name: str | None) -> ExperimentPlan:
    arms = tuple(_shared(arm, WHOLE_SHARE if arm.name == name else 0) for arm in experiment.arms)
    return msgspec.structs.replace(experiment, arms=arms)


def _shared(arm: Arm, share: int) -> Arm:
    *conditions, part = arm.rule.conditions
    assert isinstance(part, InArm)
    everybody = InArm(part.experiment, 0, share)
    rule = msgspec.structs.replace(arm.rule, conditions=(*conditions, everybody))
    return Arm(arm.name, rule, 0, share)


def revision_of(text: str) -> str:
    """The name of a rulebook: equal for texts that differ only in line ends and blank space at the ends of lines."""
    canonical = "\n".join(map(str.rstrip, text.splitlines())).strip()
    return sha256(f"{COMPILER}\n{canonical}".encode()).hexdigest()[:32]


def _read(text: str | bytes, limits: Limits) -> str | Finding:
    """The text without its mark of byte order and with plain line ends, or why it cannot be read."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > limits.rulebook_bytes:
        values = {"size": str(size), "limit": str(limits.rulebook_bytes)}
        return Finding(DiagnosticCode.TEXT_TOO_LARGE, 0, 0, values)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Finding(DiagnosticCode.TEXT_NOT_UTF8, 0, 0, {"place": str(error.start)})
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parsed(
    text: str, cuts: list[Cut], words: Tongue, limits: Limits
) -> tuple[list[Source], list[Finding], tuple[tuple[str, str], ...]]:
    """Syntax trees, faults, and what could not be read (see dsl.parser.Parsed)."""
    sources: list[Source] = []
    findings = _unreadable(text)
    unread: list[tuple[str, str]] = []
    for one in cuts:
        parsed = parse_declaration(one.text, words.code, limits.nesting)
        alone = len(parsed.nodes) == 1 and not parsed.findings
        sources += [Source(node, one.start, one.text, alone) for node in parsed.nodes]
        findings += [finding.moved(one.start) for finding in parsed.findings]
        unread += parsed.unread
    return sources, findings, tuple(unread)


def _in_english(source: Source, code: str, nesting: int, glossary: Glossary) -> Source:
    """The declaration with the names that systems use."""
    names = in_english if source.alone else None
    node = (
        names(source.text, code, nesting, glossary)[0]
        if names
        else renamed(source.node, glossary.english, glossary.english_title)
    )
    return source._replace(node=node, written=source.node)


def _unreadable(text: str) -> list[Finding]:
    """Characters that no text of a person has, wherever they stand: NUL, and halves of a pair."""
    return [
        Finding(DiagnosticCode.CHARACTER_REFUSED, at, at + 1, {"text": f"U+{ord(text[at]):04X}"})
        for at in (found.start() for found in _REFUSED.finditer(text))
    ]


def _refused(findings: list[Finding], text: str, code: str) -> Checked:
    return Checked(None, _worded(findings, Lines(text), code), 0, ())


def _worded(findings: list[Finding], lines: Lines, code: str) -> tuple[Diagnostic, ...]:
    ordered = sorted(findings, key=lambda finding: (finding.start, finding.end, finding.code))[:_SHOWN]
    return tuple(worded(finding, lines, code) for finding in ordered)
