"""Enact every customer's log again and compare with what the store keeps: invariants I1, I2, I3, I7 and I9.

Reads only; a running service is not disturbed, but a customer who changes meanwhile may be told as a breach. Exit
code 1 on any breach.
"""

import argparse
import asyncio

from engine.pipeline.verify import Findings, verify
from memento.commands.shared import add_json, add_store, lasting, shown
from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import answer, counted, progress, say
from memento.wiring import engine_over, opened


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what the command takes."""
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Verify one store."""
    findings = asyncio.run(_verify(lasting(args.store), settings))
    if args.json:
        answer(
            {
                "ok": not findings.breaches,
                "customers": findings.customers,
                "entries": findings.entries,
                "breaches": findings.breaches,
            }
        )
    else:
        for breach in findings.breaches:
            say(f"{breach.invariant} customer {breach.customer_id}, entry {breach.n}: {breach.detail}")
        verdict = f"{len(findings.breaches)} breached" if findings.breaches else "all invariants hold"
        customers = counted(findings.customers, "customer")
        say(f"{shown(args.store)}: {customers}, log entries {findings.entries}; {verdict}")
    return Exit.FINDING if findings.breaches else Exit.OK


async def _verify(address: str, settings: Settings) -> Findings:
    async with opened(address, read_only=True) as store:
        total = (await store.totals()).customers
        with progress("customers", total) as advance:
            engine = engine_over(store, settings)
            return await verify(store, engine.books, settings.limits, lambda customers, _: advance(customers))
