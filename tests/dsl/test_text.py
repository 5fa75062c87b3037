"""Any text at all gets diagnostics with a place and help, and never an exception."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact.limits import Limits
from dsl.compile import Checked, compile_rulebook
from dsl.errors import Severity, rendered
from tests.dsl.support import PRELUDE

GOOD = (
    PRELUDE
    + """message rule "A rule with everything" priority 60 owner "Care" source "Manners" if unknown ignore
  for topics cross_sell or survey
  when claim is open and (customer.age is at least 65 or not preferences.marketing is yes)
   and any claim with (closed is in the last 14 days and amount >= 1,000.50 EUR)
  then postpone until the claim closes, at most 60 days, otherwise block because "A claim is being settled"
end
event rule "It happens" on claim.opened when event.amount > 3 EUR then send apology with (product = "x") end
test "It waits" at 2 March 2026 10:00 given claim is open when message about cross_sell expect postpone end
experiment softer for topic survey
  variant plain 45 % then deliver
  variant soft 45.5 % then require proof
  holdout 9 %
  succeeds on claim.closed within 14 days
end
cap c at most 3 contacts in any 7 days, otherwise block end
"""
)
NUMBERS = [found.span() for found in re.finditer(r"\d[\d,]*(?:\.\d+)?", GOOD)]


def sound(checked: Checked, text: str) -> None:
    """Every diagnostic is in the text, has words, and can be shown."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    assert checked.rulebook is None or not any(d.severity is Severity.ERROR for d in checked.diagnostics)
    assert checked.rulebook is not None or checked.diagnostics
    for diagnostic in checked.diagnostics:
        assert 1 <= diagnostic.line <= len(lines)
        assert 1 <= diagnostic.column <= len(lines[diagnostic.line - 1]) + 1
        assert (diagnostic.line, diagnostic.column) <= (diagnostic.end_line, diagnostic.end_column)
        assert diagnostic.message
        assert "{" not in diagnostic.message.replace("`{", "")
        assert rendered(diagnostic, text)


def test_the_whole_text_is_good() -> None:
    assert compile_rulebook(GOOD).diagnostics == ()


HOSTILE = {
    "nothing": "",
    "blank": " \n\t\n",
    "a comment": "# nothing else",
    "NUL": "rulebook x end\0",
    "NUL in a text": 'rulebook x owner "a\0b" end',
    "a lone surrogate": 'rulebook x owner "\ud800" end',
    "nested parentheses": f'rulebook x end message rule "y" when {"(" * 10_000}claim is open{")" * 10_000} then block end',
    "nested not": f'rulebook x end message rule "y" when {"not " * 10_000}claim is open then block end',
    "nested minus": f'rulebook x end message rule "y" when customer.age > {"- " * 10_000}3 then block end',
    "a long sum": f'rulebook x end message rule "y" when customer.age > {"1 + " * 10_000}3 then block end',
    "a long and": f'rulebook x end message rule "y" when {"claim is open and " * 10_000} claim is open then block end',
    "ends only": "end " * 10_000,
    "open quotes": '"' * 9_999,
    "open long text": "<< " * 9_999,
    "open brackets": "[" * 9_999,
    "closed brackets": "]" * 9_999,
    "unclosed text": 'rulebook x owner "abc\nend',
    "unclosed long text": "rulebook x end template y in English body << abc end",
    "unclosed declaration": "rulebook x end topic y category z",
    "a number without end": f"rulebook x end vocabulary y: whole number from 0 to {'9' * 5_000} end",
    "a long name": f"rulebook {'x' * 100_000} end",
    "right to left": "rulebook \u202eabc end",
    "an emoji": "rulebook 🦊 end",
    "other digits": 'rulebook x end message rule "y" when customer.age > ٣ then block end',
    "a broken date": 'rulebook x end message rule "y" when customer.age > 2026-13-45 then block end',
    "a huge month": f'rulebook x end message rule "y" then postpone for {"9" * 400} days end',
    "many errors": "rulebook x end " + "topic a end " * 3_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_gets_diagnostics_with_a_place(text: str) -> None:
    sound(compile_rulebook(text), text)


@pytest.mark.parametrize("digits", ["9" * 5_000, "0." + "3" * 5_000, "9" * 18], ids=["long", "fine", "large"])
def test_wherever_a_number_stands_one_beyond_all_bounds_gets_a_diagnostic(digits: str) -> None:
    assert len(NUMBERS) > 30
    for begin, end in NUMBERS:
        text = GOOD[:begin] + digits + GOOD[end:]
        checked = compile_rulebook(text)
        sound(checked, text)
        assert checked.rulebook is None


def test_a_text_that_is_too_large_is_refused_unread() -> None:
    [diagnostic] = compile_rulebook("x" * 3_000_000).diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("TEXT_TOO_LARGE", Severity.CRITICAL)


def test_a_text_that_is_not_utf_8_says_where() -> None:
    [diagnostic] = compile_rulebook(b"rulebook x \xff end").diagnostics
    assert diagnostic.code == "TEXT_NOT_UTF8"
    assert "byte 11" in diagnostic.message


def test_too_many_declarations_are_refused() -> None:
    [diagnostic] = compile_rulebook("rulebook x end " * 9, Limits(rulebook_declarations=8)).diagnostics
    assert diagnostic.code == "TOO_MANY_DECLARATIONS"


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_the_text() -> None:
    text = PRELUDE + (
        'message rule "One" for topic cross_sel then block end\n'
        'message rule "Two" for topic survey when customer.age > then block end\n'
        'message rule "Three" for topic survey then delay for 3 days end\n'
    )
    found = compile_rulebook(text).diagnostics
    first = PRELUDE.count("\n") + 1
    assert [(d.code.value, d.line - first) for d in found] == [
        ("NAME_UNKNOWN", 0),
        ("WORD_UNEXPECTED", 1),
        ("WORD_UNEXPECTED", 2),
    ]


def test_a_declaration_that_cannot_be_read_does_not_make_its_name_unknown() -> None:
    text = PRELUDE + (
        "situation storm opens on claim.opened when end\n"
        'message rule "One" for topic survey when storm is open then block end\n'
    )
    assert [d.code.value for d in compile_rulebook(text).diagnostics] == ["WORD_UNEXPECTED"]


def test_a_missing_end_is_told_and_the_next_declaration_is_read_all_the_same() -> None:
    text = PRELUDE + (
        'message rule "One" for topic survey then block\nmessage rule "Two" for topic surve then block end\n'
    )
    assert [d.code.value for d in compile_rulebook(text).diagnostics] == [
        "DECLARATION_NOT_CLOSED",
        "NAME_UNKNOWN",
    ]


def test_pasted_from_a_word_processor_it_means_the_same() -> None:
    pasted = (
        GOOD.replace('"A rule with everything"', "“A rule with everything”")
        .replace("message rule", "Message Rule")
        .replace("then", "Then")
        .replace("\n", "\r\n")
        .replace(">=", "≥")
    )
    plain, other = compile_rulebook(GOOD).rulebook, compile_rulebook("\ufeff" + pasted).rulebook
    assert plain is not None
    assert other is not None
    assert other.program.message_rules[0].conditions == plain.program.message_rules[0].conditions


def test_a_revision_names_the_content_and_not_its_line_ends() -> None:
    plain, other = compile_rulebook(GOOD).rulebook, compile_rulebook(GOOD.replace("\n", "  \r\n")).rulebook
    changed = compile_rulebook(GOOD.replace("14 days", "15 days")).rulebook
    assert plain is not None
    assert other is not None
    assert changed is not None
    assert plain.revision == other.revision
    assert plain.revision != changed.revision


PIECES = st.sampled_from(
    GOOD.split() + list('()[]"<>,:=«»“”\n') + ["end", "not", "and", "\0", "9" * 30, "2/3/2026"]
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_rulebook_never_raises(data: st.DataObject) -> None:
    words = GOOD.split(" ")
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(words) - 1))
        deed = data.draw(st.sampled_from(["drop", "insert", "replace", "double"]))
        piece = data.draw(PIECES)
        words[place : place + 1] = {
            "drop": [],
            "insert": [piece, words[place]],
            "replace": [piece],
            "double": [words[place], words[place]],
        }[deed] or [""]
    text = " ".join(words)
    sound(compile_rulebook(text), text)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200) | st.lists(PIECES, max_size=40).map(" ".join))
def test_any_text_at_all_never_raises(text: str) -> None:
    sound(compile_rulebook(text), text)
    sound(compile_rulebook("rulebook x end " + text), "rulebook x end " + text)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_never_raise(data: bytes) -> None:
    assert compile_rulebook(data).diagnostics or data


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "rulebook casa fin\ncategoría avisos base contrato fin\ntema cita categoría avisos fin\n",
            "LANGUAGE_OTHER",
            "`rulebook` abre un reglamento en inglés, pero las palabras que siguen son españolas",
        ),
        (
            "reglamento house end\ncategory news basis contract end\ntopic visit category news end\n",
            "LANGUAGE_OTHER",
            "`reglamento` begins a rulebook in Spanish, but the words from here on are English",
        ),
        (
            "categoría avisos base contrato fin\ntema cita categoría avisos fin\n",
            "HEADER_MISSING",
            "el reglamento no dice cómo se llama",
        ),
    ],
)
def test_a_rulebook_in_the_wrong_language_is_told_so_once_in_the_language_of_its_words(
    text: str, code: str, message: str
) -> None:
    [diagnostic] = compile_rulebook(text).diagnostics
    assert (diagnostic.code, diagnostic.message) == (code, message)


@pytest.mark.parametrize(
    "text",
    [
        "# el reglamento\nrulebook x end\ncategory news basis contract end\n",
        'rulebook x owner "reglamento" end\ncategory news basis contract end\n',
        "# a rulebook\nreglamento x fin\ncategoría avisos base contrato fin\n",
    ],
)
def test_a_comment_or_a_text_does_not_say_the_language(text: str) -> None:
    assert compile_rulebook(text).diagnostics == ()


def test_one_line_of_the_other_language_is_a_fault_of_that_line() -> None:
    text = "rulebook x end\ncategory news basis contract end\ntopic a category news end\ntema b categoría news fin\n"
    assert "LANGUAGE_OTHER" not in [d.code.value for d in compile_rulebook(text).diagnostics]
