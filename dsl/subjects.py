"""What an event is about, where it does not say so itself: the situation that it turns, or the one keyed alike."""

from artifact.event import Event, Subject
from artifact.facts import Facts
from dsl.program import Program, SituationPlan
from dsl.reading import key_text


def subject_of(
    event: Event,
    facts: Facts,
    program: Program,
    turned: list[SituationPlan],
    key: str | None,
    value: str | None = None,
) -> Subject | None:
    """What it says; else the one situation of those `turned` by it that has a key; else the one keyed by `key`.

    `value` is that of the key where the event does not carry it.
    """
    if event.about is not None:
        promised = any(plan.name == event.about.kind for plan in program.commitments)
        return _of_promise(event.about, facts, program) if promised else event.about
    keyed = [plan for plan in turned if plan.one_per]
    if len(keyed) == 1 and keyed[0].one_per and (found := key_text(event.data.get(keyed[0].one_per))):
        return Subject(keyed[0].kind, found)
    return _alike(program, key, value or (key_text(event.data.get(key)) if key else None))


def _of_promise(about: Subject, facts: Facts, program: Program) -> Subject | None:
    """What a commitment is about: what it was made about, else the one situation keyed alike."""
    for one in facts.commitments:
        if (one.name, one.reference) == (about.kind, about.reference) and one.about is not None:
            return one.about
    return _alike(program, program.keys.get(about.kind), about.reference)


def _alike(program: Program, key: str | None, value: str | None) -> Subject | None:
    """The one situation that is keyed by this field."""
    alike = [plan.kind for plan in program.situations if key is not None and plan.one_per == key]
    return Subject(alike[0], value) if len(alike) == 1 and value else None
