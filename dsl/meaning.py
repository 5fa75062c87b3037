"""Which situation of a kind is meant, and whether any of it is running: found once in an evaluation for every question.

The same as dsl.reading says question by question. Refuses to note what was read: whoever asks does.
"""

from typing import NamedTuple

from artifact.facts import Situation
from dsl.reading import Env, reference_of


class Meant(NamedTuple):
    """What a kind of situation stands for in one evaluation.

    `one` is the one meant, None where none fits; `running` whether any that fits is open; `reference` that of the
    subject, if it says so.
    """

    one: Situation | None
    running: bool
    reference: str | None


def meant(env: Env, kind: str) -> Meant:
    """The one meant, and what there is of its kind, found once in an evaluation. Notes nothing."""
    found = env.meaning.get(kind)
    if found is None:
        fitting = env.by_kind().get(kind, [])
        reference = reference_of(env, kind)
        if reference is not None:
            fitting = [one for one in fitting if one.reference == reference]
        found = env.meaning[kind] = _meant(fitting, reference)
    return found


def _meant(fitting: list[Situation], reference: str | None) -> Meant:
    if len(fitting) == 1:
        return Meant(fitting[0], fitting[0].open, reference)
    if not fitting:
        return Meant(None, False, reference)
    running = [one for one in fitting if one.open]
    if reference is not None:
        return Meant(fitting[0], bool(running), reference)
    one = running[0] if len(running) == 1 else max(fitting, key=lambda each: each.changed_at)
    return Meant(one, bool(running), None)
