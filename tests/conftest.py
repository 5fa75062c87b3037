"""What every test may rely on: one event loop, repeatable examples, and research data that may be absent.

Refuses fixtures of a single room; those stand beside the tests that use them.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# "quick" plays the same examples every time, so that a red run is red again; "long" looks for new ones.
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile(
    "long", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def shared_folder() -> Path | None:
    """The shared research data: beside the checkout, or where MEMENTO_SHARED says."""
    place = Path(os.environ.get("MEMENTO_SHARED", ROOT.parent / "shared"))
    return place if (place / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    place = shared_folder()
    if place is None:
        pytest.skip("NOT RUN: no shared research data beside the checkout (or set MEMENTO_SHARED)")
    return place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shared_folder() is not None:
        return
    missing = pytest.mark.skip(
        reason="NOT RUN: no shared research data beside the checkout (or set MEMENTO_SHARED)"
    )
    for item in items:
        if item.get_closest_marker("shared") is not None:
            item.add_marker(missing)
