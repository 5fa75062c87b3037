"""Tests of a rulebook, typed into data."""

from dsl.check.behaviour import Behaviour
from dsl.check.declarations import Header, Placed
from dsl.check.effects import Effects
from dsl.trial import RulebookTest


class Tests:
    def __init__(self, effects: Effects, behaviour: Behaviour, header: Header) -> None:
        self.effects, self.behaviour, self.header = effects, behaviour, header

    def all(self, placed: list[Placed]) -> tuple[RulebookTest, ...]:
        return ()
