"""What a store holds, as lines of canonical JSON: the artifact of each customer, then every decision about her.

The lines follow from the log alone, so the digest of a store does not depend on who wrote it, in which batches, or how
often it was interrupted. What does depend on that (the envelope) is left out.
"""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec.structs import astuple

from artifact.canonical import canonical_json, digest_of
from artifact.customer import Artifact
from artifact.decision import Entry, KeptRecord, decoded_verdict
from store.port import Store

_PAGE = 100


def artifact_line(artifact: Artifact) -> bytes:
    """Facts and talk of one customer."""
    body = artifact.body
    return canonical_json(
        {"customerId": artifact.customer_id, "facts": _plain(body.facts), "talk": _plain(body.talk)}
    )


def memory_line(artifact: Artifact) -> bytes:
    """The facts alone: what an ordered and a shuffled run agree on."""
    return canonical_json({"customerId": artifact.customer_id, "facts": _plain(artifact.body.facts)})


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _plain_record(record: KeptRecord) -> list[Any]:
    """Its fields in their order, what the rules say spelled out."""
    told = decoded_verdict(record.told)
    return [_plain(told if field is record.told else field) for field in astuple(record)]


async def artifacts(store: Store) -> AsyncIterator[Artifact]:
    """Every customer, by id."""
    after: str | None = None
    while True:
        page = await store.customers(after, _PAGE)
        for customer_id in page.items:
            artifact = await store.artifact(customer_id)
            if artifact is not None:
                yield artifact
        after = page.after
        if after is None:
            return


async def decision_lines(store: Store, customer_id: str) -> AsyncIterator[bytes]:
    """Every decision about a customer's messages, in the order of her log."""
    async for entry in log(store, customer_id):
        for record in entry.out:
            yield canonical_json({"customerId": customer_id, "decision": _plain_record(record)})


async def log(store: Store, customer_id: str) -> AsyncIterator[Entry]:
    """All entries of a customer's log."""
    after = 0
    while entries := await store.history(customer_id, after):
        for entry in entries:
            yield entry
        after = entries[-1].n


async def export_lines(store: Store) -> AsyncIterator[bytes]:
    """All lines of a store."""
    async for artifact in artifacts(store):
        yield artifact_line(artifact)
        async for line in decision_lines(store, artifact.customer_id):
            yield line


async def digest(store: Store) -> str:
    """The digest of everything that `memento export` writes."""
    return digest_of([line async for line in export_lines(store)])


async def memory_digest(store: Store) -> str:
    """The digest of the facts of all customers."""
    return digest_of([memory_line(artifact) async for artifact in artifacts(store)])
