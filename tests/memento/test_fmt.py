"""`fmt`: shows the canonical form, compares with it, or puts it in the file's place."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from memento.__main__ import main
from memento.exits import Exit
from tests.house.project import ROOT

SLOPPY = 'Rulebook small zone "UTC" end # ours\n\n\ntopic  x category y END\n'
NEAT = 'rulebook small\n  zone "UTC"\nend  # ours\n\ntopic x  category y end\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.rules"
    path.write_text(SLOPPY)
    return path


def run(capfdbinary: pytest.CaptureFixture[bytes], *words: str | Path) -> tuple[int, str, str]:
    code = main(["fmt", *map(str, words)])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_the_canonical_form_goes_to_stdout_and_the_file_stays(
    capfdbinary: pytest.CaptureFixture[bytes], file: Path
) -> None:
    assert run(capfdbinary, file) == (Exit.OK, NEAT, "")
    assert file.read_text() == SLOPPY


def test_check_shows_what_would_change_and_changes_nothing(
    capfdbinary: pytest.CaptureFixture[bytes], file: Path
) -> None:
    code, out, _ = run(capfdbinary, file, "--check")
    assert code == Exit.FINDING
    assert "\n-topic  x category y END\n+topic x  category y end\n" in out
    assert file.read_text() == SLOPPY


def test_what_was_written_passes_the_check(capfdbinary: pytest.CaptureFixture[bytes], file: Path) -> None:
    file.chmod(0o640)
    assert run(capfdbinary, file, "--write")[0] == Exit.OK
    assert file.read_text() == NEAT
    assert file.stat().st_mode & 0o777 == 0o640
    assert run(capfdbinary, file, "--check")[:2] == (Exit.OK, f"{file}: is in canonical form\n")
    assert list(file.parent.iterdir()) == [file]


def test_of_a_spanish_rulebook_it_speaks_spanish(
    capfdbinary: pytest.CaptureFixture[bytes], file: Path
) -> None:
    file.write_text('Reglamento modales zona "UTC" fin')
    assert run(capfdbinary, file, "--check")[1].endswith(f"\n{file}: no está en su forma canónica\n")
    assert run(capfdbinary, file, "--write")[1] == f"{file}: escrito\n"
    assert run(capfdbinary, file, "--write")[1] == f"{file}: ya estaba en su forma canónica\n"
    assert run(capfdbinary, file, "--check")[1] == f"{file}: está en su forma canónica\n"


def test_a_link_stays_a_link(capfdbinary: pytest.CaptureFixture[bytes], file: Path) -> None:
    link = file.with_name("link.rules")
    link.symlink_to(file)
    assert run(capfdbinary, link, "--write")[0] == Exit.OK
    assert link.is_symlink()
    assert file.read_text() == NEAT


def test_other_line_ends_are_not_canonical(capfdbinary: pytest.CaptureFixture[bytes], file: Path) -> None:
    file.write_bytes(NEAT.replace("\n", "\r\n").encode())
    assert run(capfdbinary, file, "--check")[0] == Exit.FINDING


def test_the_answer_can_be_had_as_json(capfdbinary: pytest.CaptureFixture[bytes], file: Path) -> None:
    code, out, _ = run(capfdbinary, file, "--json")
    assert code == Exit.OK
    assert json.loads(out) == {"ok": True, "canonical": False, "formatted": NEAT}


def test_what_is_no_text_is_refused_and_left_alone(
    capfdbinary: pytest.CaptureFixture[bytes], file: Path
) -> None:
    file.write_bytes(b"rulebook \xff end")
    code, _, err = run(capfdbinary, file, "--write")
    assert code == Exit.INPUT
    assert "byte 9" in err
    assert file.read_bytes() == b"rulebook \xff end"


def test_a_disk_that_takes_nothing_is_told_and_the_file_is_left_alone(file: Path) -> None:
    command = (
        f"ulimit -f 0; exec {shlex.quote(sys.executable)} -m memento fmt {shlex.quote(str(file))} --write"
    )
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.INPUT
    assert "cannot be written" in done.stderr
    assert file.read_text() == SLOPPY


def test_check_and_write_exclude_each_other(capfdbinary: pytest.CaptureFixture[bytes], file: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(capfdbinary, file, "--check", "--write")
    assert stopped.value.code == Exit.INPUT


SPANISH = """reglamento manners
  moneda EUR
  idioma inglés
fin
glosario en inglés fin
categoría marketing  base consentimiento fin
"""
ENGLISH = "rulebook manners\n  currency EUR\nend\ncategory marketing  basis consent end\n"


def test_to_writes_the_file_in_the_other_tongue_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "manners.rules"
    file.write_text(ENGLISH, encoding="utf-8")
    assert main(["fmt", str(file), "--to", "es"]) == Exit.OK
    assert capsys.readouterr().out == SPANISH
    file.write_text(SPANISH, encoding="utf-8")
    assert main(["fmt", str(file), "--to", "en"]) == Exit.OK
    assert capsys.readouterr().out == ENGLISH


def test_what_has_faults_is_not_written_in_another_tongue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "manners.rules"
    file.write_text(ENGLISH.replace("consent", "konsent"), encoding="utf-8")
    assert main(["fmt", str(file), "--to", "es"]) == Exit.INPUT
    assert "did you mean `consent`?" in capsys.readouterr().err
