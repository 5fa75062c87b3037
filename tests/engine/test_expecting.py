"""`expect ... by rule` holds the rule that is named to account, and no other."""

import asyncio
import re

import pytest

from dsl.compile import compile_rulebook
from engine import trial_words
from engine.pipeline.rulebook_tests import run_tests
from tests.dsl.support import PRELUDE

RULES = """
scorecard worry from 0 to 10, starting at 0 add 1 when bereavement is open end
message rule "By topic" for topic cross_sell then block end
message rule "By category" for category marketing then block end
message rule "Softly" for category service then rephrase with words end
message rule "In person" for category service then avoid sms and deliver by phone end
event rule "Noted" on claim.noted then send apology and add 2 to worry end
event rule "Opened" on claim.opened then send claim_update by app end
"""
OFFER, UPDATE = "when message about cross_sell", "when message about claim_update"
NOTED = 'when event claim.noted with (claim_id = "S1")'


def detail(steps: str) -> str:
    """Why the test failed; empty where it passed."""
    return detail_of(f'{PRELUDE}{RULES} test "T" at 2 March 2026 10:00 {steps} end')


def detail_of(text: str) -> str:
    found = compile_rulebook(text)
    assert found.rulebook is not None, found.diagnostics
    [result] = asyncio.run(run_tests(found.rulebook, found.tests))
    return result.detail


@pytest.mark.parametrize(
    "steps",
    [
        f'{OFFER} expect block by rule "By topic"',
        f'{OFFER} expect block by rule "By category"',
        f'{UPDATE} expect rephrase with words by rule "Softly" and avoid sms by rule "In person"',
        f'{UPDATE} expect deliver by phone by rule "In person"',
        f'{NOTED} expect send apology by rule "Noted" and add 2 to worry by rule "Noted"',
    ],
)
def test_every_rule_that_says_so_may_be_named(steps: str) -> None:
    assert detail(steps) == ""


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            f'{OFFER} expect block by rule "Softly"',
            "because of the rule “By topic”. It may go when that no longer applies. Rules that fired: “By topic”, “By category”.",
        ),
        (f'{UPDATE} expect avoid sms by rule "Softly"', "but the rule “Softly” does not say so here"),
        (
            f'{UPDATE} expect rephrase with words by rule "In person"',
            "but the rule “In person” does not say so here",
        ),
        (f'{NOTED} expect send apology by rule "Opened"', "but what was asked for is: apology (“Noted”)"),
        (f'{NOTED} expect add 2 to worry by rule "Opened"', "but what was scored is: worry +2 (“Noted”)"),
    ],
)
def test_a_rule_that_did_not_say_so_is_not_believed(steps: str, told: str) -> None:
    assert told in detail(steps)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (f"{OFFER} expect not block", "`not block` was expected, but it is so"),
        (f"{OFFER} expect deliver by   sms", "`deliver by sms` was expected, but “cross sell” is not sent"),
        (f"{NOTED} expect block", "`block` was expected, but “apology” is about to go out"),
        (f"{NOTED} expect send cross_sell", "but what was asked for is: apology (“Noted”)"),
        (f"{OFFER} expect send apology", "but what was asked for is: cross sell"),
        (f"{NOTED} expect nothing", "step 2: nothing was expected, but there was: apology"),
        (
            f"{NOTED} expect raise task look",
            "`raise task look` was expected, but what was raised is: nothing",
        ),
        (f"{NOTED} expect withdraw apology", "but still there is: apology"),
        (f"{NOTED} expect add 3 to worry", "but what was scored is: worry +2 (“Noted”)"),
        (f"{NOTED} expect claim is open", "`claim is open` was expected, but it is not so"),
        (f"{NOTED} expect customer.age is 3", "`customer.age is 3` was expected, but it is not known"),
        ("after 1 day expect block", "`block` was expected, but there is no message to speak of"),
    ],
)
def test_what_was_expected_is_told_in_the_authors_words_and_what_is_the_case_in_those_of_an_agent(
    steps: str, told: str
) -> None:
    assert told in detail(steps)


SPANISH = """reglamento modales zona "Europe/Madrid" moneda EUR fin
vocabulario evento siniestro.anotado: (id: texto) fin
categoría avisos base contrato canales correo fin
tema oferta categoría avisos se llama "Oferta de renovación" fin
tema disculpa categoría avisos fin
regla de mensaje "No" para el tema oferta entonces bloquear porque "Hay un siniestro" fin
regla de evento "Anotado" ante siniestro.anotado entonces enviar disculpa fin
prueba "P" con fecha 2 de marzo de 2026 10:00 {} fin
"""
ASKED, HEARD = "cuando llega un mensaje sobre oferta", "cuando llega el evento siniestro.anotado"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            f"{ASKED} se espera entrega",
            "paso 2: se esperaba `entrega`, pero «Oferta de renovación» no se envía porque hay un siniestro. ",
        ),
        (
            f"{ASKED} se espera entrega",
            "Podrá salir cuando eso deje de cumplirse. Reglas que se dispararon: «No».",
        ),
        (f"{ASKED} se espera no bloquear", "paso 2: se esperaba `no bloquear`, pero es así"),
        (f"{HEARD} se espera enviar oferta", "pero lo que se pidió es: disculpa («Anotado»)"),
        (f"{HEARD} se espera nada", "paso 2: no se esperaba nada, pero hubo: disculpa"),
        (
            "tras 1 día se espera bloqueo",
            "paso 2: se esperaba `bloqueo`, pero no hay ningún mensaje del que hablar",
        ),
    ],
)
def test_the_author_of_a_spanish_rulebook_is_told_in_spanish(steps: str, told: str) -> None:
    assert told in detail_of(SPANISH.format(steps))


def test_every_tongue_leaves_the_same_places_open() -> None:
    for english, spanish in zip(trial_words.ENGLISH, trial_words.SPANISH, strict=True):
        assert sorted(re.findall(r"\{\w*\}", english)) == sorted(re.findall(r"\{\w*\}", spanish))
