"""What rules may read of all that is being said: messages asked for and contacts made."""

import pytest

from artifact.facts import Facts, Happened
from artifact.instant import HOUR, format_instant
from dsl.compile import compile_rulebook
from dsl.oracle import InterpretedRulebook
from dsl.verdict import Spoken
from engine.pipeline.rulebook_tests import run_tests
from tests.dsl.support import DAY, NOW, PRELUDE, asked, book, codes, rule

SAID = Spoken(
    messages=(
        Happened(NOW - 30 * HOUR, {"id": "m0", "topic": "survey", "category": "marketing", "urgency": "low"}),
        Happened(NOW, {"id": "m1", "topic": "cross_sell", "category": "marketing", "urgency": "low"}),
    ),
    contacts=(
        Happened(NOW - 3 * DAY, {"id": 0, "topic": "survey", "category": "marketing", "channel": "SMS"}),
        Happened(NOW - 2 * HOUR, {"id": 1, "topic": "gone", "category": "marketing", "channel": "EMAIL"}),
    ),
)
BUNDLED = Spoken(
    contacts=(
        Happened(NOW - 3 * DAY, {"id": 0, "topic": "survey", "category": "marketing", "channel": "SMS"}),
        Happened(NOW - 2 * HOUR, {"id": 1, "topic": "survey", "category": "marketing", "channel": "EMAIL"}),
        Happened(NOW - 2 * HOUR, {"id": 1, "topic": "apology", "category": "service", "channel": "EMAIL"}),
    )
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("the number of messages is 1", True),  # the one that is decided is not among them
        ("any messages with (topic is cross_sell)", False),
        ("any messages in the last 1 day", False),
        ("any messages in the last 2 days with (category is marketing and urgency is low)", True),
        ("the number of contacts is 2", True),
        ("the number of contacts in the last 24 hours is 1", True),
        ("any contacts with (channel is sms)", True),
        ("no contacts with (contact.topic is survey and at is in the last 2 days)", True),
        ("latest topic of contacts is survey", False),
        ("every contacts with (category is marketing)", True),
    ],
)
def test_messages_and_contacts_are_counted(condition: str, expected: bool) -> None:
    rules = book(rule(condition))
    verdict = rules.judge(asked(), Facts(), "Europe/Madrid", NOW, SAID)
    assert bool(verdict.fired) is expected
    assert rules.rows(verdict)[0].result == ("FIRED" if expected else "NOT_MET")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("the number of contacts is 2", True),
        ("the number of contacts in the last 24 hours is 1", True),
        ("the number of contacts with (category is marketing) is 2", True),
        ("the number of contacts with (category is service) is 1", True),
        ("the number of contacts in the last 24 hours with (channel is email) is 1", True),
        ("any contacts in the last 24 hours with (topic is apology)", True),
        ("any contacts in the last 24 hours with (topic is apology and category is marketing)", False),
        ("no contacts in the last 24 hours with (topic is survey)", False),
        ("every contacts with (category is marketing)", False),
    ],
)
def test_what_a_bundle_said_is_one_contact_about_each_of_it(condition: str, expected: bool) -> None:
    compiled = book(rule(condition))
    for rules in (compiled, InterpretedRulebook(compiled.program)):
        verdict = rules.judge(asked(), Facts(), "Europe/Madrid", NOW, BUNDLED)
        assert bool(verdict.fired) is expected


def test_a_count_flips_when_a_contact_leaves_the_window() -> None:
    rules = book(rule("the number of contacts in the last 24 hours is at least 1"))
    verdict = rules.judge(asked(), Facts(), "Europe/Madrid", NOW, SAID)
    assert verdict.flips_at == NOW + 22 * HOUR, format_instant(verdict.flips_at or 0)
    assert verdict.reads == {"number of contacts in the last 24 hours": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("event rule 'R' on claim.opened when any contacts then raise task look end", ["NOT_READABLE_HERE"]),
        (
            "situation s1 opens on claim.opened when no messages closes on claim.closed end",
            ["NOT_READABLE_HERE"],
        ),
        (rule("any messages with (state is blocked)"), ["NAME_UNKNOWN"]),
        (rule("any contacts with (urgency is low)"), ["NAME_UNKNOWN"]),
        (rule("any contacts with (channel is fax)"), ["VALUE_UNKNOWN"]),
        (rule("any contacts with (topic is survye)"), ["VALUE_UNKNOWN"]),
        (rule("the number of contacts in the last 0 days is 1"), ["WINDOW_EMPTY"]),
        (rule("the number of contacts in the last 24 hours with (topic is survey) is 1", "block"), []),
    ],
)
def test_only_message_rules_read_them_and_only_what_does_not_depend_on_deciding(
    text: str, found: list[str]
) -> None:
    assert codes(text.replace("'", '"')) == found


TESTED = """
category offers basis consent channels sms end
topic offer category offers end
message rule "Not too much" for topic offer
  when the number of contacts in the last 24 hours with (category is offers) is at least 3
  then postpone for 24 hours, at most 3 times, otherwise block
end
message rule "One at a time" for topic offer
  when any messages in the last 2 days with (category is service)
  then block
end
test "The fourth of a day waits"
  at 2 March 2026 10:00
  given 3 contacts with (category = offers, at = 2 March 2026 8:00)
  when message about offer
  expect postpone until 3 March 2026 10:00 and not block
end
test "Two are not three"
  at 2 March 2026 10:00
  given 2 contacts with (topic = offer, at = 2 March 2026 8:00) and 1 contacts with (topic = offer, at = 1 March 2026 9:59)
  when message about offer
  expect deliver
end
test "What was asked for counts"
  at 2 March 2026 10:00
  given 1 messages with (topic = apology, at = 28 February 2026 10:01)
  when message about offer
  expect block by rule "One at a time"
  after 1 day
  expect deliver
end
test "What happens in the test counts too"
  at 2 March 2026 10:00
  when message about apology
  when message about offer
  expect block by rule "One at a time"
end
"""


async def test_a_test_of_the_language_gives_messages_and_contacts() -> None:
    checked = compile_rulebook(PRELUDE + TESTED)
    assert checked.diagnostics == ()
    assert checked.rulebook is not None
    results = await run_tests(checked.rulebook, checked.tests)
    assert [(one.name, one.detail) for one in results if not one.passed] == []


def test_what_is_given_may_be_named_in_spanish() -> None:
    checked = compile_rulebook(
        """reglamento modales zona "Europe/Madrid" moneda EUR fin
        categoría marketing base consentimiento canales app, correo fin
        tema survey categoría marketing fin
        regla de mensaje "Ni uno más" para el tema survey
          cuando el número de contactos en las últimas 24 horas con (canal es correo) es de al menos 2
          entonces bloquear
        fin
        prueba "El tercero no sale" con fecha 2 marzo 2026 10:00
          dado 2 contactos con (tema = survey, canal = correo, fecha = 2 marzo 2026 8:00)
          cuando llega un mensaje sobre survey
          se espera bloqueo
        fin"""
    )
    assert [(one.code, one.line, one.message) for one in checked.diagnostics] == []
