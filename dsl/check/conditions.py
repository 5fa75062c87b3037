"""Conditions: who is compared with what, and whether that has a meaning."""

from dsl.check import lists, literals
from dsl.check.expressions import Expressions, is_condition
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.reading import COMMITMENT_STATES
from dsl.syntax import Node, Place, misread
from dsl.typed import (
    And,
    Arithmetic,
    Clock,
    CommitmentIs,
    Compare,
    Condition,
    Contains,
    DayStart,
    Decided,
    Expression,
    Form,
    IsKnown,
    Literal,
    Not,
    OneOf,
    Or,
    Read,
    Relation,
    Scope,
    SituationIs,
    SituationKnown,
    Truth,
    Visiting,
    Within,
)
from dsl.types import CHANNEL, ORDERED, TIMES, Kind, Type, family

_BOUNDS = {"ge": Relation.GE, "le": Relation.LE, "gt": Relation.GT, "lt": Relation.LT}
_TURNED = {
    Relation.GE: Relation.LE,
    Relation.LE: Relation.GE,
    Relation.GT: Relation.LT,
    Relation.LT: Relation.GT,
    Relation.EQ: Relation.EQ,
    Relation.NE: Relation.NE,
}
_CLOCK_FORMS = {
    Relation.LE: (Form.REACHED, False),
    Relation.LT: (Form.PASSED, False),
    Relation.GT: (Form.REACHED, True),
    Relation.GE: (Form.PASSED, True),
    Relation.EQ: (Form.IS_NOW, False),
    Relation.NE: (Form.IS_NOW, True),
}
_WINDOWS = {"in_last": Form.IN_LAST, "in_next": Form.IN_NEXT, "older": Form.OLDER}
_LENGTHS = {"in_last": literals.window, "in_next": literals.span, "older": literals.wait}
"""What `in the next` looks ahead is counted backwards from the moment, which working days are not."""


class Conditions(Expressions):
    """Types conditions."""

    def condition(self, node: Place | None, where: Where) -> Condition | None:
        """The condition at a place; None if it was reported."""
        if not isinstance(node, Node):
            raise misread(node)
        match node.kind:
            case "and_" | "or_":
                return self._joined(node, where)
            case "not_":
                part = self.condition(node.node(), where)
                return None if part is None else Not(part)
            case "group":
                return self.condition(node.node(), where)
            case "is_" | "is_not":
                found = self._is(node, where)
                return Not(found) if found is not None and node.kind == "is_not" else found
            case "one_of" | "not_one_of":
                found = self._one_of(node, where)
                return Not(found) if found is not None and node.kind == "not_one_of" else found
            case "known" | "unknown":
                found = self._known(node, where)
                return Not(found) if found is not None and node.kind == "unknown" else found
            case "bound_":
                bound = node.node(1)
                return self._compared(_BOUNDS[bound.kind], node.parts[0], bound.parts[0], node, where)
            case "between":
                low = self._compared(Relation.GE, node.parts[0], node.parts[1], node, where)
                high = self._compared(Relation.LE, node.parts[0], node.parts[2], node, where)
                return None if low is None or high is None else And((low, high))
            case "in_last" | "in_next" | "older":
                return self._window(node, where)
            case "contains":
                return self._contains(node, where)
            case "any" | "none" | "every":
                return lists.quantified(self, node, where)
            case _:
                return self._truth(node, where)

    def parts(self, node: Place | None, where: Where) -> tuple[Condition, ...] | None:
        """The conditions that a `when` joins with `and`, each by itself, so that one can be named as the first to fail."""
        if not isinstance(node, Node):
            raise misread(node)
        nodes = conjuncts(node)
        found = [self.condition(part, where) for part in nodes]
        return None if None in found else tuple(one for one in found if one is not None)

    def _joined(self, node: Node, where: Where) -> Condition | None:
        found = [self.condition(part, where) for part in node.parts]
        if None in found:
            return None
        parts = tuple(one for one in found if one is not None)
        return And(parts) if node.kind == "and_" else Or(parts)

    def _truth(self, node: Node, where: Where) -> Condition | None:
        if node.kind == "path" and self.paths.subject(node.word().text):
            name = node.word().text
            self.desk.report(Code.CONDITION_EXPECTED, node, text=name, try_=name)
            return None
        value = self.value(node, where)
        if value is None:
            return None
        if isinstance(value, Decided):
            return value.condition
        if value.type.kind is not Kind.YES_NO:
            self.desk.report(Code.CONDITION_EXPECTED, node, found=value.type)
            return None
        return Truth(value)

    def _is(self, node: Node, where: Where) -> Condition | None:
        left, right = node.parts
        if isinstance(left, Node) and left.kind == "path":
            subject = self._subject_is(left.word().text, right, node, where)
            if not isinstance(subject, bool):
                return subject
        return self._compared(Relation.EQ, left, right, node, where)

    def _subject_is(
        self, name: str, right: Place | None, node: Node, where: Where
    ) -> "Condition | bool | None":
        """`claim is open`, `adjuster_call is broken`, `visiting is web`; False if the name is none of these."""
        info = self.paths.subject(name)
        commitment = self.paths.commitment(name)
        visits = self.desk.tongue.builtin(name) == "visiting" and self.paths.definition(name) is None
        if not (info or commitment or visits) or (where.item is not None and where.item.fields.find(name)):
            return False
        if not isinstance(right, Node) or right.kind != "path":
            self.desk.report(Code.VALUE_EXPECTED, right or node)
            return None
        if info is not None:
            states = Type(Kind.ONE_OF, tuple(info.states))
            state = self.named(right.word(), states)
            return SituationIs(info.kind, state.value) if state else None
        if commitment is not None:
            state = self.named(right.word(), Type(Kind.ONE_OF, tuple(COMMITMENT_STATES)))
            return CommitmentIs(commitment, state.value) if state else None
        channel = self.named(right.word(), CHANNEL)
        return Visiting(channel.value) if channel else None

    def _known(self, node: Node, where: Where) -> Condition | None:
        left = node.node()
        if left.kind == "path":
            name = left.word().text
            info = self.paths.subject(name)
            if info is not None:
                return SituationKnown(info.kind)
            if self.desk.tongue.builtin(name) == "visiting" and self.paths.definition(name) is None:
                return Visiting(None)
        value = self.value(left, where)
        return None if value is None else IsKnown(value)

    def _one_of(self, node: Node, where: Where) -> Condition | None:
        left, values = node.node(0), node.node(1)
        if left.kind == "path":
            name = left.word().text
            if self.paths.subject(name) or self.paths.commitment(name):
                found = [self._subject_is(name, part, node, where) for part in values.parts]
                parts = tuple(one for one in found if one is not None and not isinstance(one, bool))
                return Or(parts) if len(parts) == len(found) else None
        value = self.value(left, where)
        if value is None:
            return None
        literal = [self._listed(part, value.type, where) for part in values.parts]
        return OneOf(value, tuple(one.value for one in literal if one)) if None not in literal else None

    def _listed(self, part: Place | None, of: Type, where: Where) -> Literal | None:
        found = self.value(part, where, of)
        if found is None or not isinstance(part, Node):
            return None
        if not isinstance(found, Literal):
            self.desk.report(Code.VALUE_EXPECTED, part)
            return None
        fitting = self.fitting(found, of, part) if self._same(of, found.type, part) else None
        return fitting if isinstance(fitting, Literal) else None

    def _same(self, left: Type, right: Type, place: Place) -> bool:
        if family(left.kind) is family(right.kind) or {left.kind, right.kind} == {Kind.ONE_OF, Kind.TEXT}:
            return True
        self.desk.report(Code.TYPE_MISMATCH, place, found=right, wanted=left, near=self._priced(left, place))
        return False

    def _priced(self, of: Type, place: Place) -> str:
        """A bare number where an amount is wanted, with the currency that was surely meant."""
        bare = of.kind is Kind.MONEY and isinstance(place, Node) and place.kind == "number"
        return f"{place.word().text} {self.desk.currency}" if bare and isinstance(place, Node) else ""

    def _compared(
        self, relation: Relation, left: Place | None, right: Place | None, node: Node, where: Where
    ) -> Condition | None:
        a = self.value(left, where)
        if a is None and isinstance(right, Node) and right.kind == "path":
            return None  # a bare name means nothing without the type of the other side
        b = self.value(right, where, a.type if a else None)
        if a is None or b is None or not isinstance(right, Node):
            return None
        if isinstance(a, Clock) or isinstance(b, Clock):
            return self._against_clock(relation, a, b, node)
        if {a.type.kind, b.type.kind} == TIMES:
            a, b = literals.as_instant(a), literals.as_instant(b)
        if not self._same(a.type, b.type, right):
            return None
        if relation not in (Relation.EQ, Relation.NE) and a.type.kind not in ORDERED:
            self.desk.report(Code.ORDER_MEANINGLESS, node, found=a.type)
            return None
        if self._in_range(b, a.type, right) is None:
            return None
        return Compare(relation, a, b)

    def _against_clock(
        self, relation: Relation, a: Expression, b: Expression, node: Node
    ) -> Condition | None:
        """`renewal.expires is less than today`: a window of instants in which it holds."""
        if isinstance(a, Clock):
            a, b, relation = b, a, _TURNED[relation]
        if isinstance(a, Clock) or (b.type.kind is Kind.DATE and a.type.kind is not Kind.DATE):
            self.desk.report(Code.TYPE_MISMATCH, node, found=b.type, wanted=a.type)
            return None
        if b.type.kind is Kind.INSTANT and a.type.kind is Kind.DATE:
            a = DayStart(a)
        if a.type.kind not in TIMES:
            self.desk.report(Code.TYPE_MISMATCH, node, found=b.type, wanted=a.type)
            return None
        form, denied = _CLOCK_FORMS[relation]
        found = Within(form, a)
        return Not(found) if denied else found

    def _window(self, node: Node, where: Where) -> Condition | None:
        value = self.value(node.parts[0], where)
        span = _LENGTHS[node.kind](self.desk, node.node(1))
        if value is None or span is None:
            return None
        if value.type.kind not in TIMES or isinstance(value, Clock):
            self.desk.report(Code.TYPE_MISMATCH, node.node(0), found=value.type, wanted="date and time")
            return None
        if value.type.kind is Kind.DATE and span.calendar is not None:
            value = literals.as_instant(value)
        if value.type.kind is Kind.DATE and span.unit in ("minute", "hour"):
            self.desk.report(Code.UNIT_TOO_FINE, node.node(1))
            return None
        return Within(_WINDOWS[node.kind], value, span, _may_be_absent(value))

    def _contains(self, node: Node, where: Where) -> Condition | None:
        value = self.value(node.parts[0], where)
        item = value.type.item if value is not None else None
        part = self.value(node.parts[1], where, item)
        if value is None or part is None:
            return None
        if item is not None:
            return Contains(value, part) if self._same(item, part.type, node.node(1)) else None
        for side, place in ((value, node.node(0)), (part, node.node(1))):
            if side.type.kind is not Kind.TEXT:
                self.desk.report(Code.TYPE_MISMATCH, place, found=side.type, wanted="text")
                return None
        return Contains(value, part)

    def aggregate(self, node: Node, where: Where) -> Expression | None:
        """What is made of a list."""
        return lists.aggregate(self, node, where)


def conjuncts(node: Node) -> list[Node]:
    """The parts of a condition that `and` joins, looking through parentheses."""
    while node.kind == "group" and is_condition(node.node()):
        node = node.node()
    return [part for one in node.nodes() for part in conjuncts(one)] if node.kind == "and_" else [node]


def _may_be_absent(value: Expression) -> bool:
    """Whether it is an opening or a closing, which may simply not have happened."""
    if isinstance(value, Arithmetic):
        return _may_be_absent(value.left)
    return (
        isinstance(value, Read)
        and value.scope in (Scope.SITUATION, Scope.ITEM)
        and value.field in ("opened", "closed")
    )
