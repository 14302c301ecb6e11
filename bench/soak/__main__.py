"""`python -m bench.soak [--seed N ...] [--days 30]`: months of a stack, and their figures."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

from bench.figures import progress
from bench.soak.report import figures
from bench.soak.simulation import Month, simulated


def main() -> None:
    """Run a month a seed, each in a process of its own, and write docs/proof/month.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--destinations", type=int, default=20)
    parser.add_argument("--activity", type=float, default=1.0, help="how much happens")
    parser.add_argument("--at-once", type=int, default=1, help="months side by side")
    options = parser.parse_args()
    of_each = {key: getattr(options, key) for key in ("days", "destinations", "activity")}
    months = [Month(seed, **of_each) for seed in options.seed]
    # moto, and with it an embedded AWS, is one in a process.
    with ProcessPoolExecutor(options.at_once, max_tasks_per_child=1) as pool:
        results = list(pool.map(simulated, months))
    figures(results).save("month")
    for one in results:
        for wrong in (*one.failures, *one.touched, *one.disagreements, *one.complaints):
            progress(f"seed {one.month.seed}: {wrong}")


if __name__ == "__main__":
    main()
