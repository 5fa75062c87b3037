"""What is due: runs timers, hands deliveries to channels, and brings the outcome back as an event. Owns the clock.

Refuses to decide: whether something may leave is the engine's decision, made once more with each intent (I6).
"""

from dispatch.dispatcher import Dispatcher
from dispatch.settings import DispatchSettings
from dispatch.tally import Counts

__all__ = ["Counts", "DispatchSettings", "Dispatcher"]
