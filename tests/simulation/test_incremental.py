"""Incremental: neither what was kept hot, nor how submissions were grouped, nor where a process died shows anywhere."""

from hypothesis import given
from hypothesis import strategies as st

from artifact.customer import Artifact
from artifact.instant import DAY
from dsl.oracle import InterpretedRulebook
from dsl.rulebook import Rulebook
from engine.judging import Memo
from engine.pipeline.replay import Replay
from tests.scenarios.stage import ANA, Line, compiled, settled
from tests.simulation.histories import History, answers, histories, play_on, played
from tests.simulation.replays import again, books_of, kept, log_of, mortal
from tests.simulation.rulebooks import rulebooks


def interpreted(text: str) -> Rulebook:
    book = compiled(text)
    return InterpretedRulebook(book.program, text, book.revision)


@given(rulebooks(), rulebooks(rules=2), histories(), histories(most=4), answers)
def test_memo_interpreter_waking_twice_and_a_cold_start_before_each_job_change_no_byte(
    text: str, other: str, history: History, after: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    stage.publish(other)
    play_on(stage, after, "t")
    stage.publish(text)
    stage.pass_until(stage.now + 5 * DAY)
    first = kept(stage)
    assert kept(again(stage.script)) == first
    assert kept(again(stage.script, kept_hot=0)) == first
    assert kept(again(stage.script, twice=True)) == first
    assert kept(again(stage.script, compiler=interpreted)) == first


@given(rulebooks(), histories(most=20), answers)
def test_submissions_of_one_instant_in_one_group_give_what_they_give_one_by_one(
    text: str, history: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    assert kept(again(stage.script, grouped=True)) == kept(stage)


@given(rulebooks(), histories(), answers, st.integers(1, 60), st.booleans())
def test_a_process_killed_at_any_commit_leaves_no_trace_once_it_was_submitted_again(
    text: str, history: History, provider: list[str | None], at: int, applied: bool
) -> None:
    stage = played(text, history, provider=provider)
    stage.pass_until(stage.now + 5 * DAY)
    commits = len([line for line in stage.script if line.text is None])
    killed = again(stage.script, around=mortal(1 + at % max(1, commits), applied=applied))
    assert kept(killed) == kept(stage)
    killed.curtain()


@given(rulebooks(), histories(), answers)
def test_an_entry_that_is_not_decided_because_nothing_changed_comes_out_as_if_it_were(
    text: str, history: History, provider: list[str | None]
) -> None:
    stage = played(text, history, provider=provider)
    stage.pass_until(stage.now + 5 * DAY)
    replay, artifact = Replay(stage.store, books_of(stage), stage.limits), Artifact(ANA)
    for entry in log_of(stage):
        stepped = settled(replay.step(artifact, entry, Memo()))
        anew = settled(replay.step(artifact, entry))
        assert (anew.artifact, anew.entry) == (stepped.artifact, stepped.entry)
        artifact = stepped.artifact


@given(rulebooks(), histories())
def test_deciding_twice_writes_nothing(text: str, history: History) -> None:
    stage = played(text, history)
    before = len(log_of(stage))
    again_ = again([*stage.script, Line(stage.now), Line(stage.now)])
    assert len(log_of(again_)) == before
