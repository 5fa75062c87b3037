"""Lists: `any`, `no` and `every`, and what is made of many: the number, a sum, an average, the latest.

None stands inside another, and every list has a bound, so that what a rule may cost is known when it is saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from artifact.limits import Limits
from artifact.span import Span
from dsl.check import literals
from dsl.check.paths import URGENCY
from dsl.check.said import items_said
from dsl.check.symbols import Fields, ListInfo, SituationInfo, Symbols
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.syntax import Node, Word
from dsl.typed import Aggregate, Condition, Items, Measure, Quantified, Quantifier, Read, Source
from dsl.types import CHANNEL, NUMBER, TEXT, WHOLE, Kind, Type

if TYPE_CHECKING:
    from dsl.check.conditions import Conditions

_QUANTIFIERS = {"any": Quantifier.ANY, "none": Quantifier.NO, "every": Quantifier.EVERY}
_MEASURES = {
    "count": Measure.COUNT,
    "sum_of": Measure.SUM,
    "average_of": Measure.AVERAGE,
    "latest": Measure.LATEST,
}
_SINGULAR = {"interaction": "interactions", "message": "messages", "contact": "contacts"}
"""`any contact` is one of `contacts`."""
_KEPT = ("messages", "contacts", "interactions")
_TOTALS = (Measure.COUNT, Measure.SUM)
"""What counts the event at hand in. An average, the latest, any and no are what it is compared with."""
_ADDABLE = (Kind.WHOLE, Kind.NUMBER, Kind.MONEY)


def quantified(checker: Conditions, node: Node, where: Where) -> Condition | None:
    """`any policy with (...)`."""
    found = _items(checker, node, node.node(), where)
    if found is None:
        return None
    items, tested = found
    bare = Items(items.source, items.name, items.shown, items.most, items.span)
    return Quantified(_QUANTIFIERS[node.kind], bare, tested)


def aggregate(checker: Conditions, node: Node, where: Where) -> Aggregate | None:
    """`sum of premium of policies with (...)`."""
    measure = _MEASURES[node.kind]
    listed = node.nodes()[-1]
    info = _info(checker, listed.word(), where)
    if info is None:
        return None
    found = _items(checker, node, listed, where)
    field = None if measure is Measure.COUNT else _field(checker, node.word(), info, where, measure)
    if found is None or (field is None and measure is not Measure.COUNT):
        return None
    items, _ = found
    if items.source is Source.EVENTS and measure in _TOTALS:
        items = replace(items, itself=True)
    shown = f"{measure} of {f'{field.shown} of ' if field else ''}{items.shown}"
    return Aggregate(measure, items, field, shown, _type(measure, field))


def _type(measure: Measure, field: Read | None) -> Type:
    if field is None:
        return WHOLE
    if measure is Measure.LATEST:
        return field.type
    return NUMBER if measure is Measure.AVERAGE and field.type.kind is Kind.WHOLE else Type(field.type.kind)


def _field(checker: Conditions, word: Word, info: ListInfo, where: Where, measure: Measure) -> Read | None:
    field = checker.paths.item(word, info)
    if field is None:
        return None
    if measure is not Measure.LATEST and field.type.kind not in _ADDABLE:
        checker.desk.report(Code.TYPE_MISMATCH, word, found=field.type, wanted="number")
        return None
    return field


def _items(
    checker: Conditions, node: Node, listed: Node, where: Where
) -> tuple[Items, Condition | None] | None:
    """Those that are meant, and what must hold of them by itself."""
    desk = checker.desk
    if where.item is not None:
        desk.report(Code.QUANTIFIER_NESTED, node)
        return None
    info = _info(checker, listed.word(), where)
    if info is None:
        return None
    window, inner = listed.maybe_node(1), listed.maybe_node(2)
    span = None if window is None else _span(checker, window, info)
    condition = None if inner is None else checker.condition(inner, where._replace(item=info))
    if (window is not None and span is None) or (inner is not None and condition is None):
        return None
    shown = items_said(info.name, span, condition, desk.currency)
    return Items(info.source, info.name, shown, info.most, span, condition), condition


def _span(checker: Conditions, window: Node, info: ListInfo) -> Span | None:
    span = literals.span(checker.desk, window)
    if span is None:
        return None
    if not info.dated:
        checker.desk.report(Code.LIST_UNDATED, window, text=info.name)
        return None
    if not span.amount:
        checker.desk.report(Code.WINDOW_EMPTY, window)
        return None
    return span


def _info(checker: Conditions, word: Word, where: Where) -> ListInfo | None:
    """The list of that name: situations of a kind, a list of the vocabulary, what is kept by itself."""
    desk, symbols = checker.desk, checker.symbols
    situation = symbols.situations.find(word.text)
    if situation is not None:
        return _of_situations(situation, desk.limits)
    found = symbols.lists.find(word.text)
    if found is not None:
        return found
    name = desk.tongue.builtin(word.text)
    name = _SINGULAR.get(name, name)
    if name == "interactions":
        return _interactions(desk.limits)
    if name in ("messages", "contacts"):
        return _said(checker, name, word, where)
    fields = symbols.events.find(word.text)
    if fields is not None:
        name = symbols.events.spelled(word.text)
        return ListInfo(Source.EVENTS, name, name, fields, desk.limits.counted_events)
    known = [*symbols.situations, *symbols.lists, *symbols.events, *map(desk.tongue.name_of, _KEPT)]
    desk.unknown(Code.NAME_UNKNOWN, word, word.text, known)
    return None


def _of_situations(info: SituationInfo, limits: Limits) -> ListInfo:
    most = limits.open_situations + limits.closed_situations
    return ListInfo(Source.SITUATIONS, info.kind, info.kind, info.fields, most, situation=info)


def _said(checker: Conditions, name: str, word: Word, where: Where) -> ListInfo | None:
    if not where.message:
        checker.desk.report(Code.NOT_READABLE_HERE, word, text=word.text, what="a message")
        return None
    return said_info(name, checker.symbols, checker.desk.limits)


def said_info(name: str, symbols: Symbols, limits: Limits) -> ListInfo:
    """The list of all messages asked for, or of all contacts made."""
    fields: Fields = Names()
    fields.add("topic", Type(Kind.ONE_OF, tuple(symbols.topics)))
    fields.add("category", Type(Kind.ONE_OF, tuple(symbols.categories)))
    if name == "messages":
        fields.add("urgency", URGENCY)
        return ListInfo(Source.MESSAGES, name, "message", fields, limits.requests)
    fields.add("channel", CHANNEL)
    return ListInfo(Source.CONTACTS, name, "contact", fields, limits.contacts)


def _interactions(limits: Limits) -> ListInfo:
    fields: Fields = Names()
    fields.add("channel", CHANNEL)
    fields.add("agent", TEXT)
    return ListInfo(Source.INTERACTIONS, "interactions", "interaction", fields, limits.interactions)
