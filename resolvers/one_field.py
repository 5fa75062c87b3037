"""The quick way through an operation that asks for one field, as nearly all do: no run of graphql-core's is built.

The field's resolver is called once and what it gave is written by plan. Where that can't be done, graphql-core does
the operation, and finds at the root what the resolver gave or raised: what a mutation did is not done again. Refuses
(None) operations of several fields, and selections that have no plan.
"""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any, cast

import msgspec
from graphql import GraphQLObjectType, GraphQLResolveInfo
from graphql.execution import MiddlewareManager
from graphql.execution.collect_fields import FieldDetails, collect_fields
from strawberry.types.field import StrawberryField

from resolvers.call import Call, Read, arguments_of
from resolvers.plan import NotPlain, PlannedRun, Write, written


class Outcome(msgspec.Struct, frozen=True):
    """What the resolver at the root gave, or raised."""

    value: Any = None
    error: Exception | None = None

    def at_the_root(self) -> MiddlewareManager:
        """Has a run of graphql-core's find it, instead of asking again."""

        def resolve(
            ask: Callable[..., Any], source: Any, info: GraphQLResolveInfo[Any], **arguments: Any
        ) -> Any:
            if info.path.prev is not None:
                return ask(source, info, **arguments)
            if self.error is not None:
                raise self.error
            return self.value

        return MiddlewareManager(resolve)


class OneField(msgspec.Struct, frozen=True):
    """The only field of an operation: how it is asked, and how its value, or a subscription's event, is written."""

    key: str
    ask: Callable[[Call, dict[str, Any]], Any]
    arguments: Read
    write: Write

    async def outcome(self, call: Call) -> Outcome | None:
        """Ask. None: its arguments don't fit, and nothing was asked."""
        try:
            arguments = self.arguments(call)
        except Exception:
            return None
        try:
            found = self.ask(call, arguments)
            return Outcome(await found if isawaitable(found) else found)
        except Exception as error:
            return Outcome(error=error)

    def data(self, value: Any, call: Call) -> dict[str, Any] | None:
        """The whole answer. None: graphql-core has to say what is wrong with it."""
        try:
            return {self.key: self.write(value, call)}
        except Exception:
            return None


def one_field_of(run: PlannedRun) -> OneField | None:
    """The plan of an operation whose selections no variable decides."""
    root = run.schema.get_root_type(run.operation.operation)
    assert root is not None
    grouped = collect_fields(
        run.schema, run.fragments, run.variable_values, root, run.operation
    ).grouped_field_set
    if len(grouped) != 1:
        return None
    [(key, details)] = grouped.items()
    try:
        return _planned(run, root, key, details)
    except NotPlain:
        return None


def _planned(run: PlannedRun, root: GraphQLObjectType, key: str, details: list[FieldDetails]) -> OneField:
    field = root.fields.get(details[0].node.name.value)
    made = field.extensions.get("strawberry-definition") if field else None
    if field is None or not isinstance(made, StrawberryField) or made.extensions:
        raise NotPlain
    read = arguments_of(run, field, made, details[0])
    return OneField(key, _asking(made), read, written(run, field.type, details))


def _asking(made: StrawberryField) -> Callable[[Call, dict[str, Any]], Any]:
    """How the resolver of a root field is called; what it stands on is nothing."""
    resolver = made.base_resolver
    if (
        resolver is None
        or resolver.root_parameter
        or resolver.parent_parameter
        or not resolver.info_parameter
    ):
        raise NotPlain
    resolve = cast(Callable[..., Any], resolver.wrapped_func)
    if resolver.self_parameter:
        return lambda call, arguments: resolve(None, info=call.here, **arguments)
    return lambda call, arguments: resolve(info=call.here, **arguments)
