"""What a person at a terminal is told of a decision, also of one that can no longer be told whole."""

import pytest

from dsl.groups import LAYOUT
from engine.traces import whole
from memento.telling import Teller
from tests.scenarios.stage import Stage, compiled, settled

RULES = """rulebook manners zone "Europe/Madrid" end
vocabulary customer.age: whole number end
category offers basis contract channels email end
topic offer category offers template words end
message rule "Not to the old" for topic offer when customer.age > 90 then avoid email end
template words in English text "Words." end
"""
REGLAS = """reglamento modales zona "Europe/Madrid" fin
vocabulario cliente.edad: número entero fin
categoría ofertas base contrato canales correo fin
tema oferta categoría ofertas plantilla palabras fin
regla de mensaje "A los mayores no" para el tema oferta cuando cliente.edad > 90 entonces evitar correo fin
plantilla palabras en español texto "Palabras." fin
"""


@pytest.mark.parametrize(
    ("text", "topic", "age", "said"),
    [
        (RULES, "offer", "age", "    Which rules were looked at and not met can no longer be told: "),
        (REGLAS, "oferta", "edad", "    Ya no se puede decir qué reglas se miraron y no se cumplían: "),
    ],
)
def test_where_rows_can_no_longer_be_told_that_is_said_and_nothing_seems_whole(
    text: str, topic: str, age: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(text, "2026-03-02T10:00:00+01:00")
    stage.event("customer.updated", data={age: 44})
    offer = stage.ask(topic)
    teller = Teller(stage.artifact(), compiled(text), stage.now)
    [row] = stage.record(offer).rules
    assert (row.result, row.detail) == ("NOT_MET", 1)
    assert not any(line.startswith(said) for line in teller.decision(stage.record(offer)))
    monkeypatch.setattr("dsl.judge.LAYOUT", LAYOUT + 1)
    assert (stage.record(offer).rules, stage.record(offer).untold) == ((), True)
    assert sum(line.startswith(said) for line in teller.decision(stage.record(offer))) == 1


def test_nothing_is_whole_without_its_rulebook() -> None:
    stage = Stage(RULES, "2026-03-02T10:00:00+01:00")
    offer = stage.ask("offer")
    [entry] = [one for one in settled(stage.store.history("ana", 0)) if one.out]
    assert not stage.record(offer).untold
    assert whole(entry.out[0], entry, None).untold
