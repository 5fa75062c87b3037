"""Which messages a listing holds: the one input of every listing of messages."""

import strawberry

from schema.enums import MessageState
from schema.scalars import DateTime, instant_given
from store.port import MessageFilter


@strawberry.input(name="MessageFilter", description="All given conditions must hold.")
class MessageFilterInput:
    customer_id: strawberry.ID | None = None
    topic: str | None = None
    category: str | None = None
    states: list[MessageState] | None = None
    rule: str | None = strawberry.field(default=None, description="The rule behind the state.")
    reason: str | None = strawberry.field(default=None, description="The short code behind the state.")
    since: DateTime | None = strawberry.field(default=None, description="Received at or after.")
    before: DateTime | None = strawberry.field(default=None, description="Received before.")


def filter_of(given: MessageFilterInput | None) -> MessageFilter:
    """The store's filter. Raises InputError for an instant that can't be read."""
    if given is None:
        return MessageFilter()
    return MessageFilter(
        customer_id=given.customer_id,
        topic=given.topic,
        category=given.category,
        states=None if given.states is None else tuple(given.states),
        rule=given.rule,
        reason=given.reason,
        since=instant_given(given.since, "where", "since"),
        before=instant_given(given.before, "where", "before"),
    )


def conditions_of(where: MessageFilter) -> list[object]:
    """The filter as plain data, so that a cursor can name the listing it belongs to."""
    states = None if where.states is None else [str(state) for state in where.states]
    return [
        where.customer_id,
        where.topic,
        where.category,
        states,
        where.rule,
        where.reason,
        where.since,
        where.before,
    ]
