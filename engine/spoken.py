"""Instants and lists as a person says them aloud, in a language and in her zone. Never an offset or UTC.

Also which language a reader is spoken to in: the one asked for if there are phrases of it, else the rulebook's, else
English.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from artifact.instant import Instant, datetime_of
from artifact.span import zone_of
from dsl.rulebook import Rulebook
from engine.phrases import Phrases
from engine.phrases_en import ENGLISH
from engine.phrases_es import SPANISH

LANGUAGES = {"en": ENGLISH, "es": SPANISH}


def primary(language: str) -> str:
    """The language of a BCP 47 tag: `es` of `es-ES`."""
    return language.replace("_", "-").partition("-")[0].lower()


def in_language(texts: Mapping[str, str], language: str, other: str) -> str:
    """An author's text in this language, else in the other, else in any; empty where there is none."""
    return next((texts[one] for one in (primary(language), other, *texts) if one in texts), "")


def spoken_language(language: str, book: Rulebook | None) -> str:
    """The language in which sentences are made for this tag."""
    return _spoken(language, book.language if book is not None else "en")


# All sentences of one answer are in one language.
@lru_cache(maxsize=256)
def _spoken(language: str, own: str) -> str:
    return next((one for one in (primary(language), own) if one in LANGUAGES), "en")


def phrases_of(language: str, book: Rulebook | None) -> Phrases:
    """The phrases for a reader who asked for this tag."""
    return LANGUAGES[spoken_language(language, book)]


def spoken_instant(instant: Instant, now: Instant, zone: str, say: Phrases = ENGLISH) -> str:
    """`today at 8:00`, `tomorrow at 8:00`, or `Friday 1 May 2026 at 10:00`, on the wall clock of `zone`."""
    there, here = _wall_clock(instant, zone), _wall_clock(now, zone)
    time = (say.at_one if there.hour == 1 else say.at_hour).format(f"{there.hour}:{there.minute:02d}")
    days = (there.date() - here.date()).days
    if days in (0, 1):
        return (say.tomorrow if days else say.today).format(time)
    near = there.year == here.year and abs(days) <= 6
    return (say.this_week if near else say.some_day).format(
        day=say.days[there.weekday()],
        number=there.day,
        month=say.months[there.month - 1],
        year=there.year,
        time=time,
    )


# All sentences of one answer are said at one `now`, and many wait for the same instant.
@lru_cache(maxsize=1024)
def _wall_clock(instant: Instant, zone: str) -> datetime:
    return datetime_of(instant).astimezone(zone_of(zone))


def spoken_list(items: list[str], word: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
