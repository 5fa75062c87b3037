"""The MongoDB store, for more than one machine."""

from store.mongo.driver import motor_client, pymongo_client
from store.mongo.store import MongoStore

__all__ = ["MongoStore", "motor_client", "pymongo_client"]
