"""What the project consists of, for the rules of the house to look at.

Refuses to depend on git being there: a downloaded archive is checked by the same rules.
"""

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

ROOMS = ("artifact", "dsl", "engine", "store", "channels", "dispatch", "schema", "resolvers", "memento")
AROUND = ("tests", "benchmarks", "examples")

# Read only when git is not there to tell: what a working checkout holds that nobody commits.
_UNCOMMITTED = {".git", ".venv", ".venv.lock", "__pycache__", "dist", "build", "spool", "node_modules"}


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def files() -> tuple[Path, ...]:
    """Every file that is committed, or would be by the next `git add`."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        found = [ROOT / name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not _UNCOMMITTED & set(path.relative_to(ROOT).parts)]
        found = [path for path in found if not any(part.endswith("_cache") for part in path.parts)]
    return tuple(sorted({path for path in found if path.is_file()}))


@cache
def texts() -> dict[str, str]:
    """The text of every file, by its path in the project; binary files are left out."""
    result: dict[str, str] = {}
    for path in files():
        try:
            result[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return result


def modules(*folders: str) -> dict[str, str]:
    """The Python modules below these folders (default: the rooms, and what stands around them)."""
    wanted = folders or (*ROOMS, *AROUND)
    return {
        name: text
        for name, text in texts().items()
        if name.endswith(".py") and name.split("/", 1)[0] in wanted
    }
