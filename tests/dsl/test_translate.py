"""The formatter as translator: to Spanish and back is the canonical form, and both say the same."""

import re

import pytest
from hypothesis import given, settings

from artifact.limits import DEFAULT_LIMITS
from dsl.compile import compile_rulebook
from dsl.format import format_rulebook
from dsl.lexicon import tongue_of
from dsl.translate import Translation, meaning, translate_rulebook
from tests.dsl.support import PRELUDE
from tests.dsl.test_docs import RULEBOOK, SPANISH_RULEBOOK
from tests.dsl.test_format import TEXTS
from tests.dsl.test_glossary import ENGLISH, SPANISH
from tests.dsl.worlds import rules


def translated(text: str, code: str) -> str:
    found = translate_rulebook(text, code, DEFAULT_LIMITS)
    assert found.diagnostics == ()
    assert found.text is not None
    return found.text


def lawful(text: str) -> str:
    """The Spanish form, after a look whether it is canonical, says the same, and comes back."""
    spanish = translated(text, "es")
    assert spanish.startswith(("reglamento", "#", "glosario"))
    assert format_rulebook(spanish, DEFAULT_LIMITS) == spanish
    assert translated(spanish, "en") == format_rulebook(text, DEFAULT_LIMITS)
    before, after = compile_rulebook(text).rulebook, compile_rulebook(spanish).rulebook
    assert before is not None
    assert after is not None
    assert meaning(before) == meaning(after)
    return spanish


GOOD = {
    name: text
    for name, text in TEXTS.items()
    if tongue_of(text).code == "en" and compile_rulebook(text).rulebook is not None
}


@pytest.mark.parametrize("text", [*GOOD.values(), PRELUDE], ids=[*GOOD, "prelude"])
def test_every_rulebook_of_the_project_goes_to_spanish_and_comes_back(text: str) -> None:
    lawful(text)


@settings(max_examples=25, deadline=None)
@given(rules())
def test_generated_rules_go_to_spanish_and_come_back(text: str) -> None:
    lawful(PRELUDE + text)


NAMED = """
glossary in Spanish
  claim = siniestro (m)
  bereavement = pérdida (f)
  storm = temporal
  cross_sell = venta_cruzada
  survey = encuesta
  "Rest" = "Descanso"  # the one that rests
end
# a rule
message rule "Rest"
  if unknown apply
  for topics cross_sell or survey  # both
  when claim is open and bereavement is closed and any claim with (kind is water) and no bereavement
  then postpone until bereavement closes, at most 3 days, otherwise block because "It rests" in Spanish "Descansa"
end
message rule "Other"
  exception to "Rest"
  for category marketing
  when every claim with (state is open)
  then deliver by app, email
end
situation storm
  opens on claim opens or adjuster_call breaks
  closes on bereavement closes
end
"""


def test_names_articles_and_states_are_written_as_spanish() -> None:
    spanish = lawful(PRELUDE + NAMED)
    assert "idioma inglés" in spanish
    assert "glosario en inglés\n  siniestro = claim (m)\n  pérdida = bereavement (f)" in spanish
    assert '"Descanso" = "Rest"  # the one that rests' in spanish
    for part in (
        "para los temas venta_cruzada o encuesta # both",
        "el siniestro está abierto",
        "la pérdida está cerrada",
        "hay algún siniestro con (kind es water)",
        "todo siniestro con (estado es abierto)",
        "no hay ninguna pérdida",
        "hasta que se cierre la pérdida, como máximo 3 días, si no, bloquear",
        'porque "It rests" en español "Descansa"',
        'excepción a "Descanso"',
        "para la categoría marketing",
        "apertura del siniestro",
        "el cierre de la pérdida",
    ):
        assert part in re.sub(r"\s+", " ", spanish), part


def test_a_spanish_rulebook_goes_to_english_and_comes_back() -> None:
    english = translated(SPANISH, "en")
    assert english.startswith('rulebook manners\n  zone "Europe/Madrid"')
    assert "language" not in english
    again = translated(english, "es")
    assert translated(again, "en") == english
    assert 'regla de mensaje "Descanso"' in again


def test_the_header_says_in_which_language_the_texts_are() -> None:
    spanish = translated(ENGLISH, "es")
    assert "  idioma inglés\nfin\nglosario en inglés fin\n" in spanish
    book = compile_rulebook(spanish).rulebook
    assert book is not None
    assert book.language == "en"


def test_into_its_own_tongue_it_is_only_formatted() -> None:
    assert translated(ENGLISH, "en") == format_rulebook(ENGLISH, DEFAULT_LIMITS)


def test_what_has_faults_is_not_translated() -> None:
    found = translate_rulebook(
        ENGLISH.replace("customer.age is 30", "customer.aje is 30"), "es", DEFAULT_LIMITS
    )
    assert found.text is None
    assert [fault.code.value for fault in found.diagnostics] == ["NAME_UNKNOWN"]


def test_a_name_that_would_be_taken_for_another_is_told() -> None:
    found = translate_rulebook(ENGLISH.replace("product", "fecha"), "es", DEFAULT_LIMITS)
    assert {fault.code.value for fault in found.diagnostics} == {"GLOSSARY_CLASH"}


def test_a_spanish_rulebook_whose_own_names_are_words_elsewhere_is_not_given_out_changed() -> None:
    text = """reglamento casa zona "Europe/Madrid" fin
    vocabulario evento pago.devuelto: (fecha: fecha) fin
    """
    assert translate_rulebook(text, "en", DEFAULT_LIMITS) == Translation(None)


@pytest.mark.parametrize(
    "where", ["rulebook manners # one\n", 'zone "Europe/Madrid" # two\n', "# three\nend # four\n"]
)
def test_comments_of_a_header_stay_when_it_gains_a_part(where: str) -> None:
    text = 'rulebook manners zone "Europe/Madrid" currency EUR end\n'
    key = where.split("#", maxsplit=1)[0].strip() or "end\n"
    commented = text.replace(key, where, 1)
    lawful(commented + PRELUDE.split("\n", 1)[1])


def test_the_examples_of_the_language_page_go_to_spanish() -> None:
    assert "regla de mensaje" in lawful(RULEBOOK)


OF_SPAIN = {
    name: text
    for name, text in {**TEXTS, "docs/language.es.md": SPANISH_RULEBOOK}.items()
    if "glosario en inglés" in text and compile_rulebook(text).rulebook is not None
}
"""Those with a glossary: without one, names are those that systems use, and stay Spanish."""


@pytest.mark.parametrize("text", OF_SPAIN.values(), ids=OF_SPAIN)
def test_every_spanish_rulebook_of_the_project_goes_to_english_and_comes_back(text: str) -> None:
    english = translated(text, "en")
    assert format_rulebook(english, DEFAULT_LIMITS) == english
    assert translated(translated(english, "es"), "en") == english
