"""Preview: what it counts is what publishing at that instant records, and looking changes nothing."""

import asyncio
from collections import Counter

from hypothesis import given

from artifact.customer import encode_body
from engine.pipeline.preview import Preview, Previewer
from tests.scenarios.stage import ANA, Stage, compiled
from tests.simulation.histories import History, histories, played
from tests.simulation.rulebooks import rulebooks

CAUSE = "rulebook.activated"


def previewed(stage: Stage, text: str) -> Preview:
    previewer = Previewer(stage.store, stage.books, stage.limits, compiled(text))
    return asyncio.run(previewer.page(examples=100))


@given(rulebooks(), rulebooks(), histories())
def test_a_preview_counts_what_publishing_then_records(text: str, other: str, history: History) -> None:
    stage = played(text, history)
    before = encode_body(stage.artifact().body)
    preview = previewed(stage, other)
    assert previewed(stage, other) == preview
    assert encode_body(stage.artifact().body) == before
    stage.publish(other)
    talk = stage.artifact().body.talk
    changed = [
        (message.id, message.state)
        for message in (*talk.messages, *talk.tail)
        if any(record.cause == CAUSE for record in stage.records(message.id))
    ]
    assert sorted((one.message_id, one.after.state) for one in preview.examples) == sorted(changed)
    assert preview.changed == len(changed) == stage.artifact().changed
    assert sum(move.count for move in preview.moves) == preview.changed
    assert Counter(one.customer_id for one in preview.examples) == Counter({ANA: preview.changed})
    stage.curtain()
