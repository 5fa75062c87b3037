"""What a condition reads that nobody may have told us, so that a rule which holds or blocks must say what then."""

from dsl.typed import (
    Aggregate,
    And,
    Arithmetic,
    Compare,
    Condition,
    Contains,
    DayStart,
    Decided,
    Expression,
    IsKnown,
    Items,
    Measure,
    Not,
    OneOf,
    Or,
    Parameter,
    Quantified,
    Read,
    Scope,
    Source,
    Truth,
    Within,
)


def may_be_unknown(condition: Condition, guarded: frozenset[Expression] = frozenset()) -> str | None:
    """The first thing because of which this condition may be unknown, by the author's name."""
    match condition:
        case And(parts):
            sure = guarded | {part.value for part in parts if isinstance(part, IsKnown)}
            return next((name for part in parts if (name := may_be_unknown(part, sure))), None)
        case Or(parts):
            return next((name for part in parts if (name := may_be_unknown(part, guarded))), None)
        case Not(part):
            return may_be_unknown(part, guarded)
        case Quantified(_, items, tested):
            return _may_be_untold(items) or (may_be_unknown(tested, guarded) if tested else None)
        case Compare(_, left, right):
            return _unsure(left, guarded) or _unsure(right, guarded)
        case Contains(left, right):
            return _unsure(left, guarded) or _unsure(right, guarded)
        case Within():
            return None if condition.absent_is_no else _unsure(condition.moment, guarded)
        case OneOf(value) | Truth(value):
            return _unsure(value, guarded)
        case _:
            return None


_SURE = {
    Scope.CUSTOMER: ("kind",),
    Scope.MESSAGE: ("topic", "category", "urgency", "at", "source"),
    Scope.ITEM: ("state", "opened", "reference"),
    Scope.EVENT_AT: ("at",),
    Scope.ROW_AT: ("at",),
    Scope.SAID: ("topic", "category", "channel", "urgency"),
}


def _may_be_untold(items: Items) -> str | None:
    return items.name if items.source is Source.FACT else None


def _unsure_of_many(value: Aggregate, guarded: frozenset[Expression]) -> str | None:
    """Of nothing there is no average and no latest; one unknown member makes all of it unknown."""
    if value.measure in (Measure.AVERAGE, Measure.LATEST):
        return value.shown
    inner = may_be_unknown(value.items.condition, guarded) if value.items.condition else None
    field = _unsure(value.field, guarded) if value.field else None
    return _may_be_untold(value.items) or inner or field


def _unsure(value: Expression, guarded: frozenset[Expression]) -> str | None:
    match value:
        case Read(Scope.SCORE):
            return None
        case Read(scope, _, field, shown):
            return None if value in guarded or field in _SURE.get(scope, ()) else shown
        case Aggregate():
            return None if value in guarded else _unsure_of_many(value, guarded)
        case Parameter(shown, rows):
            return shown if rows[0].first is not None and value not in guarded else None
        case Arithmetic(_, left, right):
            return _unsure(left, guarded) or _unsure(right, guarded)
        case DayStart(day):
            return _unsure(day, guarded)
        case Decided(condition):
            return may_be_unknown(condition, guarded)
        case _:
            return None
