"""A store on a file, for tests that look at the file itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artifact.errors import ErrorCode, InputError
from store.embedded import EmbeddedStore
from tests.store.making import NOON


def opened(path: Path, *, read_only: bool = False) -> EmbeddedStore:
    return EmbeddedStore.open(path, lambda: NOON, read_only=read_only)


@contextmanager
def refused(code: ErrorCode) -> Iterator[None]:
    with pytest.raises(InputError) as error:
        yield
    assert error.value.code is code
