"""The words of diagnostics, by language. A language is one more table: Spanish is in dsl.wording_es.

A code that is new gets its words here and there at once; a test demands it.

Style: lower case, no full stop; user input in backticks; the message says what is wrong, the help what to do; never
the name of a type or an error of the host language. `{near}` is the nearest known word: where there is one, the help
is "did you mean".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from dsl import wording_es

Words = tuple[str, str]
"""Message and help."""


class Frame(NamedTuple):
    """What a terminal says around a diagnostic."""

    line: str
    column: str
    help: str
    severities: Mapping[str, str]


FRAMES = {
    "en": Frame("line", "column", "help", {name: name.lower() for name in wording_es.SEVERITIES}),
    "es": Frame("línea", "columna", "ayuda", wording_es.SEVERITIES),
}
_NEAR = {"en": "did you mean `{near}`?", "es": wording_es.NEAR}
_SEVERAL = {"en": "if `{several}` is one name, write `[{several}]`", "es": wording_es.SEVERAL}

_EN: Mapping[str, Words] = {
    "TEXT_TOO_LARGE": (
        "the rulebook has {size} bytes; at most {limit} are read",
        "split it, or raise the limit",
    ),
    "TEXT_NOT_UTF8": ("the text is not UTF-8 at byte {place}", "save it as UTF-8"),
    "CHARACTER_REFUSED": ("`{text}` has no meaning here", "leave it out, or put the text in quotes"),
    "TEXT_NOT_CLOSED": (
        "this text is not closed on its line",
        'end it with `"`, or write it between `<<` and `>>`',
    ),
    "LONG_TEXT_NOT_CLOSED": ("the long text that begins here never ends", "close it with `>>`"),
    "BRACKET_NOT_CLOSED": ("the name that begins here is not closed on its line", "close it with `]`"),
    "DATE_AMBIGUOUS": (
        "`{text}` can be read as two dates",
        "write the month as a word: `2 March 2026`, or `2026-03-02`",
    ),
    "DATE_INVALID": ("there is no day `{text}`", "years from 1800 to 2500 are read"),
    "TIME_INVALID": ("there is no time `{text}`", "hours go from 0 to 23, minutes from 00 to 59"),
    "NUMBER_INVALID": ("`{text}` is not a number that can stand here", "{range}"),
    "DECLARATION_NOT_CLOSED": ("`{name}` is not closed", "end it with `{end}`"),
    "DECLARATION_UNKNOWN": (
        "`{text}` does not begin a declaration",
        "begin with `message rule`, `topic`, `situation`, ...",
    ),
    "TOO_MANY_DECLARATIONS": ("the rulebook has {count} declarations; at most {limit} are read", "split it"),
    "TOO_DEEP": ("this is nested more than {limit} deep", "give a part of it a name with `define`"),
    "WORD_UNEXPECTED": ("`{text}` cannot stand here", "possible here: {expected}"),
    "NOT_AVAILABLE": (
        "`{what}` is not available yet",
        "leave it out for now; the rest of the file is checked all the same",
    ),
    "LANGUAGE_OTHER": (
        "`{word}` begins a rulebook in {declared}, but the words from here on are English",
        "begin with `{text}`, or write the rest in {declared}",
    ),
    "HEADER_MISSING": ("the rulebook does not say its name", "begin with `{text} name ... end`"),
    "PART_MISSING": ("`{text}` does not say `{what}`", "add a line that begins with `{what}`"),
    "PART_REPEATED": ("`{text}` is said twice here", "keep one of them"),
    "NAME_TAKEN": ("`{text}` is declared more than once", "choose another name"),
    "NAME_RESERVED": (
        "`{text}` is a word of the language and cannot be declared here",
        "choose another name",
    ),
    "NAME_UNKNOWN": ("`{text}` is not declared{what}", "declare it, or check its spelling"),
    "GLOSSARY_REPEATED": ("the glossary names `{word}` twice", "keep one of them"),
    "GLOSSARY_CLASH": (
        "`{word}` already means something else in {language}",
        "choose another word for it in the glossary",
    ),
    "GLOSSARY_UNUSED": ("nothing in this rulebook is called `{word}`", "check its spelling, or leave it out"),
    "FIELD_UNKNOWN": (
        "`{text}` is not a field of {owner}",
        "declare it where the event or topic is declared",
    ),
    "FIELD_AMBIGUOUS": (
        "`{text}` has different types or spellings in the events named here",
        "give it one type and one spelling, or write two rules",
    ),
    "VALUE_UNKNOWN": ("`{text}` is not one of its values", "the values are: {known}"),
    "VALUE_OUT_OF_RANGE": (
        "this value is never reached: it is declared from {low} to {high}",
        "compare with a value within",
    ),
    "RANGE_EMPTY": ("there is no number from {low} to {high}", "write the lower bound first"),
    "ZONE_UNKNOWN": ("there is no time zone `{text}`", "write it as `Europe/Madrid`"),
    "REGION_UNKNOWN": (
        "no holidays are known of `{text}`",
        'write a country as "ES", a region as "ES-MD"; known: {known}',
    ),
    "CURRENCY_UNKNOWN": ("there is no currency `{text}`", "write its three letters: `EUR`"),
    "CURRENCY_OTHER": ("`{text}` is not the currency of this rulebook", "amounts here are in {currency}"),
    "MONEY_TOO_FINE": ("`{text}` has more decimals than the currency", "it has {decimals}"),
    "TYPE_MISMATCH": ("this is `{found}`, where `{wanted}` is wanted", "compare values of one type"),
    "CONDITION_EXPECTED": ("this is not a condition", "say what must hold of it{try_}"),
    "VALUE_EXPECTED": ("a value is wanted here", "write a number, a name or a text"),
    "ORDER_MEANINGLESS": ("values of `{found}` have no order", "use `is`, `is not` or `is one of`"),
    "ARITHMETIC_MEANINGLESS": (
        "`{operator}` has no meaning between `{left}` and `{right}`",
        "numbers go with numbers and money, durations with dates and instants",
    ),
    "CLOCK_IN_ARITHMETIC": (
        "`now` and `today` cannot be reckoned with in a condition",
        "say `is in the last 3 days`, `is in the next 3 days` or `is older than 3 days`",
    ),
    "UNIT_TOO_FINE": ("a date has no hours", "use days or longer"),
    "CALENDAR_MISSING": (
        "no calendar says what `{what}` are here",
        "add them to the calendar: `working days Monday to Friday` or `working hours 9:00 to 18:00`",
    ),
    "CALENDAR_MISPLACED": (
        "a calendar has no meaning for `{text}`",
        "only working days and working hours are counted in a calendar",
    ),
    "CALENDAR_CONDITION": (
        "whose calendar it is must follow from facts of the customer alone",
        "compare a fact of the customer, for example where she lives",
    ),
    "WORKING_TIME_MISPLACED": (
        "working days and working hours cannot be counted here",
        "they are counted forward, from an instant; use days or hours",
    ),
    "WINDOW_EMPTY": ("a time of no length has no meaning here", "write 1 or more"),
    "QUANTIFIER_NESTED": ("`any`, `no` and `every` cannot stand inside each other", "use two conditions"),
    "LIST_UNDATED": (
        "nobody says when each of `{text}` came about, so there is no window of them",
        "leave the window out, or ask for a date of each one: `with (... is in the next 30 days)`",
    ),
    "DEFINITION_CYCLE": ("`{text}` is defined by itself", "break the circle"),
    "DEFINITION_MISPLACED": (
        "`{text}` reads {what}, and there is none here",
        "use it in a rule that has one",
    ),
    "NOT_READABLE_HERE": ("`{text}` reads {what}, and there is none here", "use it in a rule that has one"),
    "EFFECT_MISPLACED": ("`{text}` cannot be said in {what}", "say it in a rule of the other kind"),
    "EFFECT_REPEATED": ("`{text}` is asked for twice", "keep one, or join the channels with a comma"),
    "UNKNOWN_UNDECIDED": (
        "`{text}` may be unknown, and this rule blocks or postpones",
        "add `if unknown apply` or `if unknown ignore` before `then`",
    ),
    "LIMIT_MISSING": ("this waits without a limit", "add `, at most 30 days, otherwise block`"),
    "LIMIT_MEANINGLESS": ("waiting cannot end in waiting", "say `otherwise block` or `otherwise deliver`"),
    "WINDOW_MEANINGLESS": (
        "this waits longer for the next message than it waits in all",
        "let the second duration be the longer one",
    ),
    "GROUP_MIXED": (
        "`{text}` would carry `{one}` (basis {first}) beside `{other}` (basis {second})",
        "keep what presses and what must be said apart: two groups",
    ),
    "GROUP_CRITICAL": ("`{text}` is critical, and what is critical never waits for others", "leave it out"),
    "GROUP_NOT_TAKEN": (
        "`{text}` takes none of the messages that this rule speaks of",
        "it takes what is not critical of: {known}",
    ),
    "EXCEPTION_CYCLE": ("`{text}` is an exception to itself", "break the circle"),
    "PARAMETER_REPEATED": (
        "`{text}` has two values from the same day on",
        "keep one, or say from which day the other holds",
    ),
    "VALIDITY_EMPTY": ("this rule ends before it begins", "write the earlier date first"),
    "SHARES_OVER": (
        "the shares of `{text}` are more than everybody",
        "write shares that are 100 % or less together; who is in none of them is left alone",
    ),
    "ROW_LENGTH": (
        "cells {what}: {found} in this row, {wanted} in the header",
        "write one cell for each column, `-` where anything will do",
    ),
    "IMPORTANCE_UNKNOWN": (
        "nobody knows which value of `{text}` is the most important",
        "declare its values in the header, the most important first: `=> {text}: one of (high, low)`",
    ),
    "TEMPLATE_SYNTAX": ("the template cannot be read: {text}", "correct the Liquid of this text"),
    "TEMPLATE_REPEATED": ("there are two texts for the same channel in `{text}`", "keep one of them"),
    "TEMPLATE_LANGUAGE_MISSING": (
        "`{text}` has no words in `{language}`",
        "add a text in the language of the rulebook: whoever has none of the others gets it",
    ),
    "TEST_UNSTARTED": ("this test does not say when it begins", "begin with `at 2 March 2026 10:00`"),
    "RULE_NEVER_APPLIES": (
        "`{text}` can never apply: its conditions exclude each other",
        "change one of them",
    ),
    "CONDITION_ALWAYS_TRUE": ("`{text}` is never false", "leave it out, or compare with another value"),
    "RULE_DUPLICATE": ("`{text}` says the same as `{what}`", "keep one of them"),
    "RULE_SUBSUMED": (
        "`{text}` adds nothing: `{what}` says it wherever this one does",
        "leave it out, or narrow the other one",
    ),
    "RULE_SHADOWED": (
        "`{text}` never bears: `{what}` blocks wherever this one applies",
        "make it an exception, or narrow the other one",
    ),
    "RULES_TIE": (
        "`{text}` and `{other}` disagree: both `{what}`, for example where {example}",
        "give one of them a `priority`, or make it an exception",
    ),
    "RULES_MAY_TIE": (
        "`{text}` and `{other}` may disagree: both `{what}`, perhaps where {example}",
        "give one of them a `priority`, or make it an exception",
    ),
    "DELIVER_AVOIDED": (
        "`{text}` and `{other}` leave no channel, for example where {example}",
        "let one of them be an exception to the other",
    ),
    "DELIVER_BLOCKED": (
        "of `{text}` and `{other}` one delivers and one blocks, and block wins, for example where {example}",
        "let the one that delivers be an exception to the other",
    ),
    "PAIRS_NOT_COMPARED": (
        "more than {limit} pairs of rules meet; from here on they are not compared",
        "split the rulebook by topics",
    ),
    "SITUATION_NEVER_CLOSES": ("`{text}` never closes", "add `closes on ...` or `expires after ...`"),
    "TEMPLATE_MISSING": (
        "rules send `{text}`, and it has no words: it would be blocked",
        'add `template {text} in English text "..." end`, or name a template in the topic',
    ),
    "EVENT_CYCLE": (
        "these events raise each other: {text}",
        "let one of the rules ask for a condition that ends it",
    ),
    "LIMIT_BEYOND_LIFE": (
        "`{text}` waits for up to {limit}, and no message of its topics lives that long",
        "shorten the limit, or let the topic live longer",
    ),
    "VALIDITY_DISJOINT": (
        "`{text}` and `{other}` are never valid on one day, so the exception silences nothing",
        "correct the dates",
    ),
    "TABLE_GAP": (
        "no row of `{text}` speaks of the case in which {example}",
        "add a row for it, or end the table with a row that says `otherwise`",
    ),
    "TABLE_ROWS_OVERLAP": (
        "rows {first} and {second} of `{text}` both apply where {example}",
        "narrow one of them, or let the table take the first row that applies",
    ),
    "TABLE_ROW_UNREACHABLE": (
        "row {first} of `{text}` never counts: the rows above it speak of all its cases",
        "leave it out, or put it above them",
    ),
    "RULE_UNTESTED": ("no test makes `{text}` apply", "add a test in which it does"),
    "COST_TOO_HIGH": (
        "one message can make these rules read {cost} conditions and members of lists; at most {limit} are allowed",
        "say of which topics or categories rules speak, shorten windows, or lower what lists may hold",
    ),
    "AGGREGATE_OF_ALL": (
        "`{text}` takes those of every `{field}` together",
        "if one is meant, say which: `with ({field} is ...)`",
    ),
    "NAME_UNUSED": ("`{text}` is never used", "use it, or leave it out"),
}

TABLES: Mapping[str, Mapping[str, Words]] = {"en": _EN, "es": wording_es.WORDS}
THINGS: Mapping[str, Mapping[str, str]] = {"en": {}, "es": wording_es.THINGS}
"""What checkers speak of, by its English name."""

_SPOKEN_OF = ("what", "owner", "found", "wanted", "left", "right")
"""Values that are a checker's, not the author's."""

_AS = {"en": " as ", "es": " como "}
_TRY = {"en": ": `{try_} is open`", "es": ": `{try_} está abierto`"}
_RANGE = {"en": "whole numbers from {low} to {high} can", "es": "aquí van números enteros de {low} a {high}"}
_AFTER_A_WORD = re.compile(r"\w\{what\}")
_OF_TYPE = re.compile(r"one of( \(.*\))|([a-z ]+?) from (-?\d+) to (-?\d+)", re.DOTALL)


class _Values(dict[str, str]):
    """A value that was not given is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return ""


def thing(language: str, english: str) -> str:
    """What a checker speaks of (`an event`, `whole number from 0 to 10`), in this language."""
    things = THINGS[language]
    if things and english.startswith("list of "):
        return f"{things['list of']} {thing(language, english.removeprefix('list of '))}"
    typed = _OF_TYPE.fullmatch(english)
    if typed is None or not things:
        return things.get(english, english)
    if typed[1]:
        return things["one of"] + typed[1]
    return f"{things.get(typed[2], typed[2])} de {typed[3]} a {typed[4]}"


def _named_so(language: str, what: str) -> str:
    """After `declared as`: Spanish has no article there."""
    return what.partition(" ")[2] if language == "es" else what


def _filled(language: str, template: str, values: Mapping[str, str]) -> str:
    given = _Values(values)
    for key in _SPOKEN_OF:
        if key in given:
            given[key] = thing(language, given[key])
    if "expected" in given:
        given["expected"] = ", ".join(thing(language, one) for one in given["expected"].split(", "))
    if given.get("what") and _AFTER_A_WORD.search(template):
        given["what"] = _AS[language] + _named_so(language, given["what"])
    if given.get("try_"):
        given["try_"] = _TRY[language].format_map(given)
    if "low" in given:
        given["range"] = _RANGE[language].format_map(given)
    return template.format_map(given).replace(", ,", ",").rstrip(" :,")


def message_of(language: str, code: str, values: Mapping[str, str]) -> str:
    """What is wrong, in words."""
    return _filled(language, TABLES[language][code][0], values)


def help_of(language: str, code: str, values: Mapping[str, str]) -> str | None:
    """What to do about it."""
    template = _NEAR[language] if values.get("near") else TABLES[language][code][1]
    if values.get("several"):
        template = f"{_SEVERAL[language]}; {template}"
    return _filled(language, template, values) or None
