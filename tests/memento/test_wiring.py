"""The wiring: an address picks the store, and everything else is the same over each of them."""

from pathlib import Path

import pytest

from artifact.errors import ErrorCode, InputError
from memento.commands.shared import shown
from memento.environment import environment
from memento.exits import Exit
from memento.wiring import open_store
from tests.memento.process import INSURER, answer, memento, write_day
from tests.store.mongo_server import stand_in


async def refused(address: str) -> InputError:
    with pytest.raises(InputError) as caught:
        await open_store(address)
    return caught.value


def test_the_same_day_ends_in_the_same_digest_over_a_file_and_over_mongodb(tmp_path: Path) -> None:
    day = tmp_path / "day.ndjson"
    write_day(day, customers=6)
    in_memory = answer("backtest", INSURER, day)
    with stand_in() as url:
        address = url.replace("/?", "/brand?")
        kept = answer("backtest", INSURER, day, "--store", address)
        again = answer("backtest", INSURER, day, "--store", address)
        verdict = answer("verify", "--store", address)
    assert kept["digest"] == again["digest"] == in_memory["digest"]
    assert verdict["ok"] is True


@pytest.mark.parametrize("address", ["postgres://here", "http://here", "mongo://here"])
async def test_another_kind_of_store_is_refused(address: str) -> None:
    assert (await refused(address)).code is ErrorCode.VALUE_UNKNOWN


@pytest.mark.parametrize(
    "address", ["mongodb://", "mongodb://here:port/x", "mongodb://a:b:c@here/x", "mongodb://here/a b$"]
)
def test_an_address_that_cannot_be_read_is_a_persons_fault(address: str) -> None:
    done = memento("verify", "--store", address)
    assert "Traceback" not in done.stderr
    assert done.returncode in {Exit.INPUT, Exit.UNAVAILABLE}


def test_a_password_is_never_shown() -> None:
    assert shown("mongodb://user:secret@here/brand") == "mongodb://here/brand"


def test_the_environment_names_the_zones_that_are_read() -> None:
    assert environment().startswith("memento ")
    assert "; tzdata 20" in environment()
    assert "; holidays " in environment()
