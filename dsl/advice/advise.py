"""The door of the advice: a rulebook that compiles in, findings about what it says out, in the order of the text."""

from collections.abc import Iterator

from msgspec.structs import replace

from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.advice.counting import remarks_on_counting
from dsl.advice.example import example_of, in_words
from dsl.advice.lifetimes import remarks_on_lifetimes
from dsl.advice.names import unused_names
from dsl.advice.rules import Remark, remarks_on_rules
from dsl.advice.tables import remarks_on_tables
from dsl.advice.words import remarks_on_words
from dsl.check.rules import Source
from dsl.compile import Checked, compile_rulebook
from dsl.coverage import Coverage
from dsl.errors import Diagnostic, Finding, Lines, Severity, worded
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import tongue
from dsl.program import Program

_SHOWN = 200
"""Findings beyond this many are of no use to anybody."""


def advised_rulebook(text: str | bytes, limits: Limits = DEFAULT_LIMITS) -> Checked:
    """Check and compile a rulebook, and say what its author may not mean: what stands before a publication."""
    return advised(compile_rulebook(text, limits), limits)


def advised(checked: Checked, limits: Limits = DEFAULT_LIMITS) -> Checked:
    """The same, with what the advice finds. A text with errors is given back as it is: they come first."""
    book = checked.rulebook
    if book is None:
        return checked
    found = sorted(_findings(book.program, checked.sources, limits), key=lambda f: (f.start, f.end, f.code))
    lines = Lines(book.text)
    told = tuple(worded(finding, lines, book.language) for finding in found[:_SHOWN])
    diagnostics = tuple(sorted((*checked.diagnostics, *told), key=lambda d: (d.line, d.column)))
    return replace(checked, rulebook=None if _refused(told) else book, diagnostics=diagnostics)


def untested(checked: Checked, coverage: Coverage) -> tuple[Diagnostic, ...]:
    """A hint for each rule that no test makes fire, where it stands; none where there are no tests at all."""
    book = checked.rulebook
    if book is None or not checked.tests:
        return ()
    kinds = {"message rule": "message_rule", "event rule": "event_rule"}
    remarks = {
        (kinds[rule.kind], rule.name): Remark(
            Code.RULE_UNTESTED, kinds[rule.kind], rule.name, {"text": rule.name}
        )
        for rule in coverage.not_fired()
    }
    placed = (
        (remarks.get((one.node.kind, one.node.word().text)), one)
        for one in checked.sources
        if one.node.words()
    )
    lines = Lines(book.text)
    return tuple(
        worded(_placed(remark, source, book.program), lines, book.language)
        for remark, source in placed
        if remark is not None
    )


def _refused(told: tuple[Diagnostic, ...]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in told)


def _findings(program: Program, sources: tuple[Source, ...], limits: Limits) -> Iterator[Finding]:
    places = {(one.node.kind, one.node.word().text): one for one in sources if one.node.words()}
    for remark in (
        *remarks_on_rules(program, limits.compared_pairs),
        *remarks_on_lifetimes(program),
        *remarks_on_tables(program),
        *remarks_on_counting(program),
        *remarks_on_words(program),
    ):
        source = places.get((remark.kind, remark.name))
        if source is not None:
            yield _placed(remark, source, program)
    yield from unused_names(list(sources))


def _placed(remark: Remark, source: Source, program: Program) -> Finding:
    word, words = source.node.word(), tongue(program.language)
    example = example_of(remark.box, program.currency) if remark.box is not None else None
    values = dict(remark.values)
    if example is not None:
        values["example"] = in_words(example, words)
    if remark.word is not None:
        values["what"] = words.first[remark.word]
    return Finding(remark.code, source.base + word.start, source.base + word.end, values, example)
