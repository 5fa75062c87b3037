"""One backtest from files to figures: read, order, publish the rulebook in the store, run, and take the digests.

It may be stopped at any instant and started again on the same store with the same files: what was folded is known, and
the end is the same.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.instant import Instant
from artifact.message import Message
from dsl.book import CompiledRulebook
from dsl.compile import Checked
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.experiments import outcomes
from engine.manners import Ledger, Manners
from engine.pipeline.backtest import Progress, Received, Refused, Summary, backtest
from memento.environment import environment
from memento.events_file import BadLine, FileEvent, numbered, read_customers, read_events
from memento.exporting import artifacts, digest, log, memory_digest
from memento.garbage import rarely
from memento.scramble import arriving, scramble, spread
from memento.settings import Settings
from store.port import MessageFilter, Store

ACTOR = "backtest"


class World(msgspec.Struct, frozen=True):
    """What reaches us, in order, and the lines that hold nothing that could."""

    received: list[Received]
    bad: dict[Path, list[BadLine]]
    lines: dict[tuple[str, str, str], int]
    """The line of each event of the events file, by its identity."""


class ArmFigures(msgspec.Struct):
    """One arm of an experiment: customers who met it, and those of them for whom it succeeded."""

    customers: int = 0
    succeeded: int = 0


class Figures(msgspec.Struct, frozen=True):
    """The answer of a backtest."""

    events: int
    customers: int
    messages: int
    states: dict[str, int]
    reasons: dict[str, int]
    rejected: int
    events_per_second: int
    manners: Manners
    memory_digest: str
    digest: str
    experiments: dict[str, dict[str, ArmFigures]]


def read_world(
    events: Path, customers: Path | None, seeds: tuple[int | None, int | None], settings: Settings
) -> World:
    """The events of the files as they reach us. `seeds` are those of `spread` and `scramble`."""
    spread_seed, scramble_seed = seeds
    told = read_events(events, settings.limits)
    bad = {events: told.bad}
    ordered = _ordered(told.events, spread_seed)
    received = arriving(ordered) if scramble_seed is None else scramble(ordered, scramble_seed)
    if customers is not None:
        earliest = min((event.at for event in ordered), default=0)
        known = read_customers(customers, earliest, settings.limits)
        bad[customers] = known.bad
        received = [*arriving(one.event for one in known.events), *received]
    lines = {_identity(one.event): one.line for one in told.events}
    return World(received, bad, lines)


def _ordered(told: list[FileEvent], seed: int | None) -> list[Event]:
    return [one.event for one in numbered(told)] if seed is None else spread(told, seed)


def _identity(event: Event) -> tuple[str, str, str]:
    return event.customer_id, event.source, event.id


async def put_in_force(store: Store, checked: Checked) -> Books:
    """Save and publish the rulebook as the only one this store ever has. Raises InputError EDIT_CONFLICT for another."""
    book = checked.rulebook
    assert book is not None
    publications = await store.publications()
    if any(one.revision != book.revision for one in publications):
        raise InputError(
            ErrorCode.EDIT_CONFLICT,
            "this store was made under another rulebook",
            help="name a new store for each rulebook, or leave --store out",
            path=("store",),
        )
    if not publications:
        row = await store.save_rulebook(book.text, ACTOR, book.revision, book.revision)
        await store.publish(row.id, book.revision, 0, ACTOR, 0)
    books = Books(_no_text, _no_book)
    books.put_in_force(book, 1)
    return books


async def _no_text(revision: str) -> str | None:
    raise AssertionError(f"revision {revision} is not of this backtest")


async def _no_book(text: str) -> Rulebook:
    raise AssertionError("a backtest has one rulebook")


async def run_backtest(
    store: Store,
    checked: Checked,
    world: World,
    until: Instant | None,
    settings: Settings,
    on_progress: Callable[[Progress], None],
) -> tuple[Figures, tuple[Refused, ...]]:
    """Run it and count; the second part is what the engine refused."""
    books = await put_in_force(store, checked)
    began = time.perf_counter()
    with rarely():
        summary = await backtest(
            store, books, world.received, until, settings.limits, environment(), on_progress
        )
    seconds = time.perf_counter() - began
    rejected = len(summary.refused) + sum(map(len, world.bad.values()))
    book = checked.rulebook
    assert book is not None
    experiments = await experiment_figures(store, book)
    return await _figures(store, summary, rejected, seconds, book.zone, experiments), summary.refused


async def experiment_figures(store: Store, book: CompiledRulebook) -> dict[str, dict[str, ArmFigures]]:
    """How every experiment of the rulebook went, arm by arm."""
    found = {plan.name: {arm.name: ArmFigures() for arm in plan.arms} for plan in book.program.experiments}
    if not found:
        return found
    async for artifact in artifacts(store):
        entries = [entry async for entry in log(store, artifact.customer_id)]
        for outcome in outcomes(book, entries, artifact.body.facts):
            figures = found[outcome.experiment][outcome.arm]
            figures.customers += 1
            figures.succeeded += outcome.succeeded
    return found


async def _figures(
    store: Store,
    summary: Summary,
    rejected: int,
    seconds: float,
    zone: str,
    experiments: dict[str, dict[str, ArmFigures]],
) -> Figures:
    return Figures(
        events=summary.events,
        customers=summary.customers,
        messages=summary.messages,
        states=summary.states,
        reasons=summary.reasons,
        rejected=rejected,
        events_per_second=round(summary.events / seconds) if seconds else 0,
        manners=await manners(store, zone),
        memory_digest=await memory_digest(store),
        digest=await digest(store),
        experiments=experiments,
    )


async def manners(store: Store, zone: str) -> Manners:
    """What the rulebook did for all customers of a store; `zone` is that of those whose own is unknown."""
    ledger = Ledger()
    async for artifact in artifacts(store):
        messages = await _messages(store, artifact.customer_id)
        records = [record async for entry in log(store, artifact.customer_id) for record in entry.out]
        ledger.add(artifact.body.facts.preferences.zone or zone, messages, records)
    return ledger.manners()


async def _messages(store: Store, customer_id: str) -> list[Message]:
    found: list[Message] = []
    after = None
    while True:
        page = await store.messages(MessageFilter(customer_id=customer_id), 1_000, after)
        found += [row.message for row in page.items]
        after = page.after
        if after is None:
            return found


def objections(world: World, refused: tuple[Refused, ...], events: Path) -> Iterator[tuple[str, InputError]]:
    """Every line that was not taken, as `file:line`, and why."""
    for path, bad in world.bad.items():
        yield from ((f"{path}:{one.line}", one.error) for one in bad)
    for one in refused:
        line = world.lines.get(_identity(one.event))
        place = f"{events}:{line}" if line is not None else f"event {one.event.source}/{one.event.id}"
        yield place, one.error


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures for a program."""
    found: dict[str, Any] = msgspec.to_builtins(figures)
    return found
