"""The process that test_embedded_faults kills: commits without end and says what was acknowledged.

Run as `python -m tests.store.killed_writer FILE`. Each line on its output is a group that `commit` answered for.
"""

import asyncio
import sys

from store.embedded import EmbeddedStore
from store.port import Want
from tests.store.making import NOON, committed, message_row, step

CUSTOMERS = [f"customer-{i}" for i in range(8)]


async def main(path: str) -> None:
    store = EmbeddedStore.open(path, lambda: NOON)
    loaded = await store.load([Want(id) for id in CUSTOMERS])
    versions = [found.artifact.version if found.artifact else 0 for found in loaded]
    while True:
        group = [
            step(
                id,
                after,
                f"e{after + 1}",
                f"e{after + 2}",
                messages=[message_row(id, f"{id}-m", after + 1)],
                snapshot=True,
                size=3000,
            )
            for id, after in zip(CUSTOMERS, versions, strict=True)
        ]
        await committed(store, *group)
        versions = [after + 2 for after in versions]
        sys.stdout.write(" ".join(map(str, versions)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
