"""What an agent is told of a message: transcripts in every language, and what no sentence may hold."""

import re

import msgspec
import pytest

from artifact.channel import Channel
from artifact.instant import DAY, HOUR, MINUTE
from artifact.message import GateName, HoldKind, MessageState
from engine.explaining import because, refused, sentence
from engine.phrases import Phrases
from engine.phrases_en import ENGLISH
from engine.spoken import LANGUAGES, spoken_instant, spoken_language
from engine.view import allowed
from tests.engine.explained import CLOSED_STATES, NOW, SITUATIONS, TRANSCRIPTS, book, told, transcript
from tests.scenarios.stage import Stage, settled

EACH = pytest.mark.parametrize("language", LANGUAGES)
ANYTHING_TECHNICAL = re.compile(r"\b(m1|crm|r1|d1|UTC|None)\b|\d\d?T\d\d|[+-]\d\d:\d\d|[{}_]|  |\.\.|MISSING")


@EACH
def test_every_situation_is_told_as_its_transcript_says(language: str) -> None:
    assert transcript(language) == (TRANSCRIPTS / f"{language}.txt").read_text(encoding="utf-8")


def test_there_are_forty_situations_and_transcripts_of_every_language() -> None:
    assert len(SITUATIONS) >= 40
    assert {file.stem for file in TRANSCRIPTS.glob("*.txt")} == set(LANGUAGES)


@EACH
@pytest.mark.parametrize("zone", ["Europe/Madrid", "Pacific/Apia", "America/Caracas"])
def test_no_sentence_holds_an_identifier_or_an_instant_that_is_not_hers(language: str, zone: str) -> None:
    for name, message in SITUATIONS.items():
        found = told(message, language, zone)
        assert not ANYTHING_TECHNICAL.search(found), name
        assert found.endswith("."), name


@EACH
def test_every_language_has_a_phrase_for_everything(language: str) -> None:
    say = LANGUAGES[language]
    rules = {HoldKind.FIXED, HoldKind.WHILE}
    assert set(say.channels) == set(Channel)
    assert set(say.closed) == set(CLOSED_STATES)
    assert set(say.holds) == set(HoldKind) - rules
    assert set(say.passed) == set(GateName)
    assert (set(say.blocked), set(say.reasons)) == (set(ENGLISH.blocked), set(ENGLISH.reasons))
    assert (set(say.held), set(say.refused)) == (set(ENGLISH.held), set(ENGLISH.refused))
    assert set(say.taken_back) == set(ENGLISH.taken_back)
    assert (len(say.days), len(say.months)) == (7, 12)


def places(phrase: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", phrase))


@EACH
def test_phrases_leave_the_same_places_open_in_every_language(language: str) -> None:
    for field in msgspec.structs.fields(Phrases):
        english, other = getattr(ENGLISH, field.name), getattr(LANGUAGES[language], field.name)
        if isinstance(english, str):
            assert places(english) == places(other), field.name


@pytest.mark.parametrize(
    ("asked", "spoken"), [("es-ES", "es"), ("ES", "es"), ("en-GB", "en"), ("cs", "en"), ("", "en")]
)
def test_a_tag_is_spoken_to_in_its_language_else_in_that_of_the_rulebook(asked: str, spoken: str) -> None:
    assert spoken_language(asked, book()) == spoken
    assert told(SITUATIONS["blocked by a rule"], asked) == told(SITUATIONS["blocked by a rule"], spoken)


def test_without_a_rulebook_what_has_no_phrases_is_told_in_english() -> None:
    assert spoken_language("cs", None) == "en"


def test_a_reason_comes_in_the_language_asked_for_else_in_that_of_the_rulebook() -> None:
    rule = "While a claim is settled"
    assert because(book(), rule, "es-MX") == "Hay un siniestro en curso"
    assert because(book(), rule, "fr") == "A claim is being settled"
    assert because(book(), "Nothing more", "es") is None
    assert because(None, rule, "es") is None


@pytest.mark.parametrize(
    ("later", "english", "spanish"),
    [
        (0, "today at 11:00", "hoy a las 11:00"),
        (14 * HOUR + 5 * MINUTE, "tomorrow at 1:05", "mañana a la 1:05"),
        (2 * DAY, "Wednesday 4 March at 11:00", "el miércoles 4 de marzo a las 11:00"),
        (-DAY, "Sunday 1 March at 11:00", "el domingo 1 de marzo a las 11:00"),
        (60 * DAY, "Friday 1 May 2026 at 12:00", "el viernes 1 de mayo de 2026 a las 12:00"),
    ],
)
def test_an_instant_is_said_on_her_wall_clock(later: int, english: str, spanish: str) -> None:
    said = {one: spoken_instant(NOW + later, NOW, "Europe/Madrid", say) for one, say in LANGUAGES.items()}
    assert said == {"en": english, "es": spanish}


RELEASED = """
rulebook manners zone "Europe/Madrid" end
category marketing basis contract channels email end
topic offer category marketing template plain end
message rule "Rest"
  agent may release
  for topic offer
  then postpone for 3 days, at most 1 time, otherwise block because "It is time to rest"
end
template plain in English text "Hello." end
"""


def test_what_a_colleague_may_release_goes_when_a_colleague_releases_it() -> None:
    stage = Stage(RELEASED, "2026-03-02T10:00:00+01:00")
    offer = stage.ask("offer")
    assert stage.sentence(offer).endswith("A colleague may release it before.")
    assert stage.sentence(offer, "es").endswith("Una persona del equipo puede darle salida antes.")
    stage.event("staff.released", source="centre", message=offer)
    assert stage.message(offer).state in (MessageState.READY, MessageState.UNDER_WAY)
    stage.curtain()


PLAIN = """rulebook manners zone "Europe/Madrid" end
category marketing basis contract channels email end
topic offer category marketing template plain end
template plain in English text "Hello." end
"""
NO = 'message rule "No" for topic offer then {} end'


@pytest.mark.parametrize(
    ("then", "action", "english", "spanish"),
    [
        ("block", "TELL", "the message is blocked", "el mensaje está bloqueado"),
        (
            "postpone for 3 days",
            "RELEASE",
            "a hold that no agent may lift is on it",
            "lo retiene una espera que ningún agente puede levantar",
        ),
        ("avoid sms", "RELEASE", "nothing holds it", "nada lo retiene"),
        ("avoid sms", "TELL", None, None),
    ],
)
def test_why_an_agent_may_not_is_told_in_the_language_asked_for(
    then: str, action: str, english: str | None, spanish: str | None
) -> None:
    stage = Stage(PLAIN + NO.format(then), "2026-03-02T10:00:00+01:00")
    assert refusals(stage, stage.ask("offer"), action) == [english, spanish]


@pytest.mark.parametrize(
    ("events", "english", "spanish"),
    [
        ([], "a delivery of it has left already", "un envío suyo ya ha salido"),
        (["delivery.seen"], "it has reached the customer", "ha llegado al cliente"),
    ],
)
def test_why_an_agent_may_no_longer_is_told_too(events: list[str], english: str, spanish: str) -> None:
    stage = Stage(PLAIN, "2026-03-02T10:00:00+01:00")
    offer = stage.ask("offer")
    stage.work()
    for event in events:
        stage.event(event, source="mail", delivery=f"{offer}-EMAIL")
    assert refusals(stage, offer, "CANCEL") == [english, spanish]


def refusals(stage: Stage, id: str, action: str) -> list[str | None]:
    """Why not, in English and in Spanish."""
    message, book = stage.message(id), settled(stage.books.get(stage.artifact().body.talk.revision))
    [found] = [one for one in allowed(book, stage.artifact().body, message) if one.action == action]
    return [
        None if found.refusal is None else refused(book, message, found.refusal, language)
        for language in ("en", "es-ES")
    ]


def test_the_sentence_about_no_rulebook_needs_none() -> None:
    stage = Stage(None, "2026-03-02T10:00:00+01:00")
    offer = stage.ask("offer")
    body = stage.artifact().body
    assert sentence(None, body, stage.message(offer), "es", stage.now) == (
        "«offer» espera porque no hay reglas en vigor. Se decidirá cuando se publiquen reglas."
    )
