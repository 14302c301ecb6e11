"""`python -m bench.soak`: months of a stack, a seed each, and their figures."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from bench.figures import options, progress
from bench.soak.report import figures
from bench.soak.simulation import Month, simulated


def main() -> int:
    """Run a month a seed, each in a process of its own, and save the figures."""
    given = options(__doc__, seed=(1, 2, 3), days=30, destinations=20, activity=1.0, at_once=1)
    months = [
        Month(seed, given.days, given.destinations, activity=given.activity) for seed in given.seed
    ]
    # moto, and with it an emulator, is one in a process.
    with ProcessPoolExecutor(given.at_once, max_tasks_per_child=1) as pool:
        results = list(pool.map(simulated, months))
    for result in results:
        for problem in (*result.failures, *result.problems):
            progress(f"seed {result.month.seed}: {problem}")
    return figures(results).save()


if __name__ == "__main__":
    raise SystemExit(main())
