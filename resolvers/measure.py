"""How large an operation is, seen before it runs: depth, aliases, directives, repeated fields, and rows its
pages can hold.

Tokens are counted by the parser. Refuses (DOCUMENT_TOO_LARGE) what passes a limit; work is linear in the document,
because each fragment is measured once.
"""

from collections import Counter
from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from graphql.language import DirectiveNode, Visitor, visit

from resolvers.fault import Fault, refused
from resolvers.surface import Surface

LARGEST_PAGE = 100
"""What a page size counts as where the request does not tell it."""


class _Counter(Visitor):
    """Aliases and directives, wherever they stand; and how often one name stands in one selection at most.

    Validation compares every two fields of one name with all that is below them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.directives = 0
        self.repeats = 0

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        names = Counter(
            (one.alias or one.name).value for one in node.selections if isinstance(one, FieldNode)
        )
        self.repeats = max(self.repeats, *names.values(), 0)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.aliases += node.alias is not None

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.directives += 1


def check_shape(document: DocumentNode, surface: Surface) -> None:
    """Aliases, directives, repeated fields and depth of a document that is not validated yet. Raises Refused."""
    counter = _Counter()
    visit(document, counter)
    _check("aliases", counter.aliases, surface.aliases)
    _check("directives", counter.directives, surface.directives)
    _check("fields of one name in one place", counter.repeats, surface.repeats)
    depths = _Depths(_fragments_of(document))
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check("levels", depths.of(node.selection_set), surface.depth)


def check_rows(
    schema: GraphQLSchema, document: DocumentNode, surface: Surface, variables: Mapping[str, object] | None
) -> bool:
    """Rows that nested pages can hold, of a valid document. Raises Refused.

    Without variables, pages whose size one of them gives count as one row; True: there are such pages.
    """
    rows = _Rows(schema, _fragments_of(document), variables)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            root = schema.get_root_type(node.operation)
            _check("rows", rows.of(node.selection_set, root), surface.rows)
    return rows.vary


def _fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def _check(what: str, count: int, limit: int) -> None:
    if count > limit:
        message = f"the operation has {count} {what}; {limit} are allowed"
        raise refused(Fault.DOCUMENT_TOO_LARGE, message)


class _Depths:
    """Levels of fields; introspection is exempt, it has a switch of its own."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}

    def of(self, selection: SelectionSetNode | None) -> int:
        return 0 if selection is None else max((self._one(node) for node in selection.selections), default=0)

    def _one(self, node: SelectionNode) -> int:
        match node:
            case FieldNode():
                return 0 if node.name.value.startswith("__") else 1 + self.of(node.selection_set)
            case FragmentSpreadNode():
                return self._fragment(node.name.value)
            case InlineFragmentNode():
                return self.of(node.selection_set)
            case _:
                return 0

    def _fragment(self, name: str) -> int:
        """A fragment within itself counts nothing here; validation refuses it."""
        if name not in self._known:
            self._known[name] = 0
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment else 0
        return self._known[name]


class _Rows:
    """Items of pages; those of pages within pages are multiplied. Fragments are not recursive any more here."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, object] | None,
    ) -> None:
        self.vary = False
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, int] = {}

    def of(self, selection: SelectionSetNode | None, parent: GraphQLNamedType | None) -> int:
        return 0 if selection is None else sum(self._one(node, parent) for node in selection.selections)

    def _one(self, node: SelectionNode, parent: GraphQLNamedType | None) -> int:
        match node:
            case FieldNode():
                return self._field(node, parent)
            case FragmentSpreadNode():
                return self._fragment(node.name.value)
            case InlineFragmentNode():
                named = node.type_condition
                return self.of(
                    node.selection_set, self._schema.get_type(named.name.value) if named else parent
                )
            case _:
                return 0

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> int:
        if not isinstance(parent, GraphQLObjectType) or node.name.value not in parent.fields:
            return 0
        definition = parent.fields[node.name.value]
        inner = self.of(node.selection_set, get_named_type(definition.type))
        return self._page(node, definition) * (1 + inner) if "first" in definition.args else inner

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            fragment = self._fragments[name]
            parent = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self.of(fragment.selection_set, parent)
        return self._known[name]

    def _page(self, node: FieldNode, definition: GraphQLField) -> int:
        """The page size that a field asks for."""
        for argument in node.arguments or ():
            if argument.name.value != "first":
                continue
            match argument.value:
                case IntValueNode() as given:
                    return _bounded(int(given.value))
                case VariableNode() as given:
                    self.vary = True
                    return self._of_variable(given.name.value)
                case _:
                    return LARGEST_PAGE
        default = definition.args["first"].default_value
        return default if isinstance(default, int) else LARGEST_PAGE

    def _of_variable(self, name: str) -> int:
        if self._variables is None:
            return 1
        value = self._variables.get(name)
        return _bounded(value) if isinstance(value, int) else LARGEST_PAGE


def _bounded(size: int) -> int:
    """A page size outside the limits counts as the largest: it is refused by its own field, in better words."""
    return min(max(0, size), LARGEST_PAGE)
