"""A day of the demo's insurer: everything that happens, in the order in which it reaches Memento. All from a seed."""

from collections.abc import Iterable, Iterator
from random import Random

from memento.demo.action import Action, Kind, at, later
from memento.demo.people import Person, people
from memento.demo.scripts import SCRIPTS
from memento.demo.themes import THEMES, register

TWICE_SHARE = 0.05
BEGIN = at(6)
END = at(10, days=1)
"""The next morning, when what had to wait for the night has left."""


def day(seed: int, count: int) -> list[Action]:
    """The day of so many customers."""
    actions: list[Action] = []
    for person in people(count, _dice(seed, "people")):
        actions += _told_twice(_of(person, seed), _dice(seed, f"twice {person.id}"))
    actions.sort(key=lambda action: (action.at, action.kind))
    return [action for action in actions if BEGIN <= action.at <= END]


def _of(person: Person, seed: int) -> Iterator[Action]:
    script = SCRIPTS.get(person.id)
    for theme in THEMES if script is None else (register,):
        yield from theme(person, _dice(seed, f"{theme.__name__} {person.id}"))
    if script is not None:
        yield from script()


def _told_twice(actions: Iterable[Action], chance: Random) -> Iterator[Action]:
    """Networks stutter: some calls are made again, unchanged, a while later."""
    for action in actions:
        yield action
        if action.kind in {Kind.EVENT, Kind.REQUEST} and chance.random() < TWICE_SHARE:
            yield Action(later(action.at, chance.randrange(1, 90)), action.kind, action.body)


def _dice(seed: int, name: str) -> Random:
    return Random(f"insurer {seed} {name}")  # noqa: S311 - a world to replay, no secret
