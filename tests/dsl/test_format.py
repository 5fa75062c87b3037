"""The canonical form: one way to write what a rulebook says, without touching what it says."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.compile import compile_rulebook
from dsl.cut import cut
from dsl.format import format_rulebook, print_declaration, states_of
from dsl.formatting.sameness import same_tree
from dsl.formatting.wording import Wording
from dsl.lexicon import Tongue, tongue, tongue_of
from dsl.parser import parse_declaration
from dsl.scan import scan
from dsl.syntax import Node
from tests.dsl.support import PRELUDE
from tests.dsl.test_docs import RULEBOOK
from tests.dsl.worlds import rules
from tests.house.project import ROOT

NESTING = DEFAULT_LIMITS.nesting
FILES = sorted([*(ROOT / "examples").rglob("*.rules"), *(ROOT / "tests").rglob("*.rules")])
TEXTS = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in FILES}
TEXTS["docs/language.md"] = RULEBOOK


def formatted(text: str) -> str:
    return format_rulebook(text, DEFAULT_LIMITS)


def trees(text: str, words: Tongue | None = None) -> list[Node | str]:
    """The tree of every declaration, or its text where it cannot be read."""
    found: list[Node | str] = []
    words = words or tongue_of(text)
    for one in cut(text, words):
        parsed = parse_declaration(one.text, words.code, NESTING)
        whole = len(parsed.nodes) == 1 and not parsed.findings
        found.append(parsed.nodes[0] if whole else one.text)
    return found


def comments(text: str) -> list[str]:
    """Every comment, wherever pieces do not stand."""
    pieces = [(0, 0), *((p.start, p.end) for p in scan(text, tongue_of(text))[0]), (len(text), len(text))]
    gaps = (text[before[1] : after[0]] for before, after in pairwise(pieces))
    return [comment.rstrip() for gap in gaps for comment in re.findall(r"#[^\n]*", gap)]


def same(one: Node | str, other: Node | str) -> bool:
    if isinstance(one, Node) and isinstance(other, Node):
        return same_tree(one, other)
    return one == other


def lawful(text: str) -> str:
    """The canonical form, after a look whether it keeps the laws."""
    found = formatted(text)
    assert formatted(found) == found
    before, after = trees(text), trees(found)
    assert len(before) == len(after)
    assert all(map(same, before, after))
    return found


def codes(text: str) -> list[str]:
    return sorted(diagnostic.code for diagnostic in compile_rulebook(text).diagnostics)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_rulebook_of_the_project_says_the_same_in_canonical_form(text: str) -> None:
    found = lawful(text)
    assert comments(found) == comments(text)
    assert codes(found) == codes(text)
    assert all(len(line) <= 110 or '"' in line or line in text for line in found.split("\n"))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["bank_en", "insurer_en", "insurer_es"])
def test_the_rulebooks_of_the_design_say_the_same_in_canonical_form(shared: Path, name: str) -> None:
    text = (shared / f"design/language/{name}.rules").read_text(encoding="utf-8")
    found = lawful(text)
    assert comments(found) == comments(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("code", ["en", "es"])
def test_the_same_printer_writes_every_tree_in_either_tongue(text: str, code: str) -> None:
    for tree in trees(text):
        if isinstance(tree, Node):
            printed = print_declaration(tree, Wording(tongue(code)), NESTING)
            assert printed is not None
            [again] = trees(printed, tongue(code))
            assert same(again, tree), printed


@settings(max_examples=12, deadline=None)
@given(rules())
def test_generated_rules_say_the_same_in_canonical_form(text: str) -> None:
    found = lawful(PRELUDE + text)
    assert codes(found) == codes(PRELUDE + text) == []


GAPS = st.sampled_from(
    [" ", " ", " ", " ", "\n", "\n\n", "\n\n\n", "  # {}\n", "\n # {}\n", " #{}\n\n# {} \n\n"]
)
PARTS = [
    part
    for text in (RULEBOOK, *TEXTS.values())
    if tongue_of(text).code == "en"
    for part in (one.text for one in cut(text, tongue("en")))
    if len(part) < 900 and isinstance(trees(part)[0], Node)
]


@st.composite
def scattered(draw: st.DrawFn) -> tuple[str, str]:
    """Declarations, and the same with blank space and comments anywhere between their words."""
    text = "\n".join(draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)))
    pieces = scan(text, tongue("en"))[0]
    rolls = draw(st.lists(GAPS, min_size=8, max_size=8))
    step = draw(st.integers(1, 7))
    written = []
    for number, piece in enumerate(pieces):
        gap = rolls[(number * step) % 8 if number % 3 else 0]
        written.append(text[piece.start : piece.end] + gap.replace("{}", f"note {number}"))
    return text, "".join(written)


def words(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in scan(text, tongue("en"))[0]]


@settings(max_examples=100, deadline=None)
@given(scattered())
def test_comments_stay_in_order_and_change_nothing_wherever_they_stand(texts: tuple[str, str]) -> None:
    plain, text = texts
    found = lawful(text)
    assert comments(found) == comments(text)
    assert words(found) == words(formatted(plain))


@settings(max_examples=100, deadline=None)
@given(
    scattered(),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["", '"', "<<", "[", "end", "#", "(", "“", "«"]),
)
def test_a_mutilated_text_has_a_canonical_form_too(
    texts: tuple[str, str], start: float, size: float, put: str
) -> None:
    text = texts[1]
    at = int(start * len(text))
    lawful(text[:at] + put + text[at + int(size * size * 60) :])


def condition(text: str) -> str:
    """A condition in canonical form."""
    found = formatted(f'message rule "R" when {text} then block end')
    return found.split("\n  then")[0].split("when ")[1]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("x >= 3 And y ≠ 4", "x is at least 3 and y is not 4"),
        ("x over 10000", "x is more than 10,000"),
        ("year is 2026", "year is 2026"),
        ("x is at most 9000 €", "x is at most 9,000 EUR"),
        ("x < 1234567.50 CZK", "x is less than 1,234,567.50 CZK"),
        ("x = 8%", "x is 8 %"),
        ("x > 2026-03-02 09:30", "x is more than 2 March 2026 9:30"),
        ("x > 2026-13-45", "x is more than 2026-13-45"),
        ("x is older than 1 days", "x is older than 1 day"),
        ("x is in the last 3 day", "x is in the last 3 days"),
        ("((the claim is open))", "claim is open"),
        ("(a.b is yes and (c is no)) or d", "a.b is yes and c is no or d"),
        ("not (p and q)", "not (p and q)"),
        ("(p or q) and r", "(p or q) and r"),
        ("p or (q or r)", "p or (q or r)"),
        ("x - (y - z) > (x - y) - z", "x - (y - z) is more than x - y - z"),
        ("x * (y + z) / (- 2) > (y * z)", "x * (y + z) / -2 is more than y * z"),
        ("[claim] is [open] and [a name]", "claim is open and [a name]"),
        ("[the] is [unknown]", "[the] is [unknown]"),
        ("[end] is [not] or [x y]", "[end] is [not] or [x y]"),
        ("there is any claim", "any claim"),
        ("x = “say 'no'”", "x is \"say 'no'\""),
        ('x = “say "no"”', 'x is “say "no"”'),
    ],
)
def test_a_condition_is_written_in_the_words_that_come_first(written: str, canonical: str) -> None:
    assert condition(written) == canonical


SLOPPY = """
RULEBOOK [manners]  zone "Europe/Madrid" currency EUR end # the header
# ---- topics ----


topic x category y end   topic a_long_name category marketing called "a name of it" in Spanish "un nombre" template t one per product end
message rule "Broken"   when when
   then block end
calendar quiet hours for sms, push on Saturday, Sunday 22:00 to 08:00 end
situation claim # of all kinds
  opens on a.b, c.d, claim closes
  # soon

  expires after 1 years end
message rule "R" exception to "Q" for topic x, y, z when p is open and q is open # or not
 and r is open then postpone while claim is open, at most 30 day, otherwise, deliver by app and avoid sms because "it is so" end
template t by app, sms in English subject "s" body «Dear

      you» in Spanish text <<Hola>> end
# the end"""
NEAT = """rulebook manners
  zone "Europe/Madrid"
  currency EUR
end  # the header
# ---- topics ----

topic x  category y end
topic a_long_name
  category marketing
  called "a name of it" in Spanish "un nombre"
  template t
  one per product
end
message rule "Broken"   when when
   then block end
calendar
  quiet hours for sms, push on Saturday and Sunday 22:00 to 8:00
end
situation claim  # of all kinds
  opens on a.b, c.d or claim closes
  # soon

  expires after 1 year
end
message rule "R"
  exception to "Q"
  for topics x, y or z
  when p is open
   and q is open  # or not
   and r is open
  then postpone while claim is open, at most 30 days, otherwise deliver by app
   and avoid sms because "it is so"
end
template t
  by app, sms in English
    subject "s"
    body <<
      Dear

            you
    >>
  in Spanish text <<Hola>>
end
# the end
"""


def test_a_sloppy_rulebook_becomes_a_neat_one() -> None:
    assert formatted(SLOPPY) == NEAT


SPANISH = """reglamento modales fin
situación claim se abre con x.y pasa a rechazado ante x.z, x.w se cierra al cierre de storm fin
regla de mensaje "R" para los temas a1 u o2 cuando claim está rechazado y hay alguna claim con (x está en las últimas 2 horas)
  y importe >= 10000,50 € y fecha1 < 2026-03-02
  entonces aplazar hasta que se cierre el claim, como máximo 1 días, si no bloquear fin
"""
CASTILIAN = """reglamento modales fin
situación claim
  se abre con x.y
  pasa a rechazado ante x.z o x.w
  se cierra con el cierre de storm
fin
regla de mensaje "R"
  para los temas a1 u o2
  cuando claim está rechazado
    y hay claim con (x está en las últimas 2 horas)
    e importe es de al menos 10.000,50 EUR
    y fecha1 es inferior a 2 de marzo de 2026
  entonces aplazar hasta que se cierre claim, como máximo 1 día, si no, bloquear
fin
"""


def test_spanish_is_written_as_spanish() -> None:
    assert formatted(SPANISH) == CASTILIAN


GLOSSARY = {
    "claim": "siniestro",
    "refused": "rechazado",
    "claim.decided": "siniestro.resuelto",
    "sms": "mensaje de texto",
}
ENGLISH = """situation claim becomes refused on claim.decided end
message rule "R" when the claim is refused and any claim with (closed is in the last 1 week)
  then avoid sms and postpone until the claim closes, at most 1 month, otherwise block end"""
TRANSLATED = """regla de mensaje "R"
  cuando siniestro está rechazado y hay siniestro con (closed está en la última 1 semana)
  entonces evitar [mensaje de texto]
    y aplazar hasta que se cierre siniestro, como máximo 1 mes, si no, bloquear
fin"""


def test_with_a_glossary_the_printer_is_the_translator() -> None:
    read = [tree for tree in trees(ENGLISH) if isinstance(tree, Node)]
    wording = Wording(tongue("es"), states_of(read), lambda name: GLOSSARY.get(name, name))
    assert print_declaration(read[1], wording, NESTING) == TRANSLATED


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_nothing_stays_nothing(text: str) -> None:
    assert formatted(text) == ""


def test_marks_of_byte_order_before_the_text_go() -> None:
    assert formatted("\ufeff \ufeff\n\x85\ufefftopic x category y end") == "topic x  category y end\n"


def test_line_ends_become_plain_ones() -> None:
    assert formatted("# a\r\n\r\ntopic x category y end\r") == "# a\n\ntopic x  category y end\n"


def test_a_text_that_is_too_large_comes_back_as_it_is() -> None:
    text = "topic  x  category  y  end\r\n"
    assert format_rulebook(text * 9, Limits(rulebook_declarations=8)) == text * 9
    assert format_rulebook(text, Limits(rulebook_bytes=8)) == text
    grows = "vocabulary x: text y: text end"
    assert format_rulebook(grows, Limits(rulebook_bytes=len(grows))) == grows


LONG_TEXTS = st.text(st.sampled_from('ab <>«»\n\t#"é{}'), max_size=30)


@settings(max_examples=100, deadline=None)
@given(LONG_TEXTS)
def test_a_long_text_keeps_every_character(text: str) -> None:
    source = f"template  t in English subject <<{text}>> body «{text}» end"
    found = lawful(source)
    assert isinstance(trees(source)[0], str) or found.startswith("template t\n")


WORDS = [
    "the",
    "a",
    "open",
    "is",
    "not",
    "end",
    "9",
    "x.y",
    "[]",
    "A",
    "and",
    "one",
    "of",
    "with",
    "any",
    "EUR",
    "no",
]
NAMES = st.one_of(st.sampled_from(WORDS), st.text(st.sampled_from("aeñ .9-_'"), min_size=1, max_size=8))


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, min_size=5, max_size=5))
def test_a_name_has_brackets_where_it_needs_them(names: list[str]) -> None:
    one, two, three, four, five = (f"[{name}]" for name in names)
    for source in (
        f'event rule "x" on {three}, {two} when {four} is {five} or {one} then send {two} by {three} end',
        f'event rule "x" on {three} opens when any {four} or {five} is not {one} then open {two} end',
    ):
        found = lawful(source)
        assert isinstance(trees(source)[0], str) or found.startswith('event rule "x"\n')


def test_an_enormous_declaration_is_written_in_no_time() -> None:
    many = " and ".join(f"claim is open # {number}\n" for number in range(1_000))
    found = lawful(f'message rule "x" when {many} then block end')
    assert found.count("\n") == 1_003
