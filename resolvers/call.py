"""The operation under way, as plans see it, and how the arguments of a field are read from it.

graphql-core puts arguments together from the document and the variables, and strawberry converts what comes out. Most
arguments are a variable's value and nothing else: those are handed on. Refuses to guess: what is not plainly that goes
through both, so there is one answer, and two ways to it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import FieldNode, GraphQLArgument, GraphQLField, Undefined, VariableNode
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField

if TYPE_CHECKING:
    from resolvers.plan import PlannedRun


class Here(msgspec.Struct, frozen=True):
    """What a resolver finds as `info`: the context. One that asks for more is left to graphql-core."""

    context: Any


class Call:
    """What plans ask of the operation under way: its context, its variables, and arguments once they were read."""

    __slots__ = ("_arguments", "here", "variables")

    def __init__(self, context: Any, variables: VariableValues) -> None:
        self.here = Here(context)
        self.variables = variables
        self._arguments: dict[int, dict[str, Any]] = {}

    def arguments(self, node: FieldNode, read: "Read") -> dict[str, Any]:
        """The arguments of a field, read once for all objects."""
        found = self._arguments.get(id(node))
        if found is None:
            found = self._arguments[id(node)] = read(self)
        return found


Read = Callable[[Call], dict[str, Any]]
"""The arguments of a field, by the names of its resolver."""


def arguments_of(
    run: "PlannedRun", field: GraphQLField, made: StrawberryField, details: FieldDetails
) -> Read:
    """How the arguments of a field are read."""
    config, scalars, hide = run.config, run.scalars, run.hide_suggestions
    as_they_are = _as_they_are(run, field, made, details)

    def read(call: Call) -> dict[str, Any]:
        if as_they_are is not None:
            found = {name: call.variables.coerced.get(variable) for name, variable in as_they_are.items()}
            if None not in found.values():
                return found
        values = get_argument_values(
            field, details.node, call.variables, details.fragment_variable_values, hide
        )
        return convert_arguments(values, made.arguments, scalars, config)

    return read


def _as_they_are(
    run: "PlannedRun", field: GraphQLField, made: StrawberryField, details: FieldDetails
) -> dict[str, str] | None:
    """The variables that give a field's arguments where neither graphql-core nor strawberry changes their values:
    scalars, inputs that are handed on as given (schema.given), and lists of these. None where anything else is said.
    """
    said = {node.name.value: node.value for node in details.node.arguments or ()}
    variables = {}
    for argument in made.arguments:
        name = run.config.name_converter.from_argument(argument)
        value = said.get(name)
        if isinstance(value, VariableNode) and _is_handed_on(run, argument.type):
            variables[argument.python_name] = value.name.value
        elif value is not None or _has_default(field.args[name]):
            return None
    return None if details.fragment_variable_values else variables


def _has_default(argument: GraphQLArgument) -> bool:
    return argument.default_value is not Undefined or argument.default is not None


def _is_handed_on(run: "PlannedRun", type_: object) -> bool:
    while type(type_) is StrawberryList or type(type_) is StrawberryOptional:
        type_ = type_.of_type
    return is_scalar(type_, run.scalars)
