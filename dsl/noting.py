"""What a look at the customer has read: noted only when somebody asks what a verdict rests on.

The loop here notes what reading each thing by itself would (dsl.reading), but goes through each kind of situation once.
Refuses to note what was not looked at for the message: others may have had to look at more.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from dsl.reading import Env, states_of, the_situation

Note: TypeAlias = Callable[[Env], object]
"""Reads something for no other reason than that the evaluation notes it."""

Field: TypeAlias = tuple[str, str]
"""What is read, as the author names it, and the name of the field."""


class KindNote(msgspec.Struct, frozen=True):
    """What is read of a kind of situation: its `fields` are those of the one meant, which must be `chosen` for them."""

    chosen: bool
    fields: tuple[Field, ...]


class Notes(msgspec.Struct, frozen=True):
    """What is read of the customer: her own fields, her situations by kind, and all else.

    `unknown` has all that she may turn out to have none of.
    """

    fields: tuple[Field, ...]
    kinds: dict[str, KindNote]
    others: tuple[Note, ...]
    unknown: dict[str, None]


NO_NOTES = Notes((), {}, (), {})


def note(notes: Notes, meant: frozenset[str], env: Env) -> None:
    """Note all of it, with what is noted already. Which situation is meant may depend on the message for the kinds `meant`.

    The same things are noted in the same order, whatever order the situations came up in.
    """
    reads = env.reads = notes.unknown | env.reads
    attributes, by_kind = env.facts.attributes, env.by_kind()
    for shown, name in notes.fields:
        fact = attributes.get(name)
        if fact is not None:
            reads[shown] = fact.value
    for other in notes.others:
        other(env)
    for kind, noted in notes.kinds.items():
        found = by_kind.get(kind)
        if found is None:
            continue
        if kind not in reads:
            reads[kind] = states_of(found)
        if noted.chosen:
            one = found[0] if len(found) == 1 and kind not in meant else the_situation(env, kind)
            data = {} if one is None else one.data
            for shown, name in noted.fields:
                reads[shown] = data.get(name)
