"""`check` and `test`: whatever is in the file, the answer is a list of findings with their places."""

import json
import re
from pathlib import Path

import pytest

from memento import phrases
from memento.__main__ import main
from memento.exits import Exit
from tests.memento.process import INSURER

HEADER = 'rulebook small\n  zone "UTC"\n  currency EUR\nend\ncategory news basis contract channels app end\n'
TOPIC = "topic hello category news end\n"


def run(capfdbinary: pytest.CaptureFixture[bytes], *words: str | Path) -> tuple[int, str]:
    code = main([str(word) for word in words])
    return code, capfdbinary.readouterr()[0].decode()


def test_the_insurers_rulebook_can_be_published_and_passes_its_tests(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert run(capfdbinary, "check", INSURER)[0] == Exit.OK
    code, out = run(capfdbinary, "test", INSURER, "--json")
    assert code == Exit.OK
    assert [test["name"] for test in json.loads(out)["tests"] if not test["passed"]] == []


def test_findings_are_shown_with_line_and_carets(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "slip.rules"
    file.write_text(HEADER + "topic hello category nws end\n")
    code, out = run(capfdbinary, "check", file)
    assert code == Exit.FINDING
    assert f"{file}:6:22:" in out
    assert "                     ^^^" in out
    assert "news" in out.split("help:")[1]


FAILING = 'test "never" at 2 March 2026 10:00 when message about hello expect block end\n'


def test_a_rulebook_whose_tests_fail_is_a_finding_because_it_is_not_published(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "failing.rules"
    file.write_text(HEADER + TOPIC + FAILING)
    code, out = run(capfdbinary, "check", file)
    assert (code, out.splitlines()[-1]) == (
        Exit.FINDING,
        f"{file}: 1 of its 1 test fails: “never”; this cannot be published",
    )
    code, out = run(capfdbinary, "check", file, "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["failedTests"]) == (Exit.FINDING, False, ["never"])


def test_hints_take_one_line_each(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    file = tmp_path / "unused.rules"
    file.write_text(HEADER + TOPIC + "vocabulary customer.age: number customer.size: number end\n")
    code, out = run(capfdbinary, "check", file)
    assert code == Exit.OK
    hints = [line for line in out.splitlines() if "hint[NAME_UNUSED]" in line]
    assert [line.partition(": hint")[0] for line in hints] == [f"{file}:7:12", f"{file}:7:33"]
    assert len(out.splitlines()) == len(hints) + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "HEADER_MISSING"),
        (b"\xff\xfe\x00", "TEXT_NOT_UTF8"),
        ((HEADER + "define x as " + "(" * 10_000 + ")" * 10_000).encode(), None),
        (
            (
                HEADER
                + TOPIC
                + 'message rule "deep" for topic hello when '
                + "(" * 10_000
                + "1 is 1"
                + ")" * 10_000
                + " then deliver end"
            ).encode(),
            "TOO_DEEP",
        ),
        ((HEADER + 'template t in English text "{% for %}" end').encode(), "TEMPLATE_SYNTAX"),
        ((HEADER + "\0").encode(), "CHARACTER_REFUSED"),
        (b"{}" * 1000, None),
    ],
)
def test_a_rulebook_at_fault_is_a_finding(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, text: bytes, code: str | None
) -> None:
    file = tmp_path / "bad.rules"
    file.write_bytes(text)
    done, out = run(capfdbinary, "check", file, "--json")
    answer = json.loads(out)
    assert (done, answer["ok"], answer["revision"]) == (Exit.FINDING, False, None)
    assert code is None or code in {finding["code"] for finding in answer["diagnostics"]}
    assert run(capfdbinary, "test", file)[0] == Exit.INPUT


def test_a_rulebook_of_three_megabytes_is_refused_unread(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "large.rules"
    file.write_bytes(b"#" * 3_000_000)
    done, out = run(capfdbinary, "check", file, "--json")
    assert done == Exit.INPUT
    assert json.loads(out)["error"]["code"] == "RULEBOOK_TOO_LARGE"


def test_a_test_that_fails_says_what_was_expected(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "failing.rules"
    file.write_text(HEADER + TOPIC + FAILING)
    code, out = run(capfdbinary, "test", file)
    assert code == Exit.FINDING
    assert f"FAILED  {file}:7  never" in out
    assert "0 passed, 1 failed" in out


SPANISH = """reglamento modales zona "UTC" fin
categoría avisos base contrato canales correo fin
tema hola categoría avisos plantilla hola fin
plantilla hola en español texto "Hola." fin
regla de mensaje "Nunca" para el tema hola cuando mensaje.urgencia es crítica entonces bloquear fin
regla de mensaje "Siempre" para el tema hola cuando mensaje.urgencia es normal entonces evitar sms fin
tabla nivel toma la primera
  | mensaje.urgencia | => marcas |
  | crítica          | => 1      |
  | en otro caso     | => 2      |
fin
prueba "sale" con fecha 2 de marzo de 2026 10:00 cuando llega un mensaje sobre hola se espera entrega fin
"""
FALLIDA = 'prueba "nunca" con fecha 2 de marzo de 2026 10:00 cuando llega un mensaje sobre hola se espera bloqueo fin\n'


@pytest.mark.parametrize(
    ("more", "command", "said"),
    [
        (
            "",
            "check",
            "FILE: puede publicarse. 2 reglas de mensaje, 1 tema, 1 prueba; el mensaje más caro lee",
        ),
        (FALLIDA, "check", "FILE: falla 1 de sus 2 pruebas: «nunca»; así no puede publicarse"),
        ("tema", "check", "FILE: 1 error; así no puede publicarse"),
        ("", "test", "superada  FILE:12  sale"),
        (FALLIDA, "test", "FALLIDA  FILE:13  nunca"),
        (FALLIDA, "test", "pruebas superadas: 1; fallidas: 1"),
        ("", "test", "reglas disparadas: 1 de 2"),
        ("", "test", "sin probar: regla de mensaje «Nunca»: se consulta y nunca se dispara"),
        ("", "test", "sin probar: regla de mensaje «Siempre»: `mensaje.urgencia es normal` no falla nunca"),
        ("", "test", "sin probar: tabla nivel: fila 1, en otro caso"),
    ],
)
def test_what_is_said_of_a_spanish_rulebook_is_said_in_spanish(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, more: str, command: str, said: str
) -> None:
    file = tmp_path / "modales.rules"
    file.write_text(SPANISH + more)
    _, out = run(capfdbinary, command, file)
    assert any(line.startswith(said.replace("FILE", str(file))) for line in out.splitlines()), out


def test_every_tongue_has_all_phrases_with_the_same_places_open() -> None:
    def places(phrase: object) -> list[str]:
        return re.findall(r"\{\w*\}", str(phrase))

    for english, spanish in zip(phrases.ENGLISH, phrases.SPANISH, strict=True):
        assert sorted(places(english)) == sorted(places(spanish))
        if isinstance(english, dict) and isinstance(spanish, dict):
            assert set(english) == set(spanish)
