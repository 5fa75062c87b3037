"""An operation of one field is asked once, by plan, and answered as graphql-core would answer it."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest
import strawberry

from artifact.errors import ErrorCode, InputError
from resolvers.executor import Answer, Asked, Executor, Prepared
from resolvers.fault import Refused
from resolvers.root import run_class_of
from resolvers.surface import DEFAULT_SURFACE


class Desk(msgspec.Struct):
    """The context: what was asked."""

    asked: list[str] = []


Info = strawberry.Info[Desk, None]


@strawberry.type
class Done:
    name: str

    @strawberry.field
    def broken(self, why: str) -> str | None:
        raise InputError(ErrorCode.TYPE_INVALID, why)

    @strawberry.field
    async def slow(self) -> str:
        return "slow"


@strawberry.type
class Other:
    number: int


@strawberry.type
class Query:
    @strawberry.field
    def ready(self, info: Info) -> bool:
        info.context.asked.append("ready")
        return True


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def do(self, info: Info, name: str) -> Done:
        info.context.asked.append(name)
        return Done(name=name)

    @strawberry.mutation
    def fail(self, info: Info, name: str = "nobody") -> Done:
        info.context.asked.append(name)
        raise InputError(ErrorCode.ID_INVALID, "no such name", path=("name",))

    @strawberry.mutation
    def forget(self, info: Info) -> Done:
        info.context.asked.append("forget")
        return None  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def told(self) -> AsyncGenerator[Done | Other, None]:
        yield Done(name="a")
        yield Other(number=1)
        yield Done(name="b")


BUILT = strawberry.Schema(Query, Mutation, Subscription)


class Plain(Executor):
    """By graphql-core alone."""

    def prepare(self, query: str) -> Prepared:
        return msgspec.structs.replace(super().prepare(query), plans=None, operations={})


QUICK = Executor(BUILT._schema, run_class_of(BUILT), DEFAULT_SURFACE)
PLAIN = Plain(BUILT._schema, run_class_of(BUILT), DEFAULT_SURFACE)


async def answered(executor: Executor, query: str, **variables: Any) -> tuple[Answer, list[str]]:
    """The answer, and what was asked for it."""
    desk = Desk()
    asked = Asked(query, variables)
    return await executor.run(executor.prepare(query), asked, desk), desk.asked  # type: ignore[arg-type]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("{ ready }", ["ready"]),
        ('mutation { do(name: "x") { name } }', ["x"]),
        ('mutation { done: do(name: "x") { kind: __typename name } }', ["x"]),
        ('mutation { do(name: "x") { name slow } }', ["x"]),
        ('mutation { do(name: "x") { name broken(why: "out of order") } }', ["x"]),
        ('mutation { do(name: "x") { name slow broken(why: "out of order") } }', ["x"]),
        ("mutation { fail { name } }", ["nobody"]),
        ("mutation { forget { name } }", ["forget"]),
        ('mutation { a: do(name: "x") { name } b: do(name: "y") { name } }', ["x", "y"]),
        ("mutation { __typename }", []),
        ('mutation { do(name: "x") @include(if: false) { name } }', []),
    ],
)
async def test_it_is_asked_once_and_answered_alike(query: str, asked: list[str]) -> None:
    expected = await answered(PLAIN, query)
    assert await answered(QUICK, query) == expected
    assert await answered(QUICK, query) == expected
    assert expected[1] == asked


@pytest.mark.anyio
async def test_a_variable_that_does_not_fit_asks_nothing() -> None:
    query = "mutation M($name: String!) { do(name: $name) { name } }"
    for executor in (PLAIN, QUICK):
        with pytest.raises(Refused) as refused:
            await answered(executor, query)
        assert refused.value.code == "VARIABLES_INVALID"
    assert await answered(QUICK, query, name="z") == (Answer({"do": {"name": "z"}}), ["z"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "selection",
    [
        "__typename",
        "... on Done { name } ... on Other { number }",
        "... on Other { number }",
        '... on Done { broken(why: "out of order") name }',
        "... on Done { slow }",
    ],
)
async def test_events_are_told_alike(selection: str) -> None:
    query = f"subscription {{ told {{ {selection} }} }}"
    told = []
    for executor in (PLAIN, QUICK):
        prepared = executor.prepare(query)
        stream = executor.follow(prepared, Asked(query), Desk())  # type: ignore[arg-type]
        told.append([answer async for answer in stream])
    assert told[0] == told[1]
    assert len(told[0]) == 3
