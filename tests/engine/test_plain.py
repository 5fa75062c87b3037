"""Data from outside: what is seen quickly to be right is what the closer look finds nothing in."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.errors import ErrorCode, InputError
from artifact.limits import DEFAULT_LIMITS, Limits
from engine.plain import LEAST, MOST, _check, _is_sound, expect_data, expect_id

SHALLOW = Limits(data_depth=3)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(2 * LEAST, 2 * MOST),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["a\nb", "\x00", "\ud800", "\x7f", b"bytes", ErrorCode.REQUIRED, object()]),
)
names = st.one_of(st.text(max_size=3), st.sampled_from(["\x00", "\ud800", "a\nb"]), st.integers(0, 3))
anything: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(names, inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(names, anything, max_size=3))
def test_what_looks_right_at_once_is_right(data: dict[Any, Any]) -> None:
    if _is_sound((data,), SHALLOW.data_depth - 1):
        _check(data, (), SHALLOW, 1)


@given(st.dictionaries(names, anything, max_size=3))
def test_the_quick_look_changes_no_answer(data: dict[Any, Any]) -> None:
    assert fault_of(expect_data, data, ("data",), SHALLOW) == fault_of(_check, data, ("data",), SHALLOW, 1)


def fault_of(check: Callable[..., object], *given: object) -> str | None:
    """What a check says is wrong; nothing: it takes what it is given."""
    try:
        check(*given)
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize("text", ["a", "a b", "Núñez", "\u00a0", "\u2028", "\U0001f600", "\u200b", "x" * 200])
def test_an_id_may_hold_any_whole_character_that_controls_nothing(text: str) -> None:
    assert expect_id(text, (), DEFAULT_LIMITS) == text
