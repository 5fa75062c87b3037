"""The commit point: one compare-and-set on one document, and what became of it where the answer was lost.

A step carries a token of its own, in its tail and in the log copies made from it. After an unknown outcome the
document is read back under majority: the token at the step's last entry says who won (I1, I2). As long as the
version stands where it stood, trying again is safe: the set happens once at most.
"""

import asyncio

from bson import ObjectId
from pymongo.errors import DuplicateKeyError, PyMongoError

from store.mongo.documents import Step
from store.mongo.driver import Database, Document
from store.mongo.faults import is_uncertain
from store.mongo.layout import ARTIFACT, ENTRY
from store.port import CommitResult

PAUSES = (0.0, 0.05, 0.2, 0.8, 2.0)
"""Seconds before each attempt to write and to find out; the driver's own patience comes on top."""


async def commit_step(database: Database, step: Step) -> CommitResult:
    """Compare and set. Raises the driver's error where the outcome could not be found out."""
    doubt: PyMongoError | None = None
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            if doubt is not None and (outcome := await _outcome(database, step)) is not None:
                return outcome
            if await _compare_and_set(database, step):
                return CommitResult.COMMITTED
            if doubt is None:
                return CommitResult.CONFLICT
        except PyMongoError as error:
            if not is_uncertain(error):
                raise
            doubt = error
    assert doubt is not None
    raise doubt


async def _compare_and_set(database: Database, step: Step) -> bool:
    if step.expected_version == 0:
        return await _create(database, step)
    update: Document = {"$set": step.fields, "$push": {"tail": step.tail}}
    if step.due is None:
        update["$unset"] = {"due": ""}
    else:
        update["$set"] = {**step.fields, "due": step.due}
    result = await database[ARTIFACT].update_one(
        {"_id": step.customer_id, "slot": step.slot, "version": step.expected_version}, update
    )
    return bool(result.matched_count)


async def _create(database: Database, step: Step) -> bool:
    due = {} if step.due is None else {"due": step.due}
    document = {"_id": step.customer_id, "slot": step.slot, **step.fields, **due, "tail": [step.tail]}
    try:
        await database[ARTIFACT].insert_one(document)
    except DuplicateKeyError:
        return False
    return True


async def _outcome(database: Database, step: Step) -> CommitResult | None:
    """Who made the step's last version; None while nobody did."""
    found = await database[ARTIFACT].find_one(
        {"_id": step.customer_id, "slot": step.slot}, {"version": 1, "tail.by": 1}
    )
    version = found["version"] if found else 0
    if version == step.expected_version:
        return None
    if found is None or version < step.version:
        return CommitResult.CONFLICT
    ours = any(tail["by"] == step.token for tail in found["tail"]) or await _in_log(database, step)
    return CommitResult.COMMITTED if ours else CommitResult.CONFLICT


async def _in_log(database: Database, step: Step) -> bool:
    """After the tail, never before it: what left the tail is in the log by then."""
    found = await database[ENTRY].find_one({"_id": f"{step.customer_id}#{step.version}", "slot": step.slot})
    by: ObjectId | None = found["by"] if found else None
    return by == step.token
