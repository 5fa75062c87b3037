"""What one verdict rests on: what was looked at for its message, what the looks left, and what was read.

Most of what happens to a customer changes nothing about most of her messages. The looks at her are shared by all of them,
so they are done again first: where they leave the very same rules, counted from the very same moments, the rules say
what they said. Refuses to tell that where a rule was run, or things were counted: what these read it does not know.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeAlias

import msgspec

from artifact.decision import RuleRow
from artifact.facts import Facts
from dsl.conditions import valid
from dsl.groups import Group, Part
from dsl.noting import note
from dsl.reading import Env
from dsl.seen import Moments, Seen, Sight, look_at_message, look_at_time
from dsl.verdict import Asked, Traced, Trail

Masks: TypeAlias = tuple[int, int]
"""Two sets of rules: those ruled out and those of which something is unknown; or, of what is left, those that hold and
those that apply as something is unknown."""

Looked: TypeAlias = tuple[list[int], Masks, Masks]
"""What was found for one part but for what is of the customer: the zones of what is of the message and of time; what the
message by itself says; and what is left where time has not been asked."""


_NONE: Masks = (0, 0)


class Ground(msgspec.Struct, gc=False):
    """The looks for one message. `moments` are those that were counted from, `read` is what was read but for the looks at
    the customer, `sure` are the rules of each part that fired by looks alone. It is `bare` where looks were all there was.
    """

    group: Group
    asked: Asked
    zone: str
    read: dict[str, Any]
    looked: list[Looked] = []
    moments: Moments = []
    sure: list[int] = []
    bare: bool = True

    def look(self, part: Part, sight: Sight, env: Env, rows: list[RuleRow]) -> Masks:
        """Look for the rules of one part: of which of them more must be asked, and which apply as something is unknown."""
        looks = part.looks
        zones: list[int] = []
        of_message = look_at_message(looks.message, env, zones) if looks.message else _NONE
        left = left_by(part, sight, of_message)
        sure, unsure = left
        for dated in part.dated:
            if not valid(dated.validity, env):
                rows += dated.rows
                sure, unsure = sure & ~dated.mask, unsure & ~dated.mask
        if looks.lapses or looks.counts:
            sure, unsure = self._timed(part, sure, unsure, env, zones)
        asked = sure & part.asking
        if asked or unsure:
            self.bare = False
        self.sure.append(sure ^ asked)
        self.looked.append((zones, of_message, left))
        return asked, unsure

    def _timed(self, part: Part, sure: int, unsure: int, env: Env, zones: list[int]) -> Masks:
        """What time leaves of them."""
        left, applying = sure | unsure, part.table.applying
        counts = part.looks.counts
        for count in counts:
            if count.unknown & left:
                self.bare = False
        false, unknown = look_at_time(part.looks, env, left, zones, self.moments)
        sure, unsure = sure & ~false, unsure & ~false
        doubted = sure & unknown
        return sure ^ doubted, unsure | doubted & applying

    def told(self, env: Env, sights: Sequence[Sight], read: dict[str, Any]) -> Traced:
        """What was read for these rules, and the trace of the looks. Others may have looked at more."""
        trace, env.reads = list(self.group.place), read
        for part, sight, (zones, _, _) in zip(self.group.parts, sights, self.looked, strict=True):
            note(part.looks.notes, (sight.own or sight.any).meant, env)
            trace += sight.zones(part.looks)
            trace += zones
        return Traced(env.reads, tuple(trace))

    def upon(self, facts: Facts, zone: str, seen: Seen) -> Trail | None:
        """How the same verdict comes about of other facts: where these leave the same rules, counted from the same moments.

        It holds on to nothing of the facts before.
        """
        if not self.bare or zone != self.zone:
            return None
        sights: list[Sight] = []
        subject = self.asked.about
        for part, (_, of_message, left) in zip(self.group.parts, self.looked, strict=True):
            sight = seen.at(part.table, part.looks, subject)
            if left_by(part, sight, of_message) != left:
                return None
            sights.append(sight)
        if self._counts_from_message():
            return Trail(partial(self._told_of, facts, seen, sights), self)
        env = self._env(facts, seen)
        if not self._counts_the_same(env):
            return None
        return Trail(partial(self.told, env, sights, env.reads), self)

    def _told_of(self, facts: Facts, seen: Seen, sights: Sequence[Sight]) -> Traced:
        return self.told(self._env(facts, seen), sights, self.read)

    def _counts_from_message(self) -> bool:
        for lapse, _ in self.moments:
            if not lapse.of_message:
                return False
        return True

    def _counts_the_same(self, env: Env) -> bool:
        """Whether what is counted from is as it was; reads it all again."""
        for part in self.group.parts:
            look_at_message(part.looks.message, env, [])
        return all(lapse.load(env) == moment for lapse, moment in self.moments)

    def _env(self, facts: Facts, seen: Seen) -> Env:
        # None of it reads a clock.
        asked = self.asked
        return Env(facts, self.zone, 0, seen.keys, asked=asked, subject=asked.about, kinds=seen.by_kind)


def left_by(part: Part, sight: Sight, of_message: Masks) -> Masks:
    """The rules that neither the customer nor the message rules out: those that hold, and those that apply as something
    is unknown."""
    (false, unknown), any, own = of_message, sight.any, sight.own
    false, unknown = false | any.false, unknown | any.unknown
    if own is not None:
        false, unknown = false | own.false, unknown | own.unknown
    left = part.mask & ~false
    unsure = left & unknown
    return left ^ unsure, unsure & part.table.applying
