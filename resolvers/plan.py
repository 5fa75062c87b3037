"""The quick way through a selection in which nothing waits and nothing goes wrong.

graphql-core asks the same questions of every field of every object. A plan answers them once for a selection: which
attribute or method gives each field, and how its value is written. It is used by every object that has the selection,
in every run of the document. Refuses (NotPlain) whatever is not plain: fields that wait, interfaces, values that
the contract does not allow. Then, and when a resolver raises, graphql-core does the same object again and words what
there is to say: what lies below a root field only reads, so that doing it twice changes nothing.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    GraphQLUnionType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from resolvers.call import Call, arguments_of

Grouped = Mapping[str, list[FieldDetails]]
Write = Callable[[Any, Call], Any]
"""A value, as it is answered."""

Give = Callable[[Any, Call], Any]
"""What a field of an object is answered with."""


class NotPlain(Exception):
    """A value or a field that a plan leaves to graphql-core."""


class Plans:
    """The plans of one document. `None` for selections that have none."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], Write | None] = {}

    def of(self, run: "PlannedRun", parent: GraphQLObjectType, grouped: Grouped) -> Write | None:
        """The plan of a selection on a type."""
        nodes = (id(one.node) for details in grouped.values() for one in details)
        key = (parent.name, *nodes)
        if key not in self.known:
            try:
                self.known[key] = _selection(run, parent, grouped)
            except NotPlain:
                self.known[key] = None
        return self.known[key]


class PlannedRun(Executor[Any]):
    """A run of graphql-core's that goes by plans where there are any."""

    config: StrawberryConfig
    scalars: Mapping[object, Any]
    plans: Plans
    call: Call
    _chosen: dict[int, tuple[Grouped, Write | None]]
    _gone_wrong: bool

    def plan_with(self, plans: Plans) -> None:
        """Go by these plans; without this call there are none."""
        self.plans, self.call = plans, Call(self.context_value, self.variable_values)
        self._chosen, self._gone_wrong = {}, False

    def build_per_event_executor(self, payload: Any) -> "PlannedRun":
        """Each event begins with nothing kept of the one before: graphql-core would keep all of them for ever."""
        run = cast(PlannedRun, super().build_per_event_executor(payload))
        run._relevant_sub_fields = {}
        run._chosen, run._gone_wrong = {}, False
        return run

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        context: Any,
    ) -> Any:
        """By plan, else and for whatever went wrong by graphql-core."""
        plan = None if self._gone_wrong else self._plan(parent_type, grouped_field_set)
        if plan is not None:
            try:
                return plan(source_value, self.call)
            except Exception:
                # graphql-core says what it was, and where; all else is then its business too, so that what lies
                # deep is not begun anew at every level.
                self._gone_wrong = True
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, context)

    def _plan(self, parent: GraphQLObjectType, grouped: Grouped) -> Write | None:
        chosen = self._chosen.get(id(grouped))
        if chosen is None:
            # Kept together with its plan, so that its id is not given to another.
            chosen = self._chosen[id(grouped)] = (grouped, self.plans.of(self, parent, grouped))
        return chosen[1]


def _selection(run: PlannedRun, parent: GraphQLObjectType, grouped: Grouped) -> Write:
    fields = [(key, _field(run, parent, details)) for key, details in grouped.items()]

    def write(source: Any, call: Call) -> dict[str, Any]:
        return {key: give(source, call) for key, give in fields}

    return write


def _field(run: PlannedRun, parent: GraphQLObjectType, details: list[FieldDetails]) -> Give:
    name = details[0].node.name.value
    if any(one.fragment_variable_values for one in details):
        raise NotPlain
    if name == "__typename":
        return lambda source, call: parent.name
    field = parent.fields.get(name)
    made = field.extensions.get("strawberry-definition") if field else None
    if field is None or not isinstance(made, StrawberryField) or made.is_subscription or made.extensions:
        raise NotPlain
    write = written(run, field.type, details)
    if made.base_resolver is None:
        return _attribute(made.python_name, get_nullable_type(field.type) in _TEXTS, write)
    return _resolved(run, field, made, details[0], write)


_TEXTS = (GraphQLString, GraphQLID)
"""Types whose values, where they are texts, are answered as they are: most of what is asked."""


def _attribute(name: str, text: bool, write: Write) -> Give:
    read = attrgetter(name)
    if not text:
        return lambda source, call: write(read(source), call)

    def give(source: Any, call: Call) -> Any:
        value = read(source)
        return value if type(value) is str else write(value, call)

    return give


def _resolved(
    run: PlannedRun, field: GraphQLField, made: StrawberryField, details: FieldDetails, write: Write
) -> Give:
    """A field that a method of its object answers."""
    resolver = made.base_resolver
    assert resolver is not None
    if made.is_async or not resolver.self_parameter or resolver.root_parameter or resolver.parent_parameter:
        raise NotPlain
    ask = cast(Callable[..., Any], resolver.wrapped_func)
    informed = resolver.info_parameter is not None
    read = arguments_of(run, field, made, details)
    if not details.node.arguments and not read(Call(None, VariableValues({}, {}))):
        if informed:
            return lambda source, call: write(ask(source, info=call.here), call)
        return lambda source, call: write(ask(source), call)

    def give(source: Any, call: Call) -> Any:
        arguments = call.arguments(details.node, read)
        found = ask(source, info=call.here, **arguments) if informed else ask(source, **arguments)
        return write(found, call)

    return give


def written(run: PlannedRun, type_: GraphQLOutputType, details: list[FieldDetails]) -> Write:
    """How a value of this type is written."""
    if isinstance(type_, GraphQLNonNull):
        return _of_type(run, type_.of_type, details)
    write = _of_type(run, type_, details)
    return lambda value, call: None if value is None else write(value, call)


def _of_type(run: PlannedRun, type_: GraphQLOutputType, details: list[FieldDetails]) -> Write:
    if isinstance(type_, GraphQLList):
        item = written(run, type_.of_type, details)
        return lambda value, call: [item(one, call) for one in _listed(value)]
    if is_leaf_type(type_):
        return _leaf(type_)
    if isinstance(type_, GraphQLUnionType):
        return _union(run, type_, details)
    if not isinstance(type_, GraphQLObjectType) or type_.is_type_of is not None:
        raise NotPlain
    return _object(run, type_, details)


def _union(run: PlannedRun, type_: GraphQLUnionType, details: list[FieldDetails]) -> Write:
    """Each of its types has a class of its own, and so a plan."""
    selects = {}
    for one in type_.types:
        made = one.extensions.get("strawberry-definition")
        if not isinstance(made, StrawberryObjectDefinition) or one.is_type_of is not None:
            raise NotPlain
        selects[made.origin] = _object(run, one, details)

    def write(value: Any, call: Call) -> Any:
        select = selects.get(type(value))
        if select is None:
            raise NotPlain
        return select(value, call)

    return write


def _listed(value: Any) -> Any:
    if type(value) is not list and type(value) is not tuple:
        raise NotPlain
    return value


def _object(run: PlannedRun, type_: GraphQLObjectType, details: list[FieldDetails]) -> Write:
    select = _selection(run, type_, run.collect_subfields(type_, details).grouped_field_set)

    def write(value: Any, call: Call) -> Any:
        if value is None:
            raise NotPlain
        return select(value, call)

    return write


def _leaf(type_: GraphQLLeafType) -> Write:
    if isinstance(type_, GraphQLEnumType):
        return _enum(type_)
    coerce = type_.coerce_output_value
    texts = type_ in _TEXTS

    def write(value: Any, call: Call) -> Any:
        if texts and type(value) is str:
            return value
        written = None if value is None else coerce(value)
        if written is None:
            raise NotPlain
        return written

    return write


def _enum(type_: GraphQLEnumType) -> Write:
    """Each member's name is asked for once."""
    names: dict[Any, Any] = {}

    def write(value: Any, call: Call) -> Any:
        name = names.get(value)
        if name is None:
            if value is None:
                raise NotPlain
            name = names[value] = type_.coerce_output_value(value)
        return name

    return write
