"""A glossary: one rulebook in two tongues, one to one, or a finding that says where it is not."""

from pathlib import Path

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.compile import Checked, compile_rulebook
from dsl.cut import cut
from dsl.glossary import glossary_in, in_english
from dsl.lexicon import plain, tongue
from dsl.parser import parse_declaration
from dsl.program import Program
from dsl.syntax import Node, Word

NESTING = DEFAULT_LIMITS.nesting

ENGLISH = """rulebook manners zone "Europe/Madrid" currency EUR end
vocabulary
  customer.age: whole number from 0 to 120
  customer.tier: one of (basic, gold)
  event claim.opened: (claim_id: text, amount: money)
  event claim.closed: (claim_id: text)
  define elderly as customer.age is at least 80
end
category marketing basis consent urgency low channels app, email end
topic offer category marketing one per product with (product: text) end
situation claim
  one per claim_id
  opens on claim.opened when event.amount is more than 10 EUR
  becomes slow on claim.opened
  closes on claim.closed
  remembers amount
end
commitment care_call "We call" one per claim_id made on claim.opened within 2 days kept on claim.closed end
message rule "Rest" if unknown apply for topic offer when claim is open and not elderly
  then postpone until the claim closes, at most 9 days, otherwise deliver by email end
message rule "The old" exception to "Rest" for category marketing
  when any claim with (amount is less than 90 EUR and state is slow) then deliver by app end
event rule "Care" on claim opens then send offer by app with (product = "x") end
test "It rests"
  at 2 March 2026 10:00
  given claim is open and customer.age is 30
  when message about offer
  expect postpone by rule "Rest"
end
"""
SPANISH = """reglamento modales zona "Europe/Madrid" moneda EUR idioma inglés fin
glosario en inglés
  modales = manners
  edad = age
  nivel = tier
  básico = basic
  oro = gold
  siniestro = claim (m)
  [siniestro.declarado] = [claim.opened]
  id_siniestro = claim_id
  importe = amount
  mayor_de_edad = elderly
  publicidad = marketing
  oferta = offer
  producto = product
  lento = slow
  llamada = care_call (f)
  "Descanso" = "Rest"
  "Los mayores" = "The old"
  "Cuidado" = "Care"
fin
vocabulario
  cliente.edad: número entero de 0 a 120
  cliente.nivel: uno de (básico, oro)
  evento siniestro.declarado: (id_siniestro: texto, importe: dinero)
  evento siniestro.cerrado: (id_siniestro: texto)
  definir mayor_de_edad como cliente.edad es de al menos 80
fin
categoría publicidad base consentimiento urgencia baja canales app, correo fin
tema oferta categoría publicidad uno por producto con (producto: texto) fin
situación siniestro
  uno por id_siniestro
  se abre con siniestro.declarado cuando evento.importe es superior a 10 EUR
  pasa a lento ante siniestro.declarado
  se cierra con siniestro.cerrado
  recuerda importe
fin
compromiso llamada "We call" uno por id_siniestro nace con siniestro.declarado en el plazo de 2 días se cumple con siniestro.cerrado fin
regla de mensaje "Descanso" si se desconoce, aplicar para el tema oferta cuando el siniestro está abierto y no mayor_de_edad
  entonces aplazar hasta que se cierre el siniestro, como máximo 9 días, si no, entregar por correo fin
regla de mensaje "Los mayores" excepción a "Descanso" para la categoría publicidad
  cuando hay algún siniestro con (importe es inferior a 90 EUR y estado es lento) entonces entregar por app fin
regla de evento "Cuidado" ante la apertura del siniestro entonces enviar oferta por app con (producto = "x") fin
prueba "It rests"
  fecha 2 de marzo de 2026 10:00
  dado que el siniestro está abierto y cliente.edad es 30
  cuando llega un mensaje sobre oferta
  se espera aplazamiento por la regla "Descanso"
fin
"""


def good(text: str) -> Checked:
    found = compile_rulebook(text)
    assert found.diagnostics == ()
    assert found.rulebook is not None
    return found


def meaning(program: Program) -> dict[str, object]:
    """All of a program but the words in which its author wrote conditions."""
    held = {name: getattr(program, name) for name in program.__struct_fields__}
    held["message_rules"] = tuple(str(rule).replace(str(rule.face), "") for rule in program.message_rules)
    return held


def test_a_rulebook_in_either_tongue_compiles_to_the_same_program() -> None:
    english, spanish = good(ENGLISH.replace("end\n", "language English end\n", 1)), good(SPANISH)
    assert english.rulebook is not None
    assert spanish.rulebook is not None
    assert meaning(english.rulebook.program) == meaning(spanish.rulebook.program)
    assert english.cost == spanish.cost


def codes(text: str) -> list[tuple[str, str]]:
    return [(found.code.value, found.message) for found in compile_rulebook(text).diagnostics]


def test_findings_show_the_names_that_the_author_wrote() -> None:
    text = SPANISH.replace("cliente.edad es de al menos", "cliente.edaz es de al menos")
    [diagnostic] = compile_rulebook(text).diagnostics
    assert (diagnostic.message, diagnostic.help) == (
        "`cliente.edaz` no está declarado",
        "¿quiso decir `cliente.edad`?",
    )


@pytest.mark.parametrize(
    ("pair", "code", "message"),
    [
        ("siniestro = other", "GLOSSARY_REPEATED", "el glosario nombra `siniestro` dos veces"),
        ("otro = claim", "GLOSSARY_REPEATED", "el glosario nombra `claim` dos veces"),
        ("abierto = thing", "GLOSSARY_CLASH", "`abierto` ya significa otra cosa en español"),
        ("cosa = letter", "GLOSSARY_CLASH", "`letter` ya significa otra cosa en inglés"),
        ("nada_de_eso = nothing_such", "GLOSSARY_UNUSED", "nada se llama `nada_de_eso` en este reglamento"),
        ("hogar = home (x)", "VALUE_UNKNOWN", "`x` no es uno de sus valores"),
    ],
)
def test_a_pair_that_is_not_one_to_one_is_found(pair: str, code: str, message: str) -> None:
    assert (code, message) in codes(
        SPANISH.replace("  modales = manners\n", f"  modales = manners\n  {pair}\n")
    )


def test_a_name_that_is_not_in_the_glossary_must_not_be_what_another_is_called() -> None:
    text = SPANISH.replace('con (producto = "x")', 'con (product = "x")')
    assert ("GLOSSARY_CLASH", "`product` ya significa otra cosa en inglés") in codes(text)


def test_an_english_name_that_a_spanish_reader_would_take_for_another_is_found() -> None:
    text = ENGLISH.replace("product", "fecha").replace("end\n", "end glossary in Spanish end\n", 1)
    assert ("GLOSSARY_CLASH", "`fecha` already means something else in Spanish") in codes(text)


def test_a_glossary_is_into_the_other_tongue() -> None:
    assert ("VALUE_UNKNOWN", "`español` no es uno de sus valores") in codes(
        SPANISH.replace("glosario en inglés", "glosario en español")
    )


def test_texts_without_a_language_are_of_the_language_that_the_header_names() -> None:
    rule = 'regla de mensaje "R" para el tema oferta entonces bloquear porque "Why" en español "Por qué" fin'
    found = good(SPANISH + rule).rulebook
    assert found is not None
    assert found.language == "en"
    assert found.rules["R"].because == {"en": "Why", "es": "Por qué"}


@pytest.mark.shared
def test_the_two_rulebooks_of_the_design_have_the_same_trees(shared: Path) -> None:
    english, spanish = (_declarations(shared, code) for code in ("en", "es"))
    glossary = glossary_in((node for _, node in spanish if node is not None), tongue("es"))
    assert glossary is not None
    pairs = list(
        zip(english, [one for one in spanish if one[1] is None or one[1].kind != "glossary"], strict=True)
    )
    read = [(a[1], b) for a, b in pairs if a[1] is not None and b[1] is not None and a[1].kind != "template"]
    assert len(read) > 60
    for tree, (text, _) in read:
        [other] = in_english(text, "es", NESTING, glossary)
        assert _names(other) == _names(tree), text


def _declarations(shared: Path, code: str) -> list[tuple[str, Node | None]]:
    words = tongue(code)
    text = (shared / f"design/language/insurer_{code}.rules").read_text(encoding="utf-8")
    found = []
    for one in cut(text, words):
        nodes = parse_declaration(one.text, code, NESTING).nodes
        found.append((one.text, nodes[0] if len(nodes) == 1 else None))
    return found


def _names(node: Node) -> tuple[object, ...]:
    """The tree without places and texts; names as they are compared."""
    return (node.kind, *(_names(p) if isinstance(p, Node) else p and _name(p) for p in node.parts))


def _name(word: Word) -> str:
    return word.kind if word.kind in ("STRING", "LONG") else f"{word.kind} {plain(word.text)}"
