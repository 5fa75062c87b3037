"""What was seen of one customer: looked at once for all her messages, and again only when her memory changes.

The loops here are the inner loops of all deciding. What is of the customer is looked at when the first message needs it
and joined into two sets of rules, out of which each message takes its own; only what is of the message itself, and of
time, is looked at for each. Refuses to ask a column on time where nothing is left that asks for it, because each one
asked limits how long the answer stands.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from artifact.event import Subject
from artifact.facts import Facts, Situation
from dsl.index import Table
from dsl.lapses import LapseLook, lapsed
from dsl.looking import (
    UNSEEN,
    FactLook,
    KindLook,
    Looks,
    OtherLook,
    Shared,
    Split,
    Standing,
    answered,
    split,
)
from dsl.reading import Env, Keys, situations_by_kind
from dsl.values import Value

Moments: TypeAlias = list[tuple[LapseLook, Value]]
"""What was counted from."""


class Look:
    """What was found in one table. `false` are the rules that are ruled out, `unknown` those that cannot tell.

    Both hold for the rules of which all columns of the customer are `seen`, a set of their numbers. `subject` is what
    messages are about: it says which situation of the kinds `meant` they mean. `present` are the kinds that there are.
    """

    __slots__ = ("false", "meant", "seen", "subject", "unknown", "zones")

    def __init__(
        self, table: Table, present: frozenset[str], meant: frozenset[str], subject: Subject | None
    ) -> None:
        self.meant, self.subject = meant, subject
        without = table.without(present)
        self.zones, self.seen = without.zones.copy(), without.columns
        self.false, self.unknown = without.false, without.unknown

    def facts(self, looks: tuple[FactLook, ...], facts: Facts) -> None:
        """Look at fields of the customer."""
        zones, false, unknown, attributes = self.zones, self.false, self.unknown, facts.attributes
        for look in looks:
            at = look.at
            if zones[at] == UNSEEN:
                fact = attributes.get(look.name)
                zone = zones[at] = look.zone(None if fact is None else fact.value)
                false |= look.false[zone]
                if not zone:
                    unknown |= look.unknown
        self.false, self.unknown = false, unknown

    def kinds(self, looks: dict[str, KindLook], by_kind: dict[str, list[Situation]]) -> None:
        """Look at the situations that there are."""
        zones, false, unknown = self.zones, self.false, self.unknown
        meant, seen = self.meant, self.seen
        for kind, remembered in by_kind.items():
            look = looks.get(kind)
            if look is None or zones[look.first] != UNSEEN:
                continue
            if len(remembered) == 1 and kind not in meant:
                one = remembered[0]
                standing: Standing = one.open, one.open, one.state
                data = one.data
            else:
                standing, data = self._meant(kind, remembered)
            seen |= look.columns
            found = look.standings.get(standing) or answered(look, standing)
            zones[look.asked] = found.zones
            false |= found.false
            for field in look.fields:
                zone = zones[field.at] = field.zone(data.get(field.name))
                false |= field.false[zone]
                if not zone:
                    unknown |= field.unknown
        self.false, self.unknown, self.seen = false, unknown, seen

    def _meant(self, kind: str, remembered: Sequence[Situation]) -> tuple[Standing, dict[str, Any]]:
        """How the situation meant stands, and its fields; the same as dsl.reading says question by question."""
        if self.subject is not None and kind in self.meant:
            remembered = [one for one in remembered if one.reference == self.subject.reference]
        if not remembered:
            return (False, False, None), {}
        running = [one for one in remembered if one.open]
        one = remembered[0]
        if len(remembered) > 1:
            one = running[0] if len(running) == 1 else max(remembered, key=lambda each: each.changed_at)
        return (bool(running), one.open, one.state), one.data

    def others(self, looks: tuple[OtherLook, ...], env: Env) -> None:
        """Look at everything else."""
        for look in looks:
            if self.zones[look.at] == UNSEEN:
                zone = self.zones[look.at] = look.zone(look.load(env))
                self.false |= look.false[zone]
                if not zone:
                    self.unknown |= look.unknown


class Sight(msgspec.Struct, frozen=True, gc=False):
    """What a message finds seen: what any message about such a thing would find, and what this one is about."""

    any: Look
    own: Look | None

    def zones(self, looks: Looks) -> Sequence[int]:
        """What was found of the customer for some rules, in the order of their columns."""
        zones = self.any.zones
        if self.own is not None:
            zones = [own if own != UNSEEN else one for own, one in zip(self.own.zones, zones, strict=True)]
        return looks.picked(zones)


class Seen:
    """What was seen of a customer, as long as her facts stay as they are.

    Messages about the same thing share a look; those about different ones of a kind share what is the same for all of
    that kind, once there is a second one.
    """

    __slots__ = ("_bases", "_present", "_sights", "by_kind", "facts", "keys")

    def __init__(self, facts: Facts, keys: Keys) -> None:
        self.facts, self.keys = facts, keys
        self._sights: dict[tuple[int, str | None, str | None], Sight] = {}
        self._bases: dict[tuple[int, str | None], Look | None] = {}
        self.by_kind = situations_by_kind(facts)
        self._present = frozenset(self.by_kind)

    def at(self, table: Table, looks: Looks, subject: Subject | None) -> Sight:
        """What is seen with all that some rules name."""
        kind = None if subject is None or subject.kind not in self.keys else subject.kind
        about = looks.about.get(kind) or split(looks, kind, self.keys)
        if not about.own.wanted:
            kind = subject = None
        key = (table.number, kind, None if subject is None else subject.reference)
        sight = self._sights.get(key)
        if sight is None:
            sight = self._sights[key] = self._new(table, kind, about, subject)
        wanted = looks.shared if sight.own is None else about.any
        if wanted.wanted & ~sight.any.seen:
            self._see(sight.any, wanted)
        if sight.own is not None and about.own.wanted & ~sight.own.seen:
            self._see(sight.own, about.own)
        return sight

    def _new(self, table: Table, kind: str | None, about: Split, subject: Subject | None) -> Sight:
        """The first one of a kind is looked at whole: mostly it stays the only one."""
        own = Look(table, self._present, about.meant, subject)
        if subject is None:
            return Sight(own, None)
        key = (table.number, kind)
        if key not in self._bases:
            self._bases[key] = None
            return Sight(own, None)
        base = self._bases[key]
        if base is None:
            base = self._bases[key] = Look(table, self._present, frozenset(), None)
        return Sight(base, own)

    def _see(self, look: Look, wanted: Shared) -> None:
        look.seen |= wanted.wanted
        look.facts(wanted.facts, self.facts)
        look.kinds(wanted.kinds, self.by_kind)
        if wanted.others:
            # None of them reads a clock.
            env = Env(self.facts, "UTC", 0, self.keys, subject=look.subject, kinds=self.by_kind)
            look.others(wanted.others, env)


def look_at_message(looks: tuple[OtherLook, ...], env: Env, trace: list[int]) -> tuple[int, int]:
    """The rules that the message itself rules out, and those of which something is unknown; adds zones to the trace."""
    false = unknown = 0
    for look in looks:
        zone = look.zone(look.load(env))
        trace.append(zone)
        false |= look.false[zone]
        if not zone:
            unknown |= look.unknown
    return false, unknown


def look_at_time(looks: Looks, env: Env, left: int, trace: list[int], moments: Moments) -> tuple[int, int]:
    """The same of conditions on time, for the rules that are left; notes when the answer for any of them changes, and the
    moments that it counted from."""
    false = unknown = 0
    for lapse in looks.lapses:
        asked = lapse.asking & left
        moment = lapse.load(env) if asked else None
        if asked:
            moments.append((lapse, moment))
        if moment is None:
            trace.append(0)
            if asked:
                false |= lapse.false[0]
                unknown |= lapse.asking
        else:
            zone = lapsed(lapse, moment, asked, env)
            trace.append(zone)
            false |= lapse.false[zone]
    for count in looks.counts:
        asked = count.unknown & left
        zone = count.zone(count.load(env)) if asked else 0
        trace.append(zone)
        if asked:
            false |= count.false[zone]
            unknown |= 0 if zone else count.unknown
    return false, unknown
