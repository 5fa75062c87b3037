"""A typed condition as a short text, for the name of what is counted: the same in every tongue of an author."""

from artifact.span import Span
from dsl.typed import (
    Aggregate,
    And,
    Arithmetic,
    Clock,
    Compare,
    Condition,
    Contains,
    DayStart,
    Expression,
    IsKnown,
    Items,
    Literal,
    Not,
    OneOf,
    Or,
    Parameter,
    Read,
    Truth,
    Within,
)
from dsl.types import Kind, Type
from dsl.values import to_json


def items_said(name: str, span: Span | None, condition: Condition | None, currency: str) -> str:
    """`contacts in the last 24 hours with (topic = survey)`."""
    window = f" in the last {span_said(span)}" if span is not None else ""
    those = f" with ({said(condition, currency)})" if condition is not None else ""
    return f"{name}{window}{those}"


def span_said(span: Span) -> str:
    """`3 days`."""
    return f"{span.amount} {span.unit}{'' if span.amount == 1 else 's'}"


def said(tree: Condition | Expression, currency: str) -> str:
    """What is asked, in signs and names."""
    match tree:
        case And(parts) | Or(parts):
            return (" and " if isinstance(tree, And) else " or ").join(said(part, currency) for part in parts)
        case Not(part):
            return f"not ({said(part, currency)})"
        case Compare(relation, left, right):
            return f"{said(left, currency)} {relation} {said(right, currency)}"
        case Arithmetic(operator, left, right):
            return f"{said(left, currency)} {operator} {said(right, currency)}"
        case OneOf(value, values):
            known = ", ".join(_value(one, value.type, currency) for one in values)
            return f"{said(value, currency)} one of ({known})"
        case Contains(value, part):
            return f"{said(value, currency)} contains {said(part, currency)}"
        case IsKnown(value):
            return f"{said(value, currency)} known"
        case Within(form, moment, span):
            ends = f" {span_said(span)}" if span is not None else ""
            return f"{said(moment, currency)} {form.lower().replace('_', ' ')}{ends}"
        case Truth(value) | DayStart(value):
            return said(value, currency)
        case Literal(value, of):
            return _value(value, of, currency)
        case Read() | Parameter() | Aggregate() | Items():
            return tree.shown
        case Clock(of):
            return "now" if of.kind is Kind.INSTANT else "today"
        case _:
            return "..."


def _value(value: object, of: Type, currency: str) -> str:
    return str(to_json(value, of, currency))
