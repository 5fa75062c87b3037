"""The demo: a seed says everything, and what it shows is what the API answers."""

from tests.memento.process import answer, memento


def test_the_same_seed_ends_in_the_same_summary() -> None:
    words = ("demo", "--once", "--customers", "12")
    first = answer(*words, PYTHONHASHSEED="1")
    assert answer(*words, PYTHONHASHSEED="2") == first
    assert first["customers"] == 12
    assert first["refused"] == {}
    assert sum(first["states"].values()) == first["messages"] > 20


def test_three_stories_are_told_in_words() -> None:
    told = memento("demo", "--once", "--customers", "3").stdout
    assert "Ana Vidal (C001)" in told
    assert "because it is a time of grief" in told
    assert "[APP seen, SMS withdrawn, LETTER withdrawn]" in told
    assert "was joined to the same message from another department" in told
