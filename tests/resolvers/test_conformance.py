"""The public conformance suites of GraphQL over HTTP and WebSocket, as their authors wrote them, run by node.

They live with the shared research data; their packages are installed into a folder of this run. Skipped, loudly,
where the suites, node or its packages are not to be had.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.resolvers.world import World

SUITE = Path("conformance") / "graphql"


@pytest.fixture(scope="module")
def suite(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the suites and what they need."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NOT RUN: the conformance suites need node and npm")
    if not (shared / SUITE / "audit.mjs").is_file():
        pytest.skip("NOT RUN: no conformance suites in the shared folder")
    folder = tmp_path_factory.mktemp("conformance")
    for file in (shared / SUITE).glob("*.*"):
        if file.suffix in {".mjs", ".json"}:
            (folder / file.name).write_bytes(file.read_bytes())
    installed = shared / SUITE / "node_modules"
    if installed.is_dir():
        (folder / "node_modules").symlink_to(installed)
        return folder
    try:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=30)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("NOT RUN: the packages of the conformance suites could not be installed")
    return folder


def run(suite: Path, script: str, argument: str) -> str:
    done = subprocess.run(
        ["node", script, argument], cwd=suite, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


@pytest.mark.shared
def test_all_audits_of_graphql_over_http_pass(world: World, suite: Path) -> None:
    output = run(suite, "audit.mjs", f"http://127.0.0.1:{world.port}/graphql")
    counts = json.loads(output.splitlines()[-1].split("}")[0] + "}")
    assert counts == {"ok": 61, "notice": 0, "warn": 0, "error": 0}, output


@pytest.mark.shared
def test_the_cases_of_the_websocket_protocol_end_as_it_says(world: World, suite: Path) -> None:
    script = (suite / "ws2.mjs").read_text(encoding="utf-8")
    feed = 'subscription{channelMessages(customerId:"nobody",channel:WEB){__typename}}'
    script = script.replace("'{hello}'", "'{viewer{actor}}'")
    script = script.replace("'subscription{count(to:100)}'", f"'{feed}'")
    (suite / "cases.mjs").write_text(script, encoding="utf-8")
    output = run(suite, "cases.mjs", str(world.port))
    cases = {line.split(" [")[0]: line for line in output.replace("[\n  ", "[ ").splitlines() if "[" in line}
    assert "close 4406" in cases["no subprotocol"]
    for name in ("binary", "id int", "id list", "query int", "payload null", "variables list", "empty id"):
        assert "close 4400" in cases[name], output
    assert "open" in cases["two subs, 2nd has syntax error"]
    assert '"id":"2","type":"error"' in output
    assert '"id":"s100","type":"error"' in output
    assert '"id":"s99","type":"error"' not in output
