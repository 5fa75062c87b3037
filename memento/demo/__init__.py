"""A day at an insurer, made from a seed and played through the public API: what `memento demo` shows.

Nothing here is known to the service. Everything the demo does, a client could do.
"""
