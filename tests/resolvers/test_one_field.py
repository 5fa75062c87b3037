"""An operation of one field is asked once, by plan, and answered as graphql-core would answer it."""

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum
from typing import Any

import msgspec
import pytest
import strawberry

from artifact.errors import ErrorCode, InputError
from resolvers.answers import MOST_TOLD, Answer, Asked
from resolvers.documents import Prepared
from resolvers.executor import Executor
from resolvers.fault import Refused
from resolvers.root import run_class_of
from resolvers.surface import DEFAULT_SURFACE


class Desk(msgspec.Struct):
    """The context: what was asked, and what is told."""

    asked: list[str] = []
    told: tuple[Any, ...] = ()


Info = strawberry.Info[Desk, None]


@strawberry.type
class Done:
    name: str

    @strawberry.field
    def broken(self, why: str) -> str | None:
        raise InputError(ErrorCode.TYPE_INVALID, why)

    @strawberry.field
    def echo(self, word: str) -> str:
        return word

    @strawberry.field
    async def slow(self) -> str:
        return "slow"

    @strawberry.field
    async def stuck(self) -> str:
        await asyncio.sleep(3600)
        return "never"


@strawberry.enum
class Mood(Enum):
    GLAD = "glad"


@strawberry.input
class Person:
    first_name: str = "Ana"


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
    def note(
        self,
        info: Info,
        names: list[str],
        many: list[list[int | None]] | None = None,
        count: int = 7,
        mood: Mood | None = None,
        person: Person | None = None,
        word: strawberry.Maybe[str] = None,
    ) -> Done:
        info.context.asked.append(repr((names, many, count, mood, person, word)))
        return Done(name="noted")

    @strawberry.mutation
    def forget(self, info: Info) -> Done:
        info.context.asked.append("forget")
        return None  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def told(self, info: Info) -> AsyncGenerator[Done | Other, None]:
        for one in info.context.told:
            yield one


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


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"many": [[1, None], []]},
        {"many": None},
        {"many": 5},
        {"count": 1},
        {"mood": "GLAD"},
        {"person": {"firstName": "Bea"}},
        {"person": {}},
        {"word": "w"},
        {"many": [[2]], "count": 3, "mood": None, "person": None, "word": "w"},
    ],
)
@pytest.mark.parametrize("names", [["a", "b"], []])
async def test_arguments_that_variables_give_reach_the_resolver_alike(
    variables: dict[str, Any], names: list[str]
) -> None:
    types = {"many": "[[Int]!]", "count": "Int! = 9", "mood": "Mood", "person": "Person", "word": "String"}
    for kept in (variables, types):
        declared = "".join(f", ${name}: {types[name]}" for name in kept)
        handed = "".join(f", {name}: ${name}" for name in kept)
        query = f"mutation M($names: [String!]!{declared}) {{ note(names: $names{handed}) {{ name }} }}"
        expected = await answered(PLAIN, query, names=names, **variables)
        assert await answered(QUICK, query, names=names, **variables) == expected
        assert len(expected[1]) == 1


async def test_a_variable_that_does_not_fit_asks_nothing() -> None:
    query = "mutation M($name: String!) { do(name: $name) { name } }"
    for executor in (PLAIN, QUICK):
        with pytest.raises(Refused) as refused:
            await answered(executor, query)
        assert refused.value.code == "VARIABLES_INVALID"
    assert await answered(QUICK, query, name="z") == (Answer({"do": {"name": "z"}}), ["z"])


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
    events = (Done(name="a"), Other(number=1), Done(name="b"))
    expected = await followed(PLAIN, events, query)
    assert await followed(QUICK, events, query) == expected
    assert len(expected) == 3


async def followed(executor: Executor, events: tuple[Any, ...], query: str, **variables: Any) -> list[Answer]:
    """What is told of these events."""
    desk = Desk(told=events)
    stream = executor.follow(executor.prepare(query), Asked(query, variables), desk)  # type: ignore[arg-type]
    return [answer async for answer in stream]


async def test_an_event_that_takes_too_long_to_tell_ends_its_subscription_in_words() -> None:
    hasty = msgspec.structs.replace(DEFAULT_SURFACE, execution_seconds=0.01)
    executor = Executor(BUILT._schema, run_class_of(BUILT), hasty)
    with pytest.raises(Refused) as refused:
        await followed(executor, (Done(name="a"),), "subscription { told { ... on Done { stuck } } }")
    assert refused.value.code == "TIMEOUT"


async def test_an_event_is_answered_once_for_all_who_follow_it_alike() -> None:
    query = "subscription S($why: String!) { told { ... on Done { name echo(word: $why) } } }"
    event, executor = Done(name="a"), Executor(BUILT._schema, run_class_of(BUILT), DEFAULT_SURFACE)
    [first] = await followed(executor, (event,), query, why="x")
    assert first.data == {"told": {"name": "a", "echo": "x"}}
    [same] = await followed(executor, (event,), query, why="x")
    assert same is first
    [other] = await followed(executor, (event,), query, why="y")
    assert other.data == {"told": {"name": "a", "echo": "y"}}
    [another] = await followed(executor, (Done(name="b"),), query, why="x")
    assert another.data == {"told": {"name": "b", "echo": "x"}}


async def test_many_events_are_told_each_its_own_and_few_are_kept() -> None:
    executor = Executor(BUILT._schema, run_class_of(BUILT), DEFAULT_SURFACE)
    events = tuple(Other(number=number) for number in range(2 * MOST_TOLD))
    answers = await followed(executor, events, "subscription { told { ... on Other { number } } }")
    assert [answer.data["told"]["number"] for answer in answers] == list(range(2 * MOST_TOLD))
    assert len(executor._told) == MOST_TOLD
