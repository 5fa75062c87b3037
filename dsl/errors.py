"""What can be wrong with a rulebook: kind, place and help, never an exception.

Codes are stable: an author's editor may branch on them, so a code is never renamed and never reused. Each has a page
under docs/errors/. The words are in dsl.wording, by language.
"""

from bisect import bisect_right
from enum import StrEnum
from typing import Any

import msgspec

from dsl.lexicon import tongue_of
from dsl.wording import FRAMES, help_of, message_of


class Severity(StrEnum):
    """CRITICAL: the text could not be read. ERROR: it cannot be used. WARNING: it can. HINT: it could be better."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    HINT = "HINT"


class DiagnosticCode(StrEnum):
    """Every fault of a rulebook, in the order of the passes that find it."""

    TEXT_TOO_LARGE = "TEXT_TOO_LARGE"
    TEXT_NOT_UTF8 = "TEXT_NOT_UTF8"
    CHARACTER_REFUSED = "CHARACTER_REFUSED"
    TEXT_NOT_CLOSED = "TEXT_NOT_CLOSED"
    LONG_TEXT_NOT_CLOSED = "LONG_TEXT_NOT_CLOSED"
    BRACKET_NOT_CLOSED = "BRACKET_NOT_CLOSED"
    DATE_AMBIGUOUS = "DATE_AMBIGUOUS"
    DATE_INVALID = "DATE_INVALID"
    TIME_INVALID = "TIME_INVALID"
    NUMBER_INVALID = "NUMBER_INVALID"
    DECLARATION_NOT_CLOSED = "DECLARATION_NOT_CLOSED"
    DECLARATION_UNKNOWN = "DECLARATION_UNKNOWN"
    TOO_MANY_DECLARATIONS = "TOO_MANY_DECLARATIONS"
    TOO_DEEP = "TOO_DEEP"
    WORD_UNEXPECTED = "WORD_UNEXPECTED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    LANGUAGE_OTHER = "LANGUAGE_OTHER"
    HEADER_MISSING = "HEADER_MISSING"
    PART_MISSING = "PART_MISSING"
    PART_REPEATED = "PART_REPEATED"
    NAME_TAKEN = "NAME_TAKEN"
    NAME_RESERVED = "NAME_RESERVED"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    GLOSSARY_REPEATED = "GLOSSARY_REPEATED"
    GLOSSARY_CLASH = "GLOSSARY_CLASH"
    GLOSSARY_UNUSED = "GLOSSARY_UNUSED"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    FIELD_AMBIGUOUS = "FIELD_AMBIGUOUS"
    VALUE_UNKNOWN = "VALUE_UNKNOWN"
    VALUE_OUT_OF_RANGE = "VALUE_OUT_OF_RANGE"
    RANGE_EMPTY = "RANGE_EMPTY"
    ZONE_UNKNOWN = "ZONE_UNKNOWN"
    REGION_UNKNOWN = "REGION_UNKNOWN"
    CURRENCY_UNKNOWN = "CURRENCY_UNKNOWN"
    CURRENCY_OTHER = "CURRENCY_OTHER"
    MONEY_TOO_FINE = "MONEY_TOO_FINE"
    TYPE_MISMATCH = "TYPE_MISMATCH"
    CONDITION_EXPECTED = "CONDITION_EXPECTED"
    VALUE_EXPECTED = "VALUE_EXPECTED"
    ORDER_MEANINGLESS = "ORDER_MEANINGLESS"
    ARITHMETIC_MEANINGLESS = "ARITHMETIC_MEANINGLESS"
    CLOCK_IN_ARITHMETIC = "CLOCK_IN_ARITHMETIC"
    UNIT_TOO_FINE = "UNIT_TOO_FINE"
    CALENDAR_MISSING = "CALENDAR_MISSING"
    CALENDAR_MISPLACED = "CALENDAR_MISPLACED"
    CALENDAR_CONDITION = "CALENDAR_CONDITION"
    WORKING_TIME_MISPLACED = "WORKING_TIME_MISPLACED"
    WINDOW_EMPTY = "WINDOW_EMPTY"
    QUANTIFIER_NESTED = "QUANTIFIER_NESTED"
    LIST_UNDATED = "LIST_UNDATED"
    DEFINITION_CYCLE = "DEFINITION_CYCLE"
    DEFINITION_MISPLACED = "DEFINITION_MISPLACED"
    NOT_READABLE_HERE = "NOT_READABLE_HERE"
    EFFECT_MISPLACED = "EFFECT_MISPLACED"
    EFFECT_REPEATED = "EFFECT_REPEATED"
    UNKNOWN_UNDECIDED = "UNKNOWN_UNDECIDED"
    LIMIT_MISSING = "LIMIT_MISSING"
    LIMIT_MEANINGLESS = "LIMIT_MEANINGLESS"
    WINDOW_MEANINGLESS = "WINDOW_MEANINGLESS"
    GROUP_MIXED = "GROUP_MIXED"
    GROUP_CRITICAL = "GROUP_CRITICAL"
    GROUP_NOT_TAKEN = "GROUP_NOT_TAKEN"
    EXCEPTION_CYCLE = "EXCEPTION_CYCLE"
    PARAMETER_REPEATED = "PARAMETER_REPEATED"
    VALIDITY_EMPTY = "VALIDITY_EMPTY"
    SHARES_OVER = "SHARES_OVER"
    ROW_LENGTH = "ROW_LENGTH"
    IMPORTANCE_UNKNOWN = "IMPORTANCE_UNKNOWN"
    TEMPLATE_SYNTAX = "TEMPLATE_SYNTAX"
    TEMPLATE_REPEATED = "TEMPLATE_REPEATED"
    TEMPLATE_LANGUAGE_MISSING = "TEMPLATE_LANGUAGE_MISSING"
    TEST_UNSTARTED = "TEST_UNSTARTED"
    COST_TOO_HIGH = "COST_TOO_HIGH"
    RULE_NEVER_APPLIES = "RULE_NEVER_APPLIES"
    CONDITION_ALWAYS_TRUE = "CONDITION_ALWAYS_TRUE"
    RULE_DUPLICATE = "RULE_DUPLICATE"
    RULE_SUBSUMED = "RULE_SUBSUMED"
    RULE_SHADOWED = "RULE_SHADOWED"
    RULES_TIE = "RULES_TIE"
    RULES_MAY_TIE = "RULES_MAY_TIE"
    DELIVER_AVOIDED = "DELIVER_AVOIDED"
    DELIVER_BLOCKED = "DELIVER_BLOCKED"
    PAIRS_NOT_COMPARED = "PAIRS_NOT_COMPARED"
    SITUATION_NEVER_CLOSES = "SITUATION_NEVER_CLOSES"
    TEMPLATE_MISSING = "TEMPLATE_MISSING"
    EVENT_CYCLE = "EVENT_CYCLE"
    LIMIT_BEYOND_LIFE = "LIMIT_BEYOND_LIFE"
    VALIDITY_DISJOINT = "VALIDITY_DISJOINT"
    NAME_UNUSED = "NAME_UNUSED"
    AGGREGATE_OF_ALL = "AGGREGATE_OF_ALL"
    TABLE_GAP = "TABLE_GAP"
    TABLE_ROWS_OVERLAP = "TABLE_ROWS_OVERLAP"
    TABLE_ROW_UNREACHABLE = "TABLE_ROW_UNREACHABLE"
    RULE_UNTESTED = "RULE_UNTESTED"


CRITICAL = frozenset(
    {DiagnosticCode.TEXT_TOO_LARGE, DiagnosticCode.TEXT_NOT_UTF8, DiagnosticCode.TOO_MANY_DECLARATIONS}
)
WARNINGS = frozenset(
    {
        DiagnosticCode.GLOSSARY_UNUSED,
        DiagnosticCode.TEMPLATE_LANGUAGE_MISSING,
        DiagnosticCode.RULE_NEVER_APPLIES,
        DiagnosticCode.CONDITION_ALWAYS_TRUE,
        DiagnosticCode.RULE_DUPLICATE,
        DiagnosticCode.RULE_SUBSUMED,
        DiagnosticCode.RULE_SHADOWED,
        DiagnosticCode.RULES_MAY_TIE,
        DiagnosticCode.DELIVER_AVOIDED,
        DiagnosticCode.DELIVER_BLOCKED,
        DiagnosticCode.SITUATION_NEVER_CLOSES,
        DiagnosticCode.TEMPLATE_MISSING,
        DiagnosticCode.EVENT_CYCLE,
        DiagnosticCode.LIMIT_BEYOND_LIFE,
        DiagnosticCode.VALIDITY_DISJOINT,
        DiagnosticCode.TABLE_GAP,
        DiagnosticCode.TABLE_ROWS_OVERLAP,
        DiagnosticCode.TABLE_ROW_UNREACHABLE,
    }
)
HINTS = frozenset(
    {
        DiagnosticCode.NAME_UNUSED,
        DiagnosticCode.AGGREGATE_OF_ALL,
        DiagnosticCode.PAIRS_NOT_COMPARED,
        DiagnosticCode.RULE_UNTESTED,
    }
)
ADVICE = (WARNINGS | HINTS | {DiagnosticCode.RULES_TIE}) - {
    DiagnosticCode.GLOSSARY_UNUSED,
    DiagnosticCode.TEMPLATE_LANGUAGE_MISSING,
}
"""What dsl.advice finds, in a text that compiles."""


def severity_of(code: DiagnosticCode) -> Severity:
    """How bad it is: a rulebook with anything worse than a warning is not compiled."""
    if code in CRITICAL:
        return Severity.CRITICAL
    if code in HINTS:
        return Severity.HINT
    return Severity.WARNING if code in WARNINGS else Severity.ERROR


class Diagnostic(msgspec.Struct, frozen=True):
    """One fault, for the author. Lines and columns begin at 1; the end is the place after the last character.

    `example` is a customer and a message for whom it is so, by the author's names.
    """

    code: DiagnosticCode
    severity: Severity
    message: str
    help: str | None
    line: int
    column: int
    end_line: int
    end_column: int
    example: dict[str, Any] | None = None


class Finding(msgspec.Struct, frozen=True):
    """A fault at offsets of a text, before it is worded."""

    code: DiagnosticCode
    start: int
    end: int
    values: dict[str, str] = {}
    example: dict[str, Any] | None = None

    def moved(self, by: int) -> "Finding":
        """The same fault, seen from a text in which the declaration begins `by` characters later."""
        return Finding(self.code, self.start + by, self.end + by, self.values, self.example)


class Lines:
    """Where lines begin in one text."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def worded(finding: Finding, lines: Lines, language: str) -> Diagnostic:
    """The finding as the author reads it."""
    line, column = lines.place(finding.start)
    end_line, end_column = lines.place(max(finding.end, finding.start))
    return Diagnostic(
        finding.code,
        severity_of(finding.code),
        message_of(language, finding.code, finding.values),
        help_of(language, finding.code, finding.values),
        line,
        column,
        end_line,
        end_column,
        finding.example,
    )


def rendered(diagnostic: Diagnostic, text: str) -> str:
    """The diagnostic with its line and carets below the place, as a terminal shows it; in the tongue of the text."""
    say = FRAMES[tongue_of(text).code]
    lines = text.split("\n")
    line = lines[diagnostic.line - 1] if diagnostic.line <= len(lines) else ""
    shown = line.replace("\t", " ")
    last = diagnostic.end_column if diagnostic.end_line == diagnostic.line else len(shown) + 1
    carets = "^" * max(1, min(last, len(shown) + 1) - diagnostic.column)
    gutter = " " * len(str(diagnostic.line))
    help_line = f"\n{gutter} = {say.help}: {diagnostic.help}" if diagnostic.help else ""
    return (
        f"{say.severities[diagnostic.severity]}[{diagnostic.code}]: {diagnostic.message}\n"
        f"{gutter}--> {say.line} {diagnostic.line}, {say.column} {diagnostic.column}\n"
        f"{diagnostic.line} | {shown}\n"
        f"{gutter} | {' ' * (diagnostic.column - 1)}{carets}{help_line}"
    )
