"""Run one recorded entry again: it must give the same bytes (I3). Recorded instants are used, never a clock."""

from msgspec.structs import replace

from artifact.customer import Artifact
from artifact.decision import Entry, EntryKind
from engine.judging import Memo
from engine.past import Past
from engine.scene import Scene
from engine.step import Stepped, TooDeep, step_event, step_intent, step_rulebook, step_timer


class Unrepeatable(Exception):  # a finding, worded for an operator
    """A recorded entry that cannot have happened: the log was damaged, or the kernel changed its mind."""


def reenact(
    artifact: Artifact, entry: Entry, scene: Scene, past: Past | TooDeep | None, memo: Memo | None = None
) -> Stepped:
    """The step that this entry records, taken again from the artifact before it.

    Without `memo` all is decided anew, also what stands, so that re-enacting shows that it does.
    Raises NeedsPast as step_event does, and Unrepeatable.
    """
    if entry.n != artifact.version + 1:
        raise Unrepeatable(f"entry {entry.n} follows version {artifact.version}")
    stepped = _step(artifact if memo is not None else undecided(artifact), entry, scene, past, memo)
    if stepped is None:
        raise Unrepeatable(f"entry {entry.n}: none of its deliveries was due")
    return stepped


def undecided(artifact: Artifact) -> Artifact:
    """The same, as if nothing stood and the entry before were of another instant."""
    body = artifact.body
    return replace(artifact, now=artifact.now - 1, body=replace(body, talk=replace(body.talk, marks=())))


def _step(
    artifact: Artifact, entry: Entry, scene: Scene, past: Past | TooDeep | None, memo: Memo | None
) -> Stepped | None:
    if entry.kind is EntryKind.TIMER and entry.timer_at is not None:
        return step_timer(artifact, entry.timer_at, entry.now, scene, memo)
    if entry.kind is EntryKind.RULEBOOK:
        return step_rulebook(artifact, entry.now, scene, None, past)
    if entry.kind is EntryKind.INTENT and entry.intent is not None:
        return step_intent(artifact, entry.intent, entry.now, scene, memo)
    if entry.event is not None:
        return step_event(artifact, entry.event, entry.now, scene, past, memo)
    raise Unrepeatable(f"entry {entry.n} of kind {entry.kind} holds nothing to run")


def scene_of(entry: Entry, scene: Scene) -> Scene:
    """The scene of a recorded entry: same book and limits, the entry's own revision and environment."""
    return Scene(scene.book, entry.revision, scene.limits, entry.environment)


def same_record(one: Entry, other: Entry) -> bool:
    """Whether two entries say the same, decisions included."""
    return replace(one, environment="") == replace(other, environment="")
