"""Languages: a rulebook in either tongue decides the same, byte for byte, but for the names of their two texts."""

from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from artifact.canonical import canonical_json
from artifact.decision import Record
from artifact.limits import DEFAULT_LIMITS
from dsl.translate import translate_rulebook
from tests.scenarios.stage import Stage
from tests.simulation.histories import History, histories, played
from tests.simulation.rulebooks import rulebooks

GLOSSARY = """
glossary in Spanish
  generated = generado
  claim = siniestro (m)
  debt = deuda (f)
  call = llamada (f)
  offer = oferta (f)
  survey = encuesta
  tier = nivel
  gold = oro
  basic = básico
  moved = movido
  amount = importe
  mood = ánimo
  claim_id = id_siniestro
  care = cuidado
  risk = riesgo
  tone = tono
  marks = puntos
  marketing = publicidad
  service = servicio
  gentle = delicado
  plain = sencillo
end
"""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rulebooks(), histories(most=10))
def test_a_rulebook_in_either_tongue_decides_the_same(text: str, history: History) -> None:
    english = text + GLOSSARY
    found = translate_rulebook(english, "es", DEFAULT_LIMITS)
    assert found.text is not None, found.diagnostics
    assert "siniestro" in found.text
    one, other = played(english, history), played(found.text, history)
    assert said(one) == said(other)
    assert [sent.text for sent in one.sent] == [sent.text for sent in other.sent]


def said(stage: Stage) -> tuple[bytes, list[Record]]:
    """What she is told and remembered for, and every decision about it, but for the name of the text they stand on."""
    body = stage.artifact().body
    records = [record for m in (*body.talk.messages, *body.talk.tail) for record in stage.records(m.id)]
    tasks = tuple(replace(task, id="") for task in body.talk.tasks)  # alerts are one for each text
    talk = replace(body.talk, records_hash=b"", revision="", tasks=tasks)
    return canonical_json(replace(body, talk=talk)), [replace(one, revision="") for one in records]
