"""What the README and the pages show is run: commands as a reader would run them, in order; queries against a service.

Addresses of port 8080 are moved to a free one, and `./run memento` to this environment's Python; nothing else is
changed. `./run demo` is played with fewer customers, `./run bench` with tiny sizes and, where no benchmark is named, with
one of them (tests/benchmarks runs each); `./run test` would run itself, and what others publish is not installed.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.compile import compile_rulebook
from memento.client import Client
from tests.house.project import ROOT, texts

PAGES = sorted(name for name in texts() if name == "README.md" or re.fullmatch(r"docs/[^/]+\.md", name))
BLOCK = re.compile(r"^```([a-z ]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE_SECONDS = 180
NOT_FOLLOWED = re.compile(r"\./run test|pip install .*")
PYTHON = shlex.quote(sys.executable)


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall(texts()[page])


def with_block(*kinds: str) -> list[str]:
    return [page for page in PAGES if any(kind in kinds for kind, _ in blocks(page))]


class Reader:
    """Somebody who follows a page to the letter, in a folder with the checkout's examples."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "examples").symlink_to(ROOT / "examples")
        self.port = str(_free_port())
        self.service: subprocess.Popen[str] | None = None

    def follow(self, commands: str) -> None:
        if NOT_FOLLOWED.fullmatch(commands.strip()):
            return
        shell = self._adapted(commands)
        if "memento serve" in shell:
            self._serve(shell)
            return
        if "curl" in shell and self.service is None:
            self._serve(f"{PYTHON} -m memento serve --port {self.port} --store page.memento")
        done = subprocess.run(
            ["sh", "-e", "-c", shell],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        if "curl" in shell:
            said = json.loads(done.stdout)
            assert "errors" not in said, said
            assert '"userErrors":[{' not in done.stdout, said

    def _adapted(self, commands: str) -> str:
        shell = re.sub(r"(\./run bench)(?! +[a-z])", r"\1 log_bytes", commands)
        shell = shell.replace("./run memento", f"{PYTHON} -m memento")
        shell = shell.replace(
            "./run bench", f"PYTHONPATH={shlex.quote(str(ROOT))} {PYTHON} -m benchmarks --tiny"
        )
        shell = shell.replace("./run demo", f"{PYTHON} -m memento demo --once --customers 5")
        shell = shell.replace("memento serve", f"memento serve --port {self.port}")
        address = f"--url http://127.0.0.1:{self.port}/graphql"
        shell = re.sub(r"(memento (?:publish|rulebook)\b[^\n>]*)", rf"\1 {address} ", shell)
        return shell.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMENTO_")}
        return {**kept, "PYTHONPATH": str(ROOT)}

    def _serve(self, shell: str) -> None:
        self.stop()
        self.service = subprocess.Popen(
            ["sh", "-c", f"exec {shell}"],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.service.stdout is not None
        assert any(line.startswith("Memento listens") for line in self.service.stdout)

    def ask(self, query: str) -> None:
        with Client(f"http://127.0.0.1:{self.port}/graphql", "reader") as client:
            assert client.execute(query)

    def stop(self) -> None:
        if self.service is not None:
            self.service.send_signal(signal.SIGTERM)
            self.service.communicate(timeout=PATIENCE_SECONDS)
            self.service = None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    found = Reader(tmp_path)
    try:
        yield found
    finally:
        found.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("page", with_block("sh"))
def test_every_command_of_a_page_runs(page: str, reader: Reader) -> None:
    if "curl" in texts()[page] and shutil.which("curl") is None:
        pytest.skip("NOT RUN: this machine has no curl")
    for kind, text in blocks(page):
        if kind == "sh":
            reader.follow(text)
        elif kind == "graphql" and page == "README.md":
            # The API's page has operations with variables; tests/schema holds it to the contract.
            reader.ask(text)


@pytest.mark.parametrize("page", with_block("rules", "rules bad"))
def test_every_whole_rulebook_of_a_page_is_what_it_is_shown_as(page: str) -> None:
    # Parts of rulebooks are joined and compiled by tests/dsl.
    for kind, text in blocks(page):
        if kind == "rules bad":
            assert compile_rulebook(text).rulebook is None, text
        elif kind == "rules" and text.startswith("rulebook") and "message rule" in text:
            assert compile_rulebook(text).rulebook is not None, text


def test_the_rule_that_the_readme_shows_is_one_of_the_examples() -> None:
    shown = [text for kind, text in blocks("README.md") if kind == "rules"]
    assert shown
    assert [text for text in shown if text not in texts()["examples/insurer/insurer.rules"]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", texts()[page]):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_service_of_a_page_can_be_asked_for_its_health(reader: Reader) -> None:
    reader.follow("./run memento serve --store memory")
    with urllib.request.urlopen(f"http://127.0.0.1:{reader.port}/health", timeout=10) as response:
        assert response.status == 200
