"""No text brings the language down or is decided in two ways. The long form is `python -m tests.fuzz --count 100000`."""

import pytest

from tests.fuzz.corpus import corpus
from tests.fuzz.mutate import rulebook
from tests.fuzz.trial import trial

PART = 100


@pytest.mark.parametrize("first", range(0, 1000, PART))
def test_mutated_rulebooks_are_refused_in_words_or_decided_alike_by_both_forms(first: int) -> None:
    outcomes = [trial(seed) for seed in range(first, first + PART)]
    assert sum(one.compiled for one in outcomes) > PART // 2
    assert sum(one.entries for one in outcomes) > PART


def test_a_seed_draws_the_same_rulebook_again() -> None:
    assert [rulebook(seed, corpus()) for seed in range(20)] == [
        rulebook(seed, corpus()) for seed in range(20)
    ]
    assert len({rulebook(seed, corpus()) for seed in range(20)}) > 10
