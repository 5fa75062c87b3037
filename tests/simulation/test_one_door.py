"""One door: the artifact is a function of the log alone, and of all of it."""

from typing import Any, cast

from hypothesis import given

from artifact.customer import encode_body
from artifact.decision import Entry, EntryKind
from artifact.instant import DAY
from engine.pipeline.replay import Replay
from engine.pipeline.verify import verify
from store.port import Store
from tests.scenarios.stage import ANA, Stage, settled
from tests.simulation.histories import History, answers, histories, play_on, played
from tests.simulation.replays import again, books_of, log_of
from tests.simulation.rulebooks import rulebooks


class Forgetful:
    """A store whose log lacks every row of one kind, numbered as if there had never been any."""

    def __init__(self, store: Store, kind: EntryKind) -> None:
        self._store, self._kind = store, kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def history(self, customer_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        rows = await self._store.history(customer_id, 0, 1_000_000)
        return [row for row in rows if row.kind is not self._kind and row.n > after][:limit]


@given(rulebooks(), rulebooks(rules=2), histories(), answers)
def test_each_version_can_be_had_again_from_the_log_byte_for_byte(
    text: str, other: str, history: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    stage.publish(other)
    play_on(stage, history[:3], "t")
    stage.pass_until(stage.now + 5 * DAY)
    replay = Replay(stage.store, books_of(stage), stage.limits)
    remembered: dict[int, bytes] = {}

    def remember(artifact_stage: Stage) -> None:
        artifact = artifact_stage.artifact()
        remembered[artifact.version] = encode_body(artifact.body)

    now_and_then(stage, remember)
    for version, body in remembered.items():
        if version:
            found = settled(replay.at_version(ANA, version))
            assert found is not None
            assert encode_body(found.body) == body


def now_and_then(stage: Stage, look: Any) -> None:
    """Play the script again from the beginning up to a few of its lines, and look."""
    for upto in range(1, len(stage.script), max(1, len(stage.script) // 3)):
        look(again(stage.script[:upto]))
    look(stage)


@given(rulebooks(), rulebooks(rules=2), histories(most=20), answers)
def test_a_log_that_lacks_any_one_kind_of_row_is_caught(
    text: str, other: str, history: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    stage.publish(other)
    stage.pass_until(stage.now + 5 * DAY)
    assert settled(verify(stage.store, books_of(stage), stage.limits)).breaches == ()
    for kind in {row.kind for row in log_of(stage)}:
        forgetful = cast("Store", Forgetful(stage.store, kind))
        assert settled(verify(forgetful, books_of(stage), stage.limits)).breaches != (), kind
