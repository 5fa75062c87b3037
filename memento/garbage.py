"""How rarely a service, or a backtest, looks for garbage in cycles.

What the engine keeps and lets go of has no cycles: counting references frees it. Looking for more walked through the
memory of every customer at hand, a third of what an event of a customer who is not cost. What is left in cycles (a
traceback, a closed socket) is found when so much has been kept that it could matter.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

KEPT_SINCE_LAST_LOOK = 50_000
"""So many more objects that may be in cycles than at the last look: some 5 MB."""


def settle() -> None:
    """Grammar, rulebook and modules stay: the collector need not look through them for ever. To be called when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(KEPT_SINCE_LAST_LOOK)


@contextmanager
def rarely() -> Iterator[None]:
    """For a long run inside another program: looking through all that is kept, again and again, is a sixth of a backtest."""
    before = gc.get_threshold()
    gc.set_threshold(KEPT_SINCE_LAST_LOOK)
    try:
        yield
    finally:
        gc.set_threshold(*before)
