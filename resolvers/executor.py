"""Runs operations: parse and validate once for each document, measure it, execute it, answer in plain data.

graphql-core executes the schema that strawberry built, without strawberry's own runtime in between: this way each
error is known by the stage it came from (which HTTP and WebSocket answer differently), documents are cached, and
what comes again with every call is made once (resolvers.one_field, resolvers.plan, resolvers.variables). Refuses what is larger than the
surface allows.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Any, cast

import msgspec
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from graphql.execution import Executor as Run
from graphql.execution import (
    create_source_event_stream,
    execute_root_selection_set,
    execute_subscription_event,
)
from graphql.execution.values import VariableValues

from resolvers.answers import Answer, Asked, Told
from resolvers.call import Call
from resolvers.context import Context
from resolvers.documents import Documents, Operation, Prepared, alone, fields_of, tokens_of
from resolvers.fault import Fault, Refused, field_error, placed, plain, raised, refused
from resolvers.measure import check_rows, check_shape
from resolvers.one_field import one_field_of
from resolvers.patience import Patience
from resolvers.plan import PlannedRun, Plans
from resolvers.surface import Surface
from resolvers.variables import Variables

MOST_ERRORS = 20
"""Validation errors told at once."""


class Executor:
    """Executes operations on one schema."""

    def __init__(self, schema: GraphQLSchema, run_class: type[PlannedRun], surface: Surface) -> None:
        self._schema = schema
        self._run_class = run_class
        self._surface = surface
        self._documents = Documents(surface)
        self._told = Told()
        self._patience = Patience(surface.execution_seconds)

    def prepare(self, query: str) -> Prepared:
        """The document, valid and within limits. Raises Refused."""
        found = self._documents.get(query)
        if found is None:
            found = self._prepared(query)
            self._documents.keep(query, found)
        return found

    def _prepared(self, query: str) -> Prepared:
        surface = self._surface
        try:
            document = parse(query, max_tokens=surface.tokens)
            check_shape(document, surface)
            errors = validate(
                self._schema,
                document,
                specified_rules
                if surface.introspection
                else (*specified_rules, NoSchemaIntrospectionCustomRule),
                max_errors=MOST_ERRORS,
                hide_suggestions=not surface.suggestions,
            )
        except GraphQLSyntaxError as error:
            raise Refused([placed(error, Fault.DOCUMENT_INVALID)]) from error
        except RecursionError as error:
            raise refused(Fault.DOCUMENT_TOO_LARGE, "the document is nested too deeply") from error
        if errors:
            raise Refused([placed(error, Fault.DOCUMENT_INVALID) for error in errors])
        vary = check_rows(self._schema, document, surface, None)
        return Prepared(document, tokens_of(document), vary, None if "@" in query else Plans())

    async def run(self, prepared: Prepared, asked: Asked, context: Context) -> Answer:
        """Execute a query or a mutation. Raises Refused for variables that do not fit."""
        operation = self.operation(prepared, asked.operation_name)
        values = self._values(prepared, operation, asked)
        try:
            with self._patience.turn():
                return await self._answered(prepared, operation, values, context)
        except TimeoutError:
            return Answer(
                None, [self._late("send the same call with the same ids again to learn what became of it")]
            )

    def _late(self, help: str) -> dict[str, Any]:
        seconds = self._surface.execution_seconds
        return plain(Fault.TIMEOUT, f"not done within {seconds:g} seconds", help=help)

    async def _answered(
        self, prepared: Prepared, operation: Operation, values: VariableValues, context: Context
    ) -> Answer:
        """By plan; what has none, or goes wrong, by graphql-core."""
        outcome, call = None, Call(context, values)
        if operation.one is not None:
            outcome = await operation.one.outcome(call)
            if outcome is not None and outcome.error is None:
                data = operation.one.data(outcome.value, call)
                if data is not None:
                    return Answer(data)
        run = self._run(prepared, operation, values, context)
        if outcome is not None:
            run.middleware_manager = outcome.at_the_root()
        result = execute_root_selection_set(run)
        return _answer(result if isinstance(result, ExecutionResult) else await result)

    async def follow(
        self, prepared: Prepared, asked: Asked, context: Context
    ) -> AsyncGenerator[Answer, None]:
        """Execute a subscription. Raises Refused where it can't be begun or has to be ended."""
        operation = self.operation(prepared, asked.operation_name)
        values = self._values(prepared, operation, asked)
        run = self._run(prepared, operation, values, context)
        async with aclosing(await _source(run)) as events:
            try:
                async for event in events:
                    yield await self._event(run, operation, event)
            except Refused:
                raise
            except Exception as error:
                raise Refused([_ended(error)]) from error

    async def _event(self, run: PlannedRun, operation: Operation, event: Any) -> Answer:
        """What a subscription tells of one event. Raises Refused where that takes too long."""
        variables = run.variable_values.coerced
        answer = self._told.find(event, operation, variables)
        if answer is not None:
            return answer
        data = operation.one.data(event, run.call) if operation.one is not None else None
        if data is not None:
            answer = Answer(data)
            self._told.keep(event, operation, variables, answer)
            return answer
        try:
            with self._patience.turn():
                result = execute_subscription_event(run.build_per_event_executor(event))
                return _answer(result if isinstance(result, ExecutionResult) else await result)
        except TimeoutError as error:
            raise Refused(
                [self._late("subscribe again, after the last cursor that you were told")]
            ) from error

    def _values(self, prepared: Prepared, operation: Operation, asked: Asked) -> VariableValues:
        """The variables. Raises Refused for those that do not fit."""
        if prepared.rows_vary:
            check_rows(self._schema, prepared.document, self._surface, asked.variables or {})
        values = operation.variables.read(asked.variables or {})
        if isinstance(values, list):
            raise Refused([placed(error, Fault.VARIABLES_INVALID) for error in values])
        return values

    def _run(
        self, prepared: Prepared, operation: Operation, values: VariableValues, context: Context | None
    ) -> PlannedRun:
        """A run of graphql-core's."""
        run = self._run_class.build(
            self._schema,
            operation.document,
            context_value=context,
            hide_suggestions=not self._surface.suggestions,
        )
        assert isinstance(run, PlannedRun), run  # without variables nothing is left to refuse
        run.variable_values = values
        run.plan_with(prepared.plans or Plans())
        return run

    def operation(self, prepared: Prepared, name: str | None) -> Operation:
        """The operation meant, made ready when it is first asked for. Raises Refused where the document does not tell."""
        found = prepared.operations.get(name)
        if found is None:
            node = prepared.node(name)
            hide = not self._surface.suggestions
            variables = Variables.of(self._schema, node.variable_definitions or (), hide_suggestions=hide)
            found = Operation(node.operation, fields_of(node), alone(prepared.document, node), variables)
            if prepared.plans is not None:
                run = self._run(prepared, found, VariableValues({}, {}), None)
                found = msgspec.structs.replace(found, one=one_field_of(run))
            prepared.operations[name] = found
        return found


async def _source(run: Run[Any]) -> AsyncGenerator[Any, None]:
    """The stream of events. Raises Refused where the resolver refused to begin."""
    found = create_source_event_stream(run)
    if not isinstance(found, ExecutionResult | AsyncIterable):
        found = await found
    if isinstance(found, ExecutionResult):
        raise Refused([field_error(error) for error in found.errors or []])
    return cast(AsyncGenerator[Any, None], found)


def _ended(error: Exception) -> dict[str, Any]:
    return field_error(error) if isinstance(error, GraphQLError) else raised(error)


def _answer(result: ExecutionResult) -> Answer:
    return Answer(result.data, [field_error(error) for error in result.errors] if result.errors else None)
