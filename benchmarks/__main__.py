"""`python -m benchmarks [NAME ...] [--json FILE]`: measures, prints one line a figure, and says which limits hold.

The exit code is 0 whatever the figures are: on a shared machine they decide nothing by themselves.
"""

import argparse
import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from benchmarks.line import Line, table
from benchmarks.scale import FULL, TINY, Scale
from benchmarks.timing import loop_speed

NAMES = (
    "evaluate",
    "peers",
    "parse",
    "deciding",
    "late",
    "history",
    "publish",
    "log_bytes",
    "backtest",
    "ingest",
    "sweeping",
    "conversion",
    "service",
    "sockets",
)
"""In the order in which they run; each is a module of this folder."""


class Benchmark(Protocol):
    """What each of the modules is."""

    def measure(self, scale: Scale) -> list[Line]:
        """The lines that it measures."""


def benchmark(name: str) -> Benchmark:
    """One of NAMES."""
    return cast(Benchmark, import_module(f"benchmarks.{name}"))


def main(arguments: list[str]) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all without")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--tiny", action="store_true", help="sizes that only show that everything works")
    args = parser.parse_args(arguments)
    unknown = [name for name in args.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    run(args.names or list(NAMES), TINY if args.tiny else FULL, args.json)
    return 0


def run(names: list[str], scale: Scale, file: Path | None) -> None:
    """Measure these, and tell and write each as it comes: a run is long, and may be ended."""
    lines: list[Line] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        measured = benchmark(name).measure(scale)
        print(table(measured), flush=True)
        lines += measured
        if file is not None:
            figures = {"machine": machine(), "lines": [line.as_json() for line in lines]}
            file.write_text(json.dumps(figures, indent=2))


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "loop_ns": round(loop_speed(5), 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
