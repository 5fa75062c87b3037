"""The committed contract is the one the code serves, and what clients rely on is not taken away."""

import subprocess
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, is_input_object_type, is_object_type
from graphql.utilities import find_breaking_changes

from resolvers.root import sdl

COMMITTED = Path(__file__).resolve().parents[2] / "schema" / "schema.graphql"


@pytest.fixture(scope="module")
def generated() -> str:
    return sdl()


def test_the_committed_contract_is_the_generated_one(generated: str) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == generated, (
        "run `memento export-schema` and look at the diff"
    )


def test_nothing_that_clients_rely_on_is_taken_away(generated: str) -> None:
    """Against the last commit: a field is deprecated first, and taken away no sooner than its reason says."""
    try:
        before = subprocess.run(
            ["git", "show", "HEAD:schema/schema.graphql"],
            cwd=COMMITTED.parent,
            check=True,
            capture_output=True,
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("NOT RUN: no git, or no contract in the last commit to compare with")
    changes = find_breaking_changes(build_schema(before), build_schema(generated))
    assert [change.description for change in changes] == []


@pytest.fixture(scope="module")
def schema(generated: str) -> GraphQLSchema:
    return build_schema(generated)


def test_every_mutation_takes_one_input_that_names_itself(schema: GraphQLSchema) -> None:
    mutation = schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        (argument,) = field.args.values()
        given = str(argument.type).strip("[]!")
        type_ = schema.get_type(given)
        assert is_input_object_type(type_), name
        assert str(type_.fields["id"].type) == "ID!", name


def test_every_payload_tells_what_was_wrong(schema: GraphQLSchema) -> None:
    mutation = schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        payload = schema.get_type(str(field.type).strip("!"))
        assert isinstance(payload, GraphQLObjectType), name
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", name


def test_every_connection_demands_a_page_size_or_has_one(schema: GraphQLSchema) -> None:
    for type_ in schema.type_map.values():
        if not is_object_type(type_) or type_.name.startswith("__"):
            continue
        for field in type_.fields.values():
            if str(field.type).strip("!").endswith("Connection"):
                assert str(field.args["first"].type) == "Int!"
                assert str(field.args["after"].type) == "Cursor"


def test_every_root_field_is_described(schema: GraphQLSchema) -> None:
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root is not None
        assert [name for name, field in root.fields.items() if not field.description] == []
