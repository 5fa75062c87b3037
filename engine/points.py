"""Points that events added to scores, as the memory keeps them: bounded, and with the score that came of them.

Where there are too many, the two oldest of the score that has the most become one, so that no score changes by it.
"""

from collections import Counter
from typing import NamedTuple

from msgspec.structs import replace

from artifact.facts import Facts, Points
from artifact.instant import Instant
from dsl.rulebook import Rulebook
from dsl.types import NUMBER
from dsl.values import exact_number, to_json
from dsl.verdict import Scored
from engine.spoken import in_language


def bounded(points: tuple[Points, ...], most: int) -> tuple[Points, ...]:
    """At most so many; the sum of each score stays what it is."""
    while len(points) > most:
        counts = Counter(one.score for one in points)
        score = max(counts, key=lambda name: (counts[name], name))
        if counts[score] < 2:
            return points[
                -most:
            ]  # so many scores at once: those that no rulebook has any more are the oldest
        first, second, *_ = (place for place, one in enumerate(points) if one.score == score)
        together = _together(points[first], points[second])
        points = (*points[:first], *points[first + 1 : second], together, *points[second + 1 :])
    return points


def _together(one: Points, other: Points) -> Points:
    amount = (exact_number(one.amount) or 0) + (exact_number(other.amount) or 0)
    return replace(other, amount=to_json(amount, NUMBER, ""), rule="", because={})


def valued(facts: Facts, book: Rulebook, zone: str, at: Instant) -> Facts:
    """The same memory, in which the newest points of every score say what it has come to at this instant."""
    values = {score.name: score.value for score in book.scores(facts, zone, at)}
    points = tuple(
        replace(one, value=values.get(one.score)) if one.value is None and one.at == at else one
        for one in facts.points
    )
    return replace(facts, points=points)


class ScoreTold(NamedTuple):
    """A score as its reader is told it: why, in one language, and what it came to whenever an event changed it."""

    name: str
    value: float
    reasons: tuple[str, ...]
    history: tuple[tuple[Instant, float], ...]


def scores_told(book: Rulebook | None, facts: Facts, now: Instant, language: str) -> list[ScoreTold]:
    """Every score of the rulebook, in the order of its text."""
    if book is None:
        return []
    scores = book.scores(facts, facts.preferences.zone or book.zone, now)
    return [_told(one, book, facts, language) for one in scores]


def _told(score: Scored, book: Rulebook, facts: Facts, language: str) -> ScoreTold:
    points = [one for one in facts.points if one.score == score.name]
    reasons = [in_language(texts, language, book.language) for texts in score.reasons]
    reasons += [in_language(one.because, language, book.language) or one.rule for one in points]
    history = tuple((one.at, float(one.value)) for one in points if one.value is not None)
    return ScoreTold(score.name, float(score.value), tuple(filter(None, reasons)), history)
