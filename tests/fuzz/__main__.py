"""The long form: `python -m tests.fuzz --count 100000 [--seed N]`. Prints each seed that breaks, and its text."""

import argparse
import sys
import traceback
from collections import Counter

from tests.fuzz.corpus import corpus
from tests.fuzz.mutate import rulebook
from tests.fuzz.trial import trial


def main() -> int:
    """0 where no seed broke anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    for seed in range(args.seed, args.seed + args.count):
        try:
            outcome = trial(seed)
        except Exception:
            counts["broken"] += 1
            print(f"seed {seed}:\n{rulebook(seed, corpus())}\n{traceback.format_exc()}", flush=True)
            continue
        counts["compiled" if outcome.compiled else "refused"] += 1
        counts["entries"] += outcome.entries
    print(dict(counts))
    return 1 if counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
