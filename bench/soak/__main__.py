"""`python -m bench.soak`: months of a stack, a seed each, and their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from bench.figures import Figures, Table, options, progress
from bench.readings import Readings
from bench.soak import availability
from bench.soak.availability import REASONS
from bench.soak.month import AVAILABILITY, Month, Result, simulate
from bench.soak.virtual_clock import SPEED

_NOTES = f"""
{availability.__doc__}
"On" leaves out nothing. A reason lasts until its cause is cured: people notice within minutes or
hours, at random, and then run `pulumi up`, `pulumi up --refresh` or `lunora start`.

Virtual time passes {SPEED:.0f} times as fast as the machine's while a command runs, and is moved
ahead between commands. MediaLive takes its minutes (localaws/latency.yaml, an estimate); the work
of the engine counts {SPEED:.0f}-fold, so restarts by edits look longer than they would be. The seed
decides the events and their times; the machine's speed decides the length of a run, so that seconds
differ from run to run.

A key that is revoked is an output that is lost until the file has another key. No fault lets a
channel hang for ever: the wait for it is fifteen minutes of the machine's time.

A touch is a call of an `up` that stops, changes or deletes a channel, an input or a flow output of
a destination that no edit named and nobody had changed in AWS.
"""


def main() -> int:
    """Run a month a seed, each in a process of its own, and save the figures."""
    given = options(
        __doc__,
        seed=(1, 2, 3),
        days=30,
        destinations=20,
        activity=1.0,
        at_once=1,
        readings=Readings.DEFAULT,
    )
    months = [
        Month(
            seed,
            given.days,
            given.destinations,
            activity=given.activity,
            readings=given.readings,
        )
        for seed in given.seed
    ]
    # moto, and with it an emulator, is one in a process.
    with ProcessPoolExecutor(given.at_once, max_tasks_per_child=1) as pool:
        results = list(pool.map(simulate, months))
    for result in results:
        for problem in (*result.problems, *result.account.ours):
            progress(f"seed {result.month.seed}: {problem}")
    return figures(results).save()


def figures(results: Sequence[Result]) -> Figures:
    """Return the figures of the months."""
    seeds, month = [str(result.month.seed) for result in results], results[0].month
    kinds = sorted(set().union(*(result.counts for result in results)))
    least = min(result.account.availability for result in results)
    command = f"python -m bench.soak --seed {' '.join(seeds)} --days {month.days}"
    command = f"{command} --activity {month.activity:g}"
    name, title, command = month.readings.of_figures("soak", "A simulated month", command)

    def table(caption: str, *rows: tuple[str, Iterable[str]]) -> Table:
        columns = ("", *(f"seed {seed}" for seed in seeds))
        return Table(caption, columns, [(name, *cells) for name, cells in rows])

    return Figures(
        name=name,
        title=title,
        command=command,
        promise=f"{month.destinations} destinations live a month of edits, schedules, faults and"
        " operators: one that no edit names is never interrupted by us, what is due is on for at"
        f" least {AVAILABILITY:.1%} of the time that no fault took, and files, state and AWS agree"
        " at the end.",
        verdict=f"{len(results)} months, {sum(r.counts['pulumi up'] for r in results)} ups:"
        f" {sum(len(result.touched) for result in results)} touches of what nothing named,"
        f" availability {least:.4%} at the least,"
        f" {sum(len(result.disagreements) for result in results)} disagreements at the end,"
        f" {sum(len(result.complaints) for result in results)} complaints besides.",
        passed=all(result.passed for result in results),
        tables=(
            table(
                "The months:",
                ("streams, hours due", (f"{r.account.due / 3600:.0f}" for r in results)),
                ("availability", (f"{r.account.availability:.4%}" for r in results)),
                ("on, nothing left out", (f"{r.account.on:.2%}" for r in results)),
                ("minutes of the machine", (f"{r.minutes:.0f}" for r in results)),
            ),
            table(
                "Why a stream was not on when it was due, in seconds:",
                *(
                    (reason, [f"{r.account.seconds.get(reason, 0):,.0f}" for r in results])
                    for reason in REASONS
                ),
            ),
            table(
                "Events, in number:",
                *((kind, [f"{r.counts[kind]:,}" for r in results]) for kind in kinds),
            ),
        ),
        notes=_NOTES,
    )


if __name__ == "__main__":
    raise SystemExit(main())
