"""The grammar has no conflicts, its words have no double meaning, and both tongues say the same."""

import pytest

from dsl.compile import compile_rulebook
from dsl.cut import cut
from dsl.grammar import lark_grammar, table
from dsl.lexicon import CODES, HARD, HEADS, tongue
from dsl.parser import parse_declaration
from dsl.scan import scan
from tests.dsl.grammar_page import PAGE, page


def test_the_grammar_is_lalr_without_conflicts() -> None:
    lark_grammar(strict=True)


@pytest.mark.parametrize("code", CODES)
def test_a_phrase_is_one_word_of_the_language_wherever_it_stands(code: str) -> None:
    faults = set()
    for state in table().states:
        for phrases in tongue(code).trie.values():
            for words, terminals in phrases:
                possible = {terminal for terminal, _ in terminals if terminal in state}
                if len(possible) > 1:
                    faults.add((words, tuple(sorted(possible))))
    assert faults == set()


def test_both_tongues_have_a_word_for_everything() -> None:
    english, spanish = (tongue(code) for code in CODES)
    assert english.terminals == spanish.terminals
    assert set(english.names.values()) == set(spanish.names.values())
    assert english.terminals >= HARD | HEADS


@pytest.mark.parametrize("code", CODES)
def test_every_word_of_the_lexicon_is_one_of_the_grammar(code: str) -> None:
    known = {terminal for state in table().states for terminal in state}
    assert {t for t in tongue(code).terminals if t.startswith("_")} - known == set()


SPANISH = """reglamento modales zona "Europe/Madrid" moneda EUR fin
vocabulario
  customer.age: número entero desde 0 a 120
  evento claim.opened: (claim_id: texto)
fin
categoría marketing base consentimiento canales app, correo fin
tema survey categoría marketing fin
situación claim uno por claim_id se abre con claim.opened fin
regla de mensaje "No se pregunta nada durante un siniestro"
  si se desconoce ignorar
  para el tema survey
  cuando el claim está abierto y customer.age es de al menos 10,5
  entonces aplazar hasta que se cierre el claim, como máximo 60 días, si no, bloquear porque "Hay un siniestro"
fin
"""
ENGLISH = """rulebook modales zone "Europe/Madrid" currency EUR end
vocabulary
  customer.age: whole number from 0 to 120
  event claim.opened: (claim_id: text)
end
category marketing basis consent channels app, email end
topic survey category marketing end
situation claim one per claim_id opens on claim.opened end
message rule "No se pregunta nada durante un siniestro"
  if unknown ignore
  for topic survey
  when claim is open and customer.age is at least 10.5
  then postpone until the claim closes, at most 60 days, otherwise block because "Hay un siniestro"
end
"""


def test_the_same_rulebook_in_two_tongues_is_the_same_program() -> None:
    spanish, english = compile_rulebook(SPANISH), compile_rulebook(ENGLISH)
    assert (spanish.diagnostics, english.diagnostics) == ((), ())
    assert spanish.rulebook is not None
    assert english.rulebook is not None
    one, other = spanish.rulebook.program, english.rulebook.program
    assert one.situations == other.situations
    assert one.topics == other.topics
    assert [rule.conditions for rule in one.message_rules] == [
        rule.conditions for rule in other.message_rules
    ]
    assert one.message_rules[0].face.because == {"es": "Hay un siniestro"}


def test_a_text_is_cut_at_its_ends_and_nowhere_else() -> None:
    text = """rulebook x end # the end
    template y in English text <<the end of « all » ends>> end
    vocabulary z.end: text [the end]: text end"""
    assert [piece.text[:8] for piece in cut(text, tongue("en"))] == ["rulebook", "template", "vocabula"]


def test_every_node_knows_its_place() -> None:
    text = 'message rule "R"  when   not  claim is open  then block end'
    [rule] = parse_declaration(text, "en", 20).nodes
    when = next(rule.all("when"))
    assert text[when.start : when.end] == "when   not  claim is open"
    condition = when.node()
    assert text[condition.start : condition.end] == "not  claim is open"
    [effects] = rule.all("effects")
    assert text[effects.start : effects.end] == "block"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("10,000.50", "NUMBER", "10000.50"),
        ("900 €", "MONEY", "900 EUR"),
        ("1,000.50 CZK", "MONEY", "1000.50 CZK"),
        ("8 %", "PERCENT", "8"),
        ("2 March 2026", "DATE", "2026-03-02"),
        ("2026-03-02", "DATE", "2026-03-02"),
        ("9:30", "TIME", "09:30"),
        ("“curly”", "STRING", "curly"),
        ("[a  name]", "NAME", "a name"),
        ("«long\n  text»", "LONG", "long\n  text"),
        ("—", "OP", "-"),
        ("≥", "OP", ">="),
    ],
)
def test_pieces_are_read_as_people_write_them(text: str, kind: str, value: str) -> None:
    [piece], faults = scan(text, tongue("en"))
    assert faults == []
    assert (piece.kind, piece.text) == (kind, value)


def test_spanish_numbers_have_their_own_signs() -> None:
    [piece], _ = scan("10.000,50 €", tongue("es"))
    assert piece.text == "10000.50 EUR"


def test_the_page_of_the_grammar_is_written_from_the_grammar() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
