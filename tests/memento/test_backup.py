"""A backup is a whole store as of one commit, taken while the service works, and never takes the store's own place."""

from pathlib import Path

import pytest

from memento.exits import Exit
from tests.memento.process import answer, memento, service, write_day


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that a service has been fed, with a backup taken while it ran."""
    found = tmp_path_factory.mktemp("backup")
    write_day(found / "day.ndjson", customers=8)
    with service(found) as url:
        answer("ingest", found / "day.ndjson", "--url", url)
        done = memento("backup", "--store", "brand.memento", "--out", "kept.memento", cwd=found)
        assert (done.returncode, done.stderr) == (Exit.OK, "")
    return found


def test_a_backup_beside_a_running_service_is_a_store_in_which_every_invariant_holds(folder: Path) -> None:
    found = answer("verify", "--store", folder / "kept.memento")
    assert (found["ok"], found["customers"]) == (True, 8)
    assert not (folder / "kept.memento.part").exists()


def test_a_service_goes_on_from_a_backup(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "brand.memento").write_bytes((folder / "kept.memento").read_bytes())
    with service(tmp_path) as url:
        again = answer("ingest", folder / "day.ndjson", "--url", url)
    assert set(again["statuses"]) == {"DUPLICATE"}


def test_a_backup_replaces_an_older_one(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kept.memento"
    out.write_bytes(b"of yesterday")
    assert memento("backup", "--store", folder / "brand.memento", "--out", out).returncode == Exit.OK
    assert answer("verify", "--store", out)["ok"]


@pytest.mark.parametrize(
    ("store", "out", "code"),
    [
        ("brand.memento", "brand.memento", Exit.INPUT),
        ("brand.memento", "nowhere/kept.memento", Exit.INPUT),
        ("day.ndjson", "x.memento", Exit.INPUT),
        ("memory", "x.memento", Exit.INPUT),
        ("mongodb://127.0.0.1/brand", "x.memento", Exit.INPUT),
        ("nowhere.memento", "x.memento", Exit.UNAVAILABLE),
    ],
)
def test_what_cannot_be_copied_is_refused_and_nothing_is_written(
    folder: Path, store: str, out: str, code: Exit
) -> None:
    before = (folder / "brand.memento").read_bytes()
    done = memento("backup", "--store", store, "--out", out, cwd=folder)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert (folder / "brand.memento").read_bytes() == before
    assert not (folder / "x.memento").exists()
    assert list(folder.glob("*.part")) == []
