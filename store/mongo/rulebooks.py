"""Rulebooks and publications in MongoDB: numbered without a counter, by a unique number and trying again."""

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError, PyMongoError

from store.checks import outdated
from store.mongo.documents import publication_of, rulebook_of
from store.mongo.driver import Database, Document
from store.mongo.faults import is_uncertain
from store.mongo.layout import PUBLICATION, RULEBOOK
from store.port import Publication, RulebookRow

ATTEMPTS = 64
"""Somebody else took the number each time but the last."""


async def save_rulebook(database: Database, wanted: RulebookRow, expected: int | None = None) -> RulebookRow:
    """Keep a text under the next number, unless its id is there. `wanted.number` does not count.

    Raises InputError EDIT_CONFLICT where `expected` is given and is not the newest number.
    """
    rulebooks = database[RULEBOOK]
    document = {name: getattr(wanted, name) for name in ("text", "author", "saved_at", "revision")}
    fault: PyMongoError | None = None
    for _ in range(ATTEMPTS):
        if (found := await rulebooks.find_one({"_id": wanted.id})) is not None:
            return rulebook_of(found)
        newest = await rulebooks.find_one({}, {"number": 1}, sort=[("number", DESCENDING)])
        number = newest["number"] + 1 if newest else 1
        if expected is not None and number != expected + 1:
            raise outdated()
        try:
            await rulebooks.insert_one({"_id": wanted.id, "number": number, **document})
        except DuplicateKeyError as error:
            fault = error
        except PyMongoError as error:
            if not is_uncertain(error):
                raise
            fault = error
    assert fault is not None
    raise fault


async def publish(database: Database, wanted: Publication) -> Publication | None:
    """Append a publication if its epoch is the next. The token tells our own from another's of the same words."""
    publications = database[PUBLICATION]
    newest = await publications.find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
    if (newest["_id"] if newest else 0) != wanted.epoch - 1:
        return None
    token = ObjectId()
    names = ("rulebook_id", "revision", "effective_at", "actor", "call")
    document: Document = {"_id": wanted.epoch, "by": token, **{name: getattr(wanted, name) for name in names}}
    try:
        await publications.insert_one(document)
    except PyMongoError as error:
        if not isinstance(error, DuplicateKeyError) and not is_uncertain(error):
            raise
        found = await publications.find_one({"_id": wanted.epoch})
        if found is None:
            raise
        return publication_of(found) if found["by"] == token else None
    return wanted
