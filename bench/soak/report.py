"""The figures of the months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bench.figures import Figures, Table
from bench.soak.availability import EDIT, OURS, REASONS
from bench.soak.simulation import AVAILABILITY, Result
from bench.soak.virtual_clock import SPEED

_HOUR = 3600
_NOTES = f"""
A stream is on while its channel is RUNNING and sends, an enabled flow output leads to the channel's
input, and its flow is ACTIVE and has its source; it is due while its file declares it running,
within the hours of its schedule. Both are computed from the history of the emulator, to the
second; nothing is sampled (bench/soak/availability.py).

Each part of a gap has one reason, the first of the second table that applies. Availability leaves
out the time of all reasons but the last. "On" leaves out nothing.

A reason lasts until its cause is cured: people notice within minutes or hours, at random, and then
run `pulumi up`, `pulumi up --refresh` or `lunora start`. So these times are those of the people.

Virtual time passes {SPEED:.0f} times as fast as the machine's while a command runs, and is moved
ahead between commands. MediaLive takes its minutes (localaws/latency.yaml, an estimate); the work
of the engine counts {SPEED:.0f}-fold, so restarts by edits look longer than they would be. The seed
decides the events and their times; the machine's speed decides the length of a run, so that seconds
differ from run to run.

A key that is revoked is an output that is lost with an alert, until the file has another key. No
fault lets a channel hang for ever: the wait for it is fifteen minutes of the machine's time.

A touch is a call of an `up` that stops, changes or deletes a channel, an input or a flow output of
a destination that no edit named and nobody had changed in AWS.
"""


def _restart(result: Result) -> str:
    seconds = sorted(gap.seconds for gap in result.account.gaps if gap.reason == EDIT)
    return f"{seconds[len(seconds) // 2]:.0f} s" if seconds else "none"


_ROWS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("virtual days", lambda result: str(result.month.days)),
    ("streams, hours due", lambda result: f"{result.account.due / _HOUR:.0f}"),
    ("ups", lambda result: str(result.ups)),
    ("ups that had to be run again", lambda result: str(result.again)),
    ("edits", lambda result: _count(result, "edit")),
    ("mishaps", lambda result: _count(result, "mishap")),
    ("changes by hand in AWS", lambda result: _count(result, "by hand")),
    ("acts of operators", lambda result: _count(result, "operator")),
    ("calls of schedules", lambda result: str(result.fired)),
    ("calls that were made to fail", lambda result: _count(result, "fault")),
    ("calls of AWS in all", lambda result: str(result.calls)),
    ("touches of what nothing named", lambda result: str(len(result.touched))),
    ("availability", lambda result: f"{result.account.availability:.4%}"),
    ("on, nothing left out", lambda result: f"{result.account.on:.2%}"),
    ("a restart by an edit, median", _restart),
    ("disagreements at the end", lambda result: str(len(result.disagreements))),
    ("other complaints", lambda result: str(len(result.complaints))),
    ("minutes of the machine", lambda result: f"{result.seconds / 60:.0f}"),
)


def figures(results: Sequence[Result]) -> Figures:
    """Return the figures of the months."""
    seeds = [str(result.month.seed) for result in results]
    month = results[0].month
    columns = tuple(f"seed {seed}" for seed in seeds)
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.counts)
    return Figures(
        name="soak",
        title="A simulated month",
        command=f"python -m bench.soak --seed {' '.join(seeds)} --days {month.days}"
        f" --activity {month.activity:g}",
        promise=f"{month.destinations} destinations live a month of edits, schedules, faults and"
        " operators: one that no edit names is never interrupted by us, what is due is on for at"
        f" least {AVAILABILITY:.1%} of the time that no fault took, and files, state and AWS agree"
        " at the end.",
        verdict=f"{len(results)} months, {sum(result.ups for result in results)} ups:"
        f" {sum(len(result.touched) for result in results)} touches of what nothing named,"
        f" availability {min(result.account.availability for result in results):.4%} at the least,"
        f" {sum(len(result.disagreements) for result in results)} disagreements at the end,"
        f" {sum(len(result.complaints) for result in results)} complaints besides.",
        passed=all(result.passed for result in results),
        tables=(
            Table(
                caption="The months:",
                columns=("", *columns),
                rows=tuple((name, *map(value, results)) for name, value in _ROWS),
            ),
            Table(
                caption="Why a stream was not on when it was due, in time and number of gaps:",
                columns=("reason", *columns),
                rows=tuple(
                    (reason, *(_gaps(result, reason) for result in results)) for reason in REASONS
                ),
            ),
            Table(
                caption="Events, in all months together:",
                columns=("event", "times"),
                rows=tuple((name, str(count)) for name, count in sorted(counts.items()) if count),
            ),
        ),
        notes=_NOTES,
    )


def _count(result: Result, kind: str) -> str:
    return str(sum(n for name, n in result.counts.items() if name.startswith(f"{kind}:")))


def _gaps(result: Result, reason: str) -> str:
    seconds = result.account.seconds.get(reason, 0.0)
    gaps = sum(gap.reason == reason for gap in result.account.gaps)
    return f"{seconds:.0f} s in {gaps}" if reason == OURS else f"{seconds / _HOUR:.2f} h in {gaps}"
