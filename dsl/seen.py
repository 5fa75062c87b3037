"""What was seen of one customer: looked at once for all her messages, and again only when her memory changes.

The loops here are the inner loops of all deciding. What is of the customer is looked at when the first message needs it
and joined into two sets of rules, out of which each message takes its own; only what is of the message itself, and of
time, is looked at for each. Refuses to ask a column on time where nothing is left that asks for it, because each one
asked limits how long the answer stands.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from artifact.event import Subject
from artifact.facts import Facts, Situation
from dsl.clock import NEVER
from dsl.index import Table
from dsl.looking import FactLook, KindLook, LapseLook, Looks, OtherLook, Standing, answered
from dsl.reading import Env, Keys, reference_of
from dsl.values import Value

UNSEEN = -1
"""In place of the zone of a column at which nobody has looked."""


class Look:
    """What was found in one table. `false` are the rules that are ruled out, `unknown` those that cannot tell.

    Both hold for the rules of which all columns of the customer are `seen`, a set of their numbers.
    """

    __slots__ = ("env", "false", "seen", "unknown", "zones")

    def __init__(self, env: Env, columns: int) -> None:
        self.env = env
        self.zones = [UNSEEN] * columns
        self.seen = self.false = self.unknown = 0

    def at(self, looks: Looks) -> None:
        """Look at what these rules name and nobody has looked at yet."""
        self.seen |= looks.wanted
        self._facts(looks.facts, self.env.facts)
        self._kinds(looks.kinds)
        self._others(looks.others)

    def _facts(self, looks: tuple[FactLook, ...], facts: Facts) -> None:
        zones, false, unknown, attributes = self.zones, self.false, self.unknown, facts.attributes
        for at, name, zone_of, ruled_out, unsure in looks:
            if zones[at] == UNSEEN:
                fact = attributes.get(name)
                zone = zones[at] = zone_of(None if fact is None else fact.value)
                false |= ruled_out[zone]
                if not zone:
                    unknown |= unsure
        self.false, self.unknown = false, unknown

    def _kinds(self, looks: tuple[KindLook, ...]) -> None:
        zones, false, unknown = self.zones, self.false, self.unknown
        env, by_kind = self.env, self.env.by_kind()
        about, key = _meaning(env)
        for look in looks:
            first, asked, kind, absent, standings, fields, _ = look
            if zones[first] != UNSEEN:
                continue
            remembered = by_kind.get(kind)
            if remembered is None:
                found, ruled_out, unsure = absent
                zones[first : first + len(found)] = found
                false |= ruled_out
                unknown |= unsure
                continue
            if len(remembered) == 1 and kind != about and (key is None or env.keys.get(kind) != key):
                one = remembered[0]
                standing: Standing = one.open, one.open, one.state
                data = one.data
            else:
                standing, data = _meant(env, kind, remembered)
            zones[asked], ruled_out, _ = standings.get(standing) or answered(look, standing)
            false |= ruled_out
            for at, name, zone_of, ruled, unsure in fields:
                zone = zones[at] = zone_of(data.get(name))
                false |= ruled[zone]
                if not zone:
                    unknown |= unsure
        self.false, self.unknown = false, unknown

    def _others(self, looks: tuple[OtherLook, ...]) -> None:
        for at, load, zone_of, ruled_out, unsure in looks:
            if self.zones[at] == UNSEEN:
                zone = self.zones[at] = zone_of(load(self.env))
                self.false |= ruled_out[zone]
                if not zone:
                    self.unknown |= unsure


def _meaning(env: Env) -> tuple[str | None, str | None]:
    """The kind of situation that the message is about, and the field by which it is keyed."""
    subject = env.subject
    return (None, None) if subject is None else (subject.kind, env.keys.get(subject.kind))


def _meant(env: Env, kind: str, remembered: Sequence[Situation]) -> tuple[Standing, dict[str, Any]]:
    """How the situation meant stands, and its fields; the same as dsl.reading says question by question."""
    reference = reference_of(env, kind)
    fitting = remembered if reference is None else [one for one in remembered if one.reference == reference]
    if not fitting:
        return (False, False, None), {}
    running = [one for one in fitting if one.open]
    one = fitting[0]
    if reference is None and len(fitting) > 1:
        one = running[0] if len(running) == 1 else max(fitting, key=lambda each: each.changed_at)
    return (bool(running), one.open, one.state), one.data


class Seen:
    """What was seen of a customer, as long as her facts stay as they are. `subject` is what a message is about.

    Messages about the same thing share a look, and so do all of which no rule asks what they are about.
    """

    __slots__ = ("_keys", "_kinds", "_looks", "facts")

    def __init__(self, facts: Facts, keys: Keys) -> None:
        self.facts, self._keys = facts, keys
        self._looks: dict[tuple[int, Subject | None], Look] = {}
        self._kinds: dict[str, list[Situation]] | None = None

    def look(self, table: Table, subject: Subject | None) -> Look:
        """The look at a table."""
        found = self._looks.get((table.number, subject))
        if found is None:
            env = Env(
                self.facts, "UTC", 0, self._keys, subject=subject
            )  # nothing that is shared reads a clock
            env.kinds = self._kinds
            found = self._looks[table.number, subject] = Look(env, table.shared)
            self._kinds = env.by_kind()
        return found


def look_at_message(looks: tuple[OtherLook, ...], env: Env, trace: list[int]) -> tuple[int, int]:
    """The rules that the message itself rules out, and those of which something is unknown; adds zones to the trace."""
    false = unknown = 0
    for _, load, zone_of, ruled_out, unsure in looks:
        zone = zone_of(load(env))
        trace.append(zone)
        false |= ruled_out[zone]
        if not zone:
            unknown |= unsure
    return false, unknown


def look_at_time(looks: Looks, env: Env, left: int, trace: list[int]) -> tuple[int, int]:
    """The same of conditions on time, for the rules that are left; notes when the answer for any of them changes."""
    false = unknown = 0
    for lapse in looks.lapses:
        asked = lapse.asking & left
        moment = lapse.load(env) if asked else None
        if moment is None:
            trace.append(0)
            if asked:
                false |= lapse.false[0]
                unknown |= lapse.asking
        else:
            zone = _lapsed(lapse, moment, asked, env)
            trace.append(zone)
            false |= lapse.false[zone]
    for _, count, zone_of, ruled_out, asking in looks.counts:
        asked = asking & left
        zone = zone_of(count(env)) if asked else 0
        trace.append(zone)
        if asked:
            false |= ruled_out[zone]
            unknown |= 0 if zone else asking
    return false, unknown


def _lapsed(lapse: LapseLook, moment: Value, asked: int, env: Env) -> int:
    """Which steps from the moment are reached; notes the next one that any of the rules asked waits for."""
    reach, steps, due, calendar, now = lapse.reach, lapse.steps, lapse.due, env.zone, env.now
    elapsed = now - lapse.start(moment)
    low, high = bisect_right(lapse.latest, elapsed), bisect_right(lapse.soonest, elapsed)
    at = bisect_right(steps, now, low, high, key=lambda step: reach(step, moment, calendar))
    for step in range(at, len(steps)):
        if due[step] & asked:
            flip = reach(steps[step], moment, calendar)
            if flip < NEVER:
                env.until(flip)
            break
    return 2 * at or 1
