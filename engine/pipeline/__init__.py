"""The one part of the engine that does I/O: strings the pure kernel to a store port.

`engine.pipeline.service.Engine` is the facade for the live service; the backtest drives the same runs on virtual time.
It knows ports only, never a store by name.
"""

from engine.pipeline.service import Engine, Outcome

__all__ = ["Engine", "Outcome"]
