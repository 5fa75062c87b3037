"""The embedded store, the default: one SQLite file."""

from store.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
