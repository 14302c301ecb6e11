"""`python -m bench.month [--seed N ...] [--days 30]`: months of a stack, and their figures."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.figures import progress
from bench.month.report import figures
from bench.month.simulation import Month, Result, simulate


def main() -> None:
    """Run a month a seed and write docs/proof/month.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--destinations", type=int, default=20)
    options = parser.parse_args()
    results: list[Result] = []
    for seed in options.seed:
        month = Month(seed, options.days, options.destinations)
        with tempfile.TemporaryDirectory() as scratch:
            results.append(simulate(month, Path(scratch), progress))
        # After each, for a month takes its time.
        figures(results).save("month")


if __name__ == "__main__":
    main()
