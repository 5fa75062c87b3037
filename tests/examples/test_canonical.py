"""The rulebooks people learn from are written the way the formatter writes them."""

from pathlib import Path

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.format import format_rulebook

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.rules")), ids=lambda path: path.stem)
def test_an_example_is_in_canonical_form(path: Path) -> None:
    text = path.read_text()
    assert format_rulebook(text, DEFAULT_LIMITS) == text
