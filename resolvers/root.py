"""The one place where the parts become a schema: Query, Mutation (a line for each file), Subscription."""

from typing import cast

import msgspec
import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_introspection_type,
    is_specified_scalar_type,
    print_type,
)
from strawberry.schema.config import StrawberryConfig

from resolvers.mutations.acknowledge_deliveries import acknowledge_deliveries
from resolvers.mutations.ingest_events import ingest_events
from resolvers.mutations.publish_rulebook import publish_rulebook
from resolvers.mutations.request_messages import request_messages
from resolvers.mutations.rollback_rulebook import rollback_rulebook
from resolvers.mutations.save_rulebook import save_rulebook
from resolvers.mutations.set_consent import set_consent
from resolvers.mutations.tell_message import tell_message
from resolvers.plan import PlannedRun
from resolvers.queries import Query
from resolvers.subscriptions import Subscription
from schema.given import hand_on
from schema.scalars import SCALARS


@strawberry.type(
    description="Everything that can be told. Each call names itself, so that it can be sent again."
)
class Mutation:
    ingest_events = strawberry.mutation(
        ingest_events,
        description="Facts from back-ends, up to 100 or 1 MB; each has its own result, in order.",
    )
    request_messages = strawberry.mutation(
        request_messages,
        description="Back-ends ask for messages, up to 100; each has its own result, in order.",
    )
    acknowledge_deliveries = strawberry.mutation(
        acknowledge_deliveries, description="What became of deliveries, as their clients saw it."
    )
    tell_message = strawberry.mutation(tell_message, description="A person of the brand told the customer.")
    set_consent = strawberry.mutation(
        set_consent, description="A customer gave, refused or withdrew consent."
    )
    save_rulebook = strawberry.mutation(
        save_rulebook, description="Keep a draft. Text with errors can be kept, never published."
    )
    publish_rulebook = strawberry.mutation(
        publish_rulebook, description="Put a version into force. Returns at once; waiting messages follow."
    )
    rollback_rulebook = strawberry.mutation(
        rollback_rulebook, description="Put a version in force again. What has not left is as it was before."
    )


class Roots(msgspec.Struct, frozen=True):
    """The schema as graphql-core executes it, and what executes strawberry's fields."""

    schema: GraphQLSchema
    run_class: type[PlannedRun]


def build_schema() -> Roots:
    """The contract with its resolvers."""
    built = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    hand_on(built)
    schema = built._schema
    for type_ in schema.type_map.values():
        _drop_null_defaults(type_)
    return Roots(schema, run_class_of(built))


def run_class_of(built: strawberry.Schema) -> type[PlannedRun]:
    """Strawberry's run of graphql-core, by plans where there are any."""
    known = {"config": built.config, "scalars": built.schema_converter.scalar_registry}
    return cast(type[PlannedRun], type("Run", (PlannedRun, built.execution_context_class), known))


def _drop_null_defaults(type_: GraphQLNamedType) -> None:
    """Strawberry publishes `= null` for whatever may be left out. It says nothing, and it would turn what a
    client left out into something given.
    """
    if isinstance(type_, GraphQLInputObjectType):
        for given in type_.fields.values():
            if given.default_value is None:
                given.default_value = Undefined
    elif isinstance(type_, GraphQLObjectType):
        for field in type_.fields.values():
            for argument in field.args.values():
                if argument.default_value is None:
                    argument.default_value = Undefined


def sdl() -> str:
    """The contract as text, the way it is committed: roots first, then types by name."""
    schema = build_schema().schema
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    names = [root.name for root in roots if root is not None]
    rest = sorted(
        name
        for name, type_ in schema.type_map.items()
        if name not in names and not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    )
    return "\n\n".join(print_type(schema.type_map[name]) for name in (*names, *rest)) + "\n"
