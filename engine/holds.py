"""Holds of rules on one message, anchored at the first decision in which they applied.

A FIXED period stands whatever its condition does meanwhile; when it is over the condition is read again. A WHILE
hold ends with its condition. Later decisions keep the anchor and never move it.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from artifact.instant import Instant
from artifact.message import Anchor, Hold, HoldKind
from artifact.span import add_span, following, next_wall_time, next_working_time
from dsl.effects import Block, Deliver, GroupInto, Postpone, PostponeKind
from dsl.rulebook import RuleFace

_WHILE, _FIXED = PostponeKind.WHILE, HoldKind.FIXED

Limit: TypeAlias = tuple[str, Block | Deliver | GroupInto]
"""A rule whose time is up, and what it says then."""


class Holding(msgspec.Struct):
    """What rules make one message wait for, in one deciding; adds to the `holds` and `limits` that it is given."""

    now: Instant
    zone: str
    faces: Mapping[str, RuleFace]
    anchors: dict[str, Anchor]
    holds: list[Hold]
    limits: list[Limit]

    def apply(self, rule: str, effect: Postpone, *, holding: bool) -> None:
        """Let the postpone of a rule whose condition holds now bear on the message."""
        anchor = self.anchors.get(rule)
        if effect.kind is _WHILE:
            if holding:
                self._while(rule, effect)
        elif anchor is None:
            face = self.faces.get(rule)
            self._begin(rule, effect, Anchor(rule, self.now, said=face.wait_said if face is not None else ""))
        elif anchor.until is not None and self.now < anchor.until:
            self.holds.append(Hold(_FIXED, anchor.since, anchor.until, rule))
        else:
            self._renew(rule, effect, anchor)

    def stand(self, anchor: Anchor) -> None:
        """Let a period begun earlier stand although its condition has ended, if the rule still says the same."""
        face = self.faces.get(anchor.rule)
        if face is None or face.postpone is None or anchor.until is None or self.now >= anchor.until:
            return
        if anchor.said in ("", face.wait_said):
            self.holds.append(Hold(_FIXED, anchor.since, anchor.until, anchor.rule))

    def _begin(self, rule: str, effect: Postpone, anchor: Anchor) -> None:
        until = self._bounded(effect, anchor, period_end(effect, self.now, self.zone))
        if until > self.now:
            self.anchors[rule] = replace(anchor, until=until)
            self.holds.append(Hold(_FIXED, anchor.since, until, rule))

    def _renew(self, rule: str, effect: Postpone, anchor: Anchor) -> None:
        """The period is over and the condition still applies: another one, or what the rule says otherwise."""
        if anchor.periods < effect.times and not self._used_up(effect, anchor):
            until = self._bounded(effect, anchor, self._next_period(effect, anchor))
            if until > self.now:
                self.anchors[rule] = replace(anchor, until=until, periods=anchor.periods + 1)
                self.holds.append(Hold(_FIXED, anchor.since, until, rule))
                return
        self._otherwise(rule, effect)

    def _next_period(self, effect: Postpone, anchor: Anchor) -> Instant:
        """A period follows the one before it; one that nobody was there to begin in time begins now."""
        if effect.span is not None and anchor.until is not None:
            end = following(anchor.until, effect.span, self.zone)
            if end > self.now:
                return end
        return period_end(effect, self.now, self.zone)

    def _while(self, rule: str, effect: Postpone) -> None:
        anchor = self.anchors.setdefault(rule, Anchor(rule, self.now))
        if effect.until_event is not None and anchor.ended_by:
            return
        latest = add_span(anchor.since, effect.at_most, self.zone) if effect.at_most else None
        if latest is not None and self.now >= latest:
            self._otherwise(rule, effect)
        else:
            self.holds.append(Hold(HoldKind.WHILE, anchor.since, latest, rule))

    def _bounded(self, effect: Postpone, anchor: Anchor, until: Instant) -> Instant:
        return min(until, add_span(anchor.since, effect.at_most, self.zone)) if effect.at_most else until

    def _used_up(self, effect: Postpone, anchor: Anchor) -> bool:
        return effect.at_most is not None and self.now >= add_span(anchor.since, effect.at_most, self.zone)

    def _otherwise(self, rule: str, effect: Postpone) -> None:
        if effect.otherwise is not None:
            self.limits.append((rule, effect.otherwise))


def period_end(effect: Postpone, begin: Instant, zone: str) -> Instant:
    """When a fixed period that begins at an instant is over."""
    if effect.span is not None:
        return add_span(begin, effect.span, zone)
    if effect.until_time is None:
        return effect.until if effect.until is not None else begin
    if effect.working is not None:
        return next_working_time(begin, effect.until_time, effect.working, zone)
    return next_wall_time(begin, effect.until_time, zone)


def earliest_end(holds: list[Hold]) -> Instant | None:
    """When all holds have ended, as far as that is known; None where one ends only with its condition."""
    end = 0
    for hold in holds:
        if hold.until is None or hold.kind is HoldKind.WHILE:
            return None
        end = max(end, hold.until)
    return end
