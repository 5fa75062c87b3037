"""How a rule makes a message wait: until when, for how long at most, and what happens then."""

import msgspec

from artifact.channel import Channel
from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.conditions import Conditions
from dsl.check.where import Where
from dsl.effects import Block, Deliver, GroupInto, Postpone, PostponeKind
from dsl.errors import DiagnosticCode as Code
from dsl.program import Waiting
from dsl.syntax import Node, Word
from dsl.typed import DayStart
from dsl.types import CHANNEL, Kind


class Waits(Conditions):
    """Types waits."""

    def channels(self, names: Node | None) -> tuple[Channel, ...]:
        """Channels by name, each once, in the author's order."""
        found: dict[Channel, None] = {}
        for word in names.words() if names else ():
            literal = self.named(word, CHANNEL)
            if literal:
                found[Channel(literal.value)] = None
        return tuple(found)

    def group(self, word: Word) -> str | None:
        """A declared group by name."""
        if self.symbols.groups.find(word.text):
            return self.symbols.groups.spelled(word.text)
        self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.groups, what="a group")
        return None

    def postponed(
        self, action: Node, because: dict[str, str], where: Where, *, limited: bool = True
    ) -> Waiting | None:
        """How a postpone waits. `limited`: what has no end of its own must say one."""
        limit = _Limit(self, action.maybe_node(1), because)
        if limited and limit.at_most is None and self._endless(action):
            self.desk.report(Code.LIMIT_MISSING, action)
        match action.kind:
            case "postpone_for":
                span = literals.window(self.desk, action.node(0))
                return Waiting(limit.fixed(span=span)) if span else None
            case "postpone_while":
                condition = self.condition(action.node(0), where)
                return Waiting(limit.holding(), while_=condition) if condition else None
            case "postpone_until":
                return self._until(action.node(0), limit, where)
            case _:
                return None

    def _endless(self, action: Node) -> bool:
        """Whether nothing but a limit ends this wait for certain."""
        if action.kind == "postpone_until":
            return action.node(0).kind in ("closing", "happening")
        return action.kind in ("postpone", "postpone_while")

    def _until(self, until: Node, limit: "_Limit", where: Where) -> Waiting | None:
        if until.kind == "next_working_day":
            return self._next_working_day(until, limit)
        if until.kind == "happening":
            name = self._event_type(until.word())
            return Waiting(limit.holding(until_event=name)) if name else None
        if until.kind == "time":
            minutes = literals.minutes(self.desk, until.word())
            return None if minutes is None else Waiting(limit.fixed(until_time=minutes))
        if until.kind == "closing":
            kind = self._situation(until.word())
            return Waiting(limit.holding(), closing=kind) if kind else None
        value = self.value(until, where)
        if value is None:
            return None
        if value.type.kind is Kind.DATE:
            value = DayStart(value)
        if value.type.kind is not Kind.INSTANT:
            self.desk.report(Code.TYPE_MISMATCH, until, found=value.type, wanted="date and time")
            return None
        return Waiting(limit.fixed(), until=value)

    def _next_working_day(self, until: Node, limit: "_Limit") -> Waiting | None:
        minutes = literals.minutes(self.desk, until.word())
        calendar = literals.calendar_for(self.desk, Unit.WORKING_DAY, until.maybe_word(1), until)
        if minutes is None or calendar is None:
            return None
        return Waiting(limit.fixed(until_time=minutes, working=calendar))

    def _event_type(self, word: Word) -> str | None:
        if self.symbols.events.find(word.text) is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.events, what="an event")
            return None
        return self.symbols.events.spelled(word.text)

    def _situation(self, word: Word) -> str | None:
        info = self.symbols.situations.find(word.text)
        if info is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.situations, what="a situation")
        return info.kind if info else None


class _Limit:
    """`at most 60 days, otherwise block` of a postpone."""

    def __init__(self, waits: Waits, node: Node | None, because: dict[str, str]) -> None:
        self.because = because
        self.times: int | None = None
        self.at_most: Span | None = None
        self.otherwise: Block | Deliver | GroupInto | None = None
        if node is None:
            return
        bound, otherwise = node.node(0), node.node(1)
        if bound.kind == "times":
            self.times = literals.whole(waits.desk, bound.word(), 1, 1000)
        else:
            self.at_most = literals.window(waits.desk, bound) or Span(1, Unit.DAY)
        self.otherwise = otherwise_of(waits, otherwise, because)
        if self.otherwise is None and otherwise.kind == "postpone":
            waits.desk.report(Code.LIMIT_MEANINGLESS, otherwise)

    def fixed(self, **fields: object) -> Postpone:
        made = Postpone(
            PostponeKind.FIXED,
            times=self.times or 1,
            at_most=self.at_most,
            otherwise=self.otherwise,
            because=self.because,
        )
        return msgspec.structs.replace(made, **fields)

    def holding(self, until_event: str | None = None) -> Postpone:
        return Postpone(
            PostponeKind.WHILE,
            at_most=self.at_most,
            otherwise=self.otherwise,
            because=self.because,
            until_event=until_event,
        )


def otherwise_of(waits: Waits, node: Node, because: dict[str, str]) -> Block | Deliver | GroupInto | None:
    """What applies once a limit is reached; None for `postpone`, which a limit of waiting cannot say."""
    if node.kind == "block":
        return Block(because)
    if node.kind == "deliver":
        return Deliver(waits.channels(node.maybe_node(0)), because)
    if node.kind == "group_into":
        group = waits.group(node.word())
        return GroupInto(group, because) if group else None
    return None
