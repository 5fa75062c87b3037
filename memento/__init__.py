"""Settings, wiring, the ASGI application and the command line.

The composition root: the only place that picks implementations. Refuses: logic that another room could
hold.
"""
