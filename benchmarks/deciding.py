"""One event folded and every open message decided: hot, when nothing changed that a rule reads, and all anew.

All anew is an event that changes a situation of which rules ask, and nothing kept at hand of the deciding before: every
rule is asked about every message. Run again is the same entry with no heed of what the entry before left.

The customer has a memory of some 3 KB and five messages that wait.
"""

import asyncio
from functools import partial

from artifact.customer import Artifact
from artifact.event import Event
from artifact.instant import HOUR
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_each
from benchmarks.world import OPEN_MESSAGES, START, event, grown, rulebook, scene_of
from engine.judging import Memo
from engine.reenact import undecided
from engine.step import step_event
from memento.garbage import settle


def measure(scale: Scale) -> list[Line]:
    """Hot, and all anew."""
    book = rulebook(scale.rules)
    run = asyncio.run(grown(book, scale.rules))
    at = START + HOUR
    viewed = event("c0", "view", "page.viewed", at, {"page": "/balance"})
    touched = event("c0", "touch", "claim.opened", at, {"claim_id": "claim-0", "amount": 17})
    scene = scene_of(book)

    # Twice, so that every decision has had the chance to settle.
    warm = run.artifact
    for n in (1, 2):
        one = event("c0", f"warm {n}", "page.viewed", START + HOUR // 2 + n, {"page": "/"})
        warm = step_event(warm, one, one.at, scene, None, run.memo).artifact

    settle()

    def step(artifact: Artifact, memo: Memo | None, one: Event = viewed) -> None:
        step_event(artifact, one, at, scene, None, memo)

    hot = cpu_each(partial(step, warm, run.memo), scale.calls, scale.rounds)
    anew = cpu_each(partial(step, warm, None, touched), scale.calls, scale.rounds)
    again = cpu_each(partial(step, undecided(warm), None, touched), scale.calls, scale.rounds)
    about = f"{scale.rules:,} rules, {OPEN_MESSAGES} open messages"
    return [
        Line("fold and decide, hot", hot * 1e6, "us", 60, 20, note=about),
        Line("fold and decide, all anew", anew * 1e6, "us", 150, 100, note=about),
        Line("the same run again, nothing stands", again * 1e6, "us", 150, 100, note=about),
        Line("hot / all anew", hot / anew, "x", 1 / 3, 1 / 4, "deciding all anew in the same run"),
    ]
