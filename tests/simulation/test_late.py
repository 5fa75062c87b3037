"""Late: in whatever order the sources reach us, the memory is that of the ordered run."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from artifact.customer import memory_bytes
from artifact.instant import DAY, HOUR, MINUTE, Instant, format_instant
from artifact.limits import Limits
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY, Chronicler
from tests.simulation.rulebooks import rulebooks


@dataclass(frozen=True)
class News:
    """What a source tells of an instant, and how long it is on its way to us."""

    at: Instant
    type: str
    data: dict[str, Any]
    source: str
    seq: int | None
    delay: Instant


@st.composite
def tellings(draw: st.DrawFn) -> list[News]:
    """News in the order of what happened. Two of one instant are of one source, which numbers them."""
    offsets = sorted(draw(st.lists(st.sampled_from(range(5 * 24 * 4)), min_size=2, max_size=10)))
    source = {offset: draw(st.sampled_from(["policies", "claims", "billing"])) for offset in offsets}
    chronicler = Chronicler(draw(st.integers(0, 2**32)))
    told = [chronicler.news() for _ in offsets]
    delays = [draw(st.sampled_from([0, 0, 20 * MINUTE, 5 * HOUR, 2 * DAY, 6 * DAY])) for _ in offsets]
    return [
        News(MONDAY + offset * 15 * MINUTE, type, data, source[offset], number, delay)
        for number, (offset, (type, data), delay) in enumerate(zip(offsets, told, delays, strict=True))
    ]


def heard(text: str, told: list[News], delayed: list[News], limits: Limits) -> Stage:
    """A stage long after it heard the news in the order of their arrival."""
    stage = Stage(text, MONDAY, limits)
    hear(stage, delayed, told)
    return stage.pass_until(MONDAY + 20 * DAY)


def hear(stage: Stage, news: list[News], told: list[News]) -> None:
    """Tell a stage the news in this order; `told` says which id each has."""
    for one in news:
        stage.at(max(stage.now, one.at + one.delay))
        stage.event(
            one.type,
            source=one.source,
            id=f"e{told.index(one)}",
            at=format_instant(one.at),
            seq=one.seq,
            data=one.data,
        )
        stage.work()


@given(rulebooks(rules=2), tellings(), st.sampled_from([1, 3, 64]))
def test_any_interleaving_of_sources_gives_the_memory_of_the_ordered_run(
    text: str, told: list[News], snapshot_entries: int
) -> None:
    limits = Limits(snapshot_entries=snapshot_entries)
    punctual = [News(n.at, n.type, n.data, n.source, n.seq, 0) for n in told]
    ordered = heard(text, punctual, punctual, limits)
    shuffled = heard(text, told, sorted(told, key=lambda n: n.at + n.delay), limits)
    assert memory_bytes(shuffled.artifact().body.facts) == memory_bytes(ordered.artifact().body.facts)
    shuffled.curtain()
