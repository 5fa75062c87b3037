"""Each gate of each decision has words; none shows an identifier, a code or a UTC instant."""

import ast
from pathlib import Path

import pytest

from artifact.decision import GateOutcome, GateRow
from artifact.instant import parse_instant
from artifact.message import GateName
from engine import gate_words
from engine.gate_words import gate_sentence
from engine.phrases_en import ENGLISH
from engine.phrases_es import SPANISH
from engine.spoken import LANGUAGES

NOW = parse_instant("2026-03-02T10:00:00Z")
ENGINE = Path(gate_words.__file__).parent


def stopping_reasons() -> set[str]:
    """Every reason with which the engine stops a message, read from its own text."""
    found: set[str] = set()
    for name in ("gates", "placing", "admitting", "step", "talk_table"):
        for node in ast.walk(ast.parse((ENGINE / f"{name}.py").read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Stop", "close"}:
                texts = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                found.update(texts[:1])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_stops_a_message_has_words(language: str) -> None:
    reasons = stopping_reasons()
    assert {"rule", "consent", "deceased", "older_of_key", "retracted"} <= reasons
    for reason in reasons:
        row = GateRow(GateName.LIFE, GateOutcome.BLOCKED, reason)
        assert gate_sentence(row, NOW, "Europe/Madrid", LANGUAGES[language]).endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("gate", GateName)
def test_a_gate_that_passes_says_so(gate: GateName, language: str) -> None:
    assert gate_sentence(GateRow(gate, GateOutcome.PASSED), NOW, "UTC", LANGUAGES[language])[0].isupper()


def test_a_held_gate_says_until_when_on_her_clock() -> None:
    row = GateRow(GateName.WHEN, GateOutcome.HELD, "", parse_instant("2026-03-02T22:00:00Z"))
    assert gate_sentence(row, NOW, "Europe/Madrid", ENGLISH) == (
        "It waits for a permitted time until today at 23:00."
    )
    assert gate_sentence(row, NOW, "Europe/Madrid", SPANISH) == (
        "Espera a un horario permitido hasta hoy a las 23:00."
    )


def test_the_clock_of_the_rulebook_is_named_where_hers_is_unknown() -> None:
    row = GateRow(GateName.WHEN, GateOutcome.PASSED, "zone_of_rulebook")
    assert gate_sentence(row, NOW, "UTC", ENGLISH) == "It may go now, by the clock of the rulebook's zone."
    assert gate_sentence(row, NOW, "UTC", SPANISH) == (
        "Puede salir ya, según el reloj de la zona del reglamento."
    )
