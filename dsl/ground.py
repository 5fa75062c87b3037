"""What one verdict rests on: what was looked at for its message, what the looks left, and what was read.

Most of what happens to a customer changes nothing about most of her messages. The looks at her are shared by all of them,
so they are done again first: where they leave the very same rules, counted from the very same moments, the rules say
what they said. Refuses to tell that where a rule was run, or things were counted: what these read it does not know.
"""

from typing import TypeAlias

from artifact.decision import RuleRow
from artifact.facts import Facts
from dsl.conditions import valid
from dsl.groups import Group, Part
from dsl.noting import note
from dsl.reading import Env
from dsl.seen import Moments, Seen, Sight, look_at_message, look_at_time
from dsl.verdict import Traced

Masks: TypeAlias = tuple[int, int]
"""Two sets of rules: those ruled out and those of which something is unknown; or, of what is left, those that hold and
those that apply as something is unknown."""

Looked: TypeAlias = tuple[Sight, list[int], int, Masks, Masks]
"""What was seen for one part, the zones of what is of the message and of time, and the rules that fired by that alone; and
what the message by itself says, and what is left where time has not been asked."""


_NONE: Masks = (0, 0)


class Ground:
    """The looks for one message. `moments` are those that were counted from. It is `bare` where looks were
    all there was."""

    __slots__ = ("_group", "bare", "env", "looked", "moments")

    def __init__(self, group: Group, env: Env) -> None:
        self._group, self.env = group, env
        self.looked: list[Looked] = []
        self.moments: Moments = []
        self.bare = True

    def look(self, part: Part, seen: Seen, rows: list[RuleRow]) -> Masks:
        """Look for the rules of one part: of which of them more must be asked, and which apply as something is unknown."""
        env, looks, zones = self.env, part.looks, list[int]()
        sight = seen.at(part.table, looks, env.subject)
        of_message = look_at_message(looks.message, env, zones) if looks.message else _NONE
        left = left_by(part, sight, of_message)
        sure, unsure = left
        for validity, mask, invalid in part.dated:
            if not valid(validity, env):
                rows += invalid
                sure, unsure = sure & ~mask, unsure & ~mask
        if looks.lapses or looks.counts:
            sure, unsure = self._timed(part, sure, unsure, zones)
        asked = sure & part.asking
        if asked or unsure:
            self.bare = False
        self.looked.append((sight, zones, sure ^ asked, of_message, left))
        return asked, unsure

    def _timed(self, part: Part, sure: int, unsure: int, zones: list[int]) -> Masks:
        """What time leaves of them."""
        left, applying = sure | unsure, part.table.applying
        if any(count.unknown & left for count in part.looks.counts):
            self.bare = False
        false, unknown = look_at_time(part.looks, self.env, left, zones, self.moments)
        sure, unsure = sure & ~false, unsure & ~false
        doubted = sure & unknown
        return sure ^ doubted, unsure | doubted & applying

    def told(self) -> Traced:
        """What was read for these rules, and the trace of the looks. Others may have looked at more."""
        env, trace = self.env, list(self._group.place)
        for part, (sight, zones, *_) in zip(self._group.parts, self.looked, strict=True):
            note(part.looks.notes, (sight.own or sight.any).meant, env)
            trace += sight.zones(part.looks)
            trace += zones
        return Traced(env.reads, tuple(trace))

    def bears(self, facts: Facts, zone: str, seen: Seen) -> bool:
        """Whether these facts leave the same rules, counted from the same moments."""
        if not self.bare or zone != self.env.zone:
            return False
        subject = self.env.subject
        for part, (_, _, _, of_message, left) in zip(self._group.parts, self.looked, strict=True):
            if left_by(part, seen.at(part.table, part.looks, subject), of_message) != left:
                return False
        moving = [one for one in self.moments if not one[0].of_message]
        if not moving:
            return True
        env = self._env(facts, seen)
        return all(lapse.load(env) == moment for lapse, moment in moving)

    def upon(self, facts: Facts, seen: Seen) -> "Ground":
        """The same looks at facts that bear it, as what is told of them differs."""
        env = self._env(facts, seen)
        found = Ground(self._group, env)
        for part, (_, zones, sure, of_message, left) in zip(self._group.parts, self.looked, strict=True):
            look_at_message(part.looks.message, env, [])
            sight = seen.at(part.table, part.looks, env.subject)
            found.looked.append((sight, zones, sure, of_message, left))
        for lapse, _ in self.moments:
            lapse.load(env)
        return found

    def _env(self, facts: Facts, seen: Seen) -> Env:
        was = self.env
        env = Env(facts, was.zone, was.now, was.keys, asked=was.asked, subject=was.subject)
        env.kinds = seen.by_kind
        return env


def left_by(part: Part, sight: Sight, of_message: Masks) -> Masks:
    """The rules that neither the customer nor the message rules out: those that hold, and those that apply as something
    is unknown."""
    (false, unknown), (any, own) = of_message, sight
    false, unknown = false | any.false, unknown | any.unknown
    if own is not None:
        false, unknown = false | own.false, unknown | own.unknown
    left = part.mask & ~false
    unsure = left & unknown
    return left ^ unsure, unsure & part.table.applying
