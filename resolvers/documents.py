"""Documents that were read and found valid, with their operations made ready: most come again with every call."""

from collections import OrderedDict
from dataclasses import replace

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)

from resolvers.fault import Fault, refused
from resolvers.one_field import OneField
from resolvers.plan import Plans
from resolvers.surface import Surface
from resolvers.variables import Variables


class Operation(msgspec.Struct, frozen=True):
    """One operation: query, mutation or subscription, the fields that stand plainly at its root, the document for it
    alone and without its variables, how those are read, and its plan.
    """

    kind: OperationType
    fields: frozenset[str]
    document: DocumentNode
    variables: Variables
    one: OneField | None = None


class Prepared(msgspec.Struct, frozen=True):
    """A valid document, how many tokens it has, and whether variables give the size of its pages.

    `plans` None: directives decide anew in each run what is selected.
    """

    document: DocumentNode
    tokens: int
    rows_vary: bool
    plans: Plans | None
    operations: dict[str | None, Operation] = {}

    def node(self, name: str | None) -> OperationDefinitionNode:
        """The operation meant, as it is written. Raises Refused where the document does not tell."""
        found = get_operation_ast(self.document, name)
        if found is None:
            raise refused(Fault.DOCUMENT_INVALID, "name one of the document's operations in `operationName`")
        return found


class Documents:
    """The documents seen last, bounded by their number and by all their tokens."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._tokens = 0
        self._kept: OrderedDict[str, Prepared] = OrderedDict()

    def get(self, query: str) -> Prepared | None:
        found = self._kept.get(query)
        if found is not None:
            self._kept.move_to_end(query)
        return found

    def keep(self, query: str, prepared: Prepared) -> None:
        if len(query) > 16 * prepared.tokens + 1024:
            return  # carries a large text of its own: not a document that comes again
        self._kept[query] = prepared
        self._tokens += prepared.tokens
        while len(self._kept) > self._surface.cached_documents or self._tokens > self._surface.cached_tokens:
            _, dropped = self._kept.popitem(last=False)
            self._tokens -= dropped.tokens


def fields_of(operation: OperationDefinitionNode) -> frozenset[str]:
    """The names of the fields that stand plainly at its root."""
    selections = operation.selection_set.selections
    return frozenset(node.name.value for node in selections if isinstance(node, FieldNode))


def alone(document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    """The document with this operation only, and without its variables: they are read before it runs."""
    bare = replace(operation, variable_definitions=())
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    return DocumentNode(definitions=(bare, *fragments), loc=document.loc)


def tokens_of(document: DocumentNode) -> int:
    """How many tokens it was written in."""
    count = 0
    token = document.loc.start_token if document.loc else None
    while token is not None:
        count += 1
        token = token.next
    return count
