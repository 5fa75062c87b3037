"""What all rules that fired say together about a message of a topic: block wins, holds add up, one value by rank,
channels unite.

Nothing of the message but its topic goes in, so the same rules give the same ruling again and again, and a ruling is
kept. Refuses to look at the customer: which of the channels she may be reached by is for the gates.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

import msgspec

from artifact.channel import Channel, Urgency
from artifact.span import Span, add_span
from dsl.effects import (
    Avoid,
    Block,
    Deliver,
    GroupInto,
    Postpone,
    Propagate,
    Rephrase,
    RequireProof,
    SetUrgency,
)
from dsl.rulebook import Topic
from dsl.verdict import Fired
from engine.budget import Said
from engine.settled import GROUPED

E = TypeVar("E")

Extra: TypeAlias = tuple[Channel, Span | None]
"""A channel that a rule adds, and how long after the first hand-over (None: at once)."""


class Ruling(msgspec.Struct, frozen=True, eq=False):
    """One value where only one can be, by rank; unions elsewhere.

    `block` is the rule that blocks. `postpones` are the rules that hold, with whether the condition of a WHILE holds.
    `channels` are those of the topic in the order in which they are tried, `chosen` when a rule orders them; `extras`
    each at its earliest delay, the soonest first. `group` are the rule that groups and the group. `also` are category
    and topic of each item of a bundle. `may_group`: a rule may put it into a group, now or when it has waited long enough.
    `mark` tells rulings of a rulebook about one topic apart, in any process.
    """

    topic: Topic
    fired: tuple[Fired, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    block: str | None = None
    postpones: dict[str, tuple[Postpone, bool]] = {}
    channels: tuple[Channel, ...] = ()
    chosen: bool = False
    avoid: frozenset[Channel] = frozenset()
    extras: tuple[Extra, ...] = ()
    rephrase: str | None = None
    proof: tuple[Channel, ...] | None = None
    group: tuple[str, str] | None = None
    also: Said = ()
    may_group: bool = False
    mark: int = 0


_MOST = 4_096
_kept: dict[tuple[int, int], Ruling] = {}


def ruling_of(topic: Topic, fired: tuple[Fired, ...]) -> Ruling:
    """What these rules say together, put together once for as long as it is kept.

    They are told apart by identity, for a rulebook gives the same rules in the same tuple (dsl.judge): a ruling holds
    on to its topic and to that tuple, so no other object can be taken for one of them.
    """
    key = (id(topic), id(fired))
    ruling = _kept.get(key)
    if ruling is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        ruling = _kept[key] = put_together(topic, fired)
    return ruling


def put_together(topic: Topic, fired: tuple[Fired, ...]) -> Ruling:
    """What these rules say together."""
    said = _Said(fired)
    urgency, rephrase = said.first(SetUrgency), said.first(Rephrase)
    blocks, proofs, groups = said.of(Block), said.of(RequireProof), said.of(GroupInto)
    postpones = said.of(Postpone)
    may_group = bool(groups) or any(isinstance(e.otherwise, GroupInto) for _, e in postpones)
    ordered = next((e.channels for _, e in said.of(Deliver) if e.channels), ())
    avoid = frozenset([c for _, e in said.of(Avoid) for c in e.channels])
    return Ruling(
        topic=topic,
        fired=fired,
        urgency=urgency.urgency if urgency else topic.urgency,
        block=blocks[0][0].rule if blocks else None,
        postpones={f.rule: (e, f.holding) for f, e in postpones},
        channels=permitted_of(topic, avoid, ordered),
        chosen=bool(ordered),
        avoid=avoid,
        extras=earliest([(c, e.after) for _, e in said.of(Propagate) for c in e.channels if c not in avoid]),
        rephrase=rephrase.template if rephrase else None,
        proof=tuple(dict.fromkeys(c for _, e in proofs for c in e.channels)) if proofs else None,
        group=(groups[0][0].rule, groups[0][1].group) if groups else None,
        may_group=may_group,
        mark=_mark_of(fired) & ~GROUPED | may_group,
    )


_encode = msgspec.msgpack.Encoder(order="deterministic").encode


_SILENT = 1 << 62
"""The mark where no rule said anything: never that of what is UNSETTLED."""

_MOST_MARKS = 32_768
"""More than a rulebook has rules."""
_marks: dict[int, tuple[Fired, int]] = {}


def _mark_of(fired: tuple[Fired, ...]) -> int:
    """A number of 63 bits out of those of all rules: few mixtures come twice, every rule does."""
    mark = 0
    for one in fired:
        known = _marks.get(id(one)) or _marked(one)
        mark ^= known[1]
    return mark or _SILENT


def _marked(one: Fired) -> tuple[Fired, int]:
    """A rule with its mark; as it is held on to, no other one can be taken for it.

    Its rank is left out: it counts only among those that fired, and another rulebook may count it otherwise.
    """
    if len(_marks) >= _MOST_MARKS:
        _marks.clear()
    said = _encode((one.rule, one.effects, one.holding))
    mark = int.from_bytes(blake2b(said, digest_size=8).digest()) >> 1
    found = _marks[id(one)] = one, mark
    return found


def permitted_of(
    topic: Topic, avoid: frozenset[Channel], ordered: tuple[Channel, ...]
) -> tuple[Channel, ...]:
    """The channels of a topic that no rule avoids: those that one names, in its order, where one does."""
    chosen = [c for c in ordered if c in topic.channels] if ordered else topic.channels
    return tuple([c for c in chosen if c not in avoid])


def earliest(extras: Iterable[Extra]) -> tuple[Extra, ...]:
    """Each channel once, at its earliest delay, the soonest first."""
    best: dict[Channel, Span | None] = {}
    for channel, after in extras:
        if channel not in best or length_of(after) < length_of(best[channel]):
            best[channel] = after
    return tuple(sorted(best.items(), key=lambda item: (length_of(item[1]), item[0])))


@lru_cache(maxsize=1024)
def length_of(span: Span | None) -> int:
    """How long a delay is where no clock is put forward or back, in microseconds."""
    return 0 if span is None else add_span(0, span, "UTC")


class _Said:
    """The effects of all fired rules by their kind, each with its rule, the strongest first."""

    def __init__(self, fired: tuple[Fired, ...]) -> None:
        self._by_kind: dict[type, list[tuple[Fired, Any]]] = {}
        for one in sorted(fired, key=attrgetter("rank")):
            for effect in one.effects:
                if (found := self._by_kind.get(type(effect))) is None:
                    found = self._by_kind[type(effect)] = []
                found.append((one, effect))

    def of(self, kind: type[E]) -> Sequence[tuple[Fired, E]]:
        return self._by_kind.get(kind, ())

    def first(self, kind: type[E]) -> E | None:
        found = self._by_kind.get(kind)
        return found[0][1] if found else None
