"""Variables as a client gave them, read against the contract.

graphql-core coerces a value field by field, which for a batch costs more than all else. Where a type says nothing but
texts, whole numbers, JSON and objects and lists of these, coercing changes nothing in a value that fits; whether it
fits is then asked of msgspec, which looks in C. Whatever is not plain, or does not fit, goes to graphql-core, which
alone words errors: so there is one answer, and two ways to it.
"""

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

MOST_ERRORS = 50
"""Errors in variables told at once."""

_INT = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
_LEAVES: dict[str, object] = {
    "String": str,
    "ID": str,
    "Int": _INT,
    "Boolean": bool,
    "DateTime": str,
    "Cursor": str,
    "JSON": Any,
}


class Variables(msgspec.Struct, frozen=True):
    """The variables of one operation. `shapes` has those that are plain, with the type that msgspec asks for."""

    schema: GraphQLSchema
    nodes: Sequence[VariableDefinitionNode]
    shapes: dict[str, tuple[GraphQLVariableSignature, Any]]
    hide_suggestions: bool

    @classmethod
    def of(
        cls, schema: GraphQLSchema, nodes: Sequence[VariableDefinitionNode], *, hide_suggestions: bool
    ) -> "Variables":
        shapes = {}
        for node in nodes:
            signature = get_variable_signature(schema, node)
            if isinstance(signature, GraphQLVariableSignature) and node.default_value is None:
                shape = _shape(signature.type)
                if shape is not None:
                    shapes[signature.name] = (signature, shape)
        return cls(schema, nodes, shapes, hide_suggestions)

    def read(self, given: dict[str, Any]) -> VariableValues | list[Any]:
        """The values, or what is wrong with them."""
        plain = self._plain(given)
        if plain is not None:
            sources = {
                name: VariableValueSource(signature, given[name])
                for name, (signature, _) in self.shapes.items()
            }
            return VariableValues(sources, plain)
        return get_variable_values(
            self.schema,
            self.nodes,
            given,
            max_errors=MOST_ERRORS,
            hide_suggestions=self.hide_suggestions,
        )

    def _plain(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """All values, where all are given, plain and fit."""
        if len(self.shapes) < len(self.nodes):
            return None
        plain = {}
        try:
            for name, (_, shape) in self.shapes.items():
                plain[name] = msgspec.convert(given[name], shape)
                # Fields that msgspec does not know it drops: what differs holds one.
                if plain[name] != given[name]:
                    return None
        except (KeyError, msgspec.ValidationError, RecursionError):
            return None
        return plain


def _shape(type_: GraphQLInputType) -> Any:
    """What msgspec asks of a value that fits this type; None: the type is not plain."""
    if isinstance(type_, GraphQLNonNull):
        inner = _nullable(type_.of_type)
        return None if inner is Any else inner
    inner = _nullable(type_)
    return None if inner is None else inner | None if inner is not Any else Any


def _nullable(type_: Any) -> Any:
    if isinstance(type_, GraphQLList):
        item = _shape(type_.of_type)
        return None if item is None else list[item]  # type: ignore[valid-type]  # made at run time
    if isinstance(type_, GraphQLInputObjectType):
        return _object(type_)
    return _LEAVES.get(type_.name)


def _object(type_: GraphQLInputObjectType) -> Any:
    fields: dict[str, Any] = {}
    for name, field in type_.fields.items():
        shape = _shape(field.type)
        if shape is None or field.default_value is not Undefined or field.default is not None:
            return None
        fields[name] = shape if isinstance(field.type, GraphQLNonNull) else NotRequired[shape]
    return None if type_.is_one_of else TypedDict(type_.name, fields)  # type: ignore[operator]  # made at run time
