"""A process that sweeps a store and says so after each slice, so that a test can kill it in the middle of its work."""

import asyncio
import sys

from memento.settings import Settings
from memento.wiring import engine_over, opened


async def main(path: str) -> None:
    """Sweep to the end, unless somebody ends it before."""
    async with opened(path) as store:
        engine = engine_over(store, Settings())
        await engine.start()
        while count := await engine.sweep():
            print(count, flush=True)
        await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
