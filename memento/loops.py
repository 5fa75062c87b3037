"""The event loops of a service: the quickest kind that is here. Windows and other interpreters have only asyncio's."""

import asyncio


def runner() -> asyncio.Runner:
    """What a service is run with: the quickest event loop that is here."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=new_event_loop)
