"""The figures of the months, for .local/proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bench.figures import Figures, Table
from bench.soak.availability import EDIT, OURS, REASONS
from bench.soak.simulation import AVAILABILITY, Result
from bench.soak.virtual_clock import SPEED

_HOUR = 3600


def figures(results: Sequence[Result]) -> Figures:
    """Return what the months came to."""
    seeds = " ".join(str(one.month.seed) for one in results)
    month = results[0].month
    return Figures(
        title="A simulated month",
        command=(
            f"python -m bench.soak --seed {seeds} --days {month.days} --activity {month.activity:g}"
        ),
        promise=(
            f"{month.destinations} destinations live a month of edits, schedules, faults and"
            " operators: one that no edit names is never interrupted by us, what is due is on for"
            f" at least {AVAILABILITY:.1%} of the time that AWS was not told to take, and files,"
            " state and AWS agree at the end."
        ),
        verdict=_verdict(results),
        passed=all(result.passed for result in results),
        tables=(_months(results), _reasons(results), _done(results)),
        notes=_NOTES,
    )


_NOTES = (
    (
        "A stream is on while its channel is RUNNING and sends, an enabled flow output leads "
        "to the channel's input, and its flow is ACTIVE and has its source; it is due while "
        "its file says running, within the hours of its schedule. All of it is worked out "
        "from what the embedded AWS remembers, to the second; nothing is sampled "
        "(bench/soak/availability.py)."
    ),
    (
        "Each part of a gap has one reason, the first of the second table that applies. "
        "Availability leaves out the time of all reasons but the last: what is left has to be "
        "on. On, beside it, leaves out nothing."
    ),
    (
        "A reason lasts until what caused it is cured: people notice within minutes or hours, "
        "by chance, and then run `pulumi up`, `pulumi up --refresh` or `lunora start`. So "
        "these times are those of the people, not of the program."
    ),
    (
        f"Virtual time passes {SPEED:.0f} times as fast as the machine's while a command runs, "
        "and is moved ahead between commands. MediaLive takes its minutes "
        "(localaws/latency.yaml, an estimate); what the engine itself works counts "
        f"{SPEED:.0f}-fold, so restarts by edits look longer than they would be. The seed "
        "decides what happens and when; the machine's speed decides how long a run takes, so "
        "that seconds differ from run to run."
    ),
    (
        "A key that is revoked is an output that is lost with an alert, until the file's key "
        "is set anew. No mishap lets a channel hang for ever: the wait for it is fifteen "
        "minutes of the machine's time."
    ),
    (
        "A touch is a call of an `up` that stops, changes or deletes a channel, an input or a "
        "flow output of a destination that no edit named and nobody had changed in AWS."
    ),
)


def _verdict(results: Sequence[Result]) -> str:
    touched = sum(len(one.touched) for one in results)
    apart = sum(len(one.disagreements) for one in results)
    wrong = sum(len(one.complaints) for one in results)
    least = min(one.account.availability for one in results)
    ups = sum(one.ups for one in results)
    return (
        f"{len(results)} months, {ups} ups: {touched} touches of what nothing named, availability"
        f" {least:.4%} at the least, {apart} disagreements at the end, {wrong} complaints besides."
    )


def _months(results: Sequence[Result]) -> Table:
    rows: tuple[tuple[str, Callable[[Result], str]], ...] = (
        ("virtual days", lambda one: str(one.month.days)),
        ("streams, hours due", lambda one: f"{one.account.due / _HOUR:.0f}"),
        ("ups", lambda one: str(one.ups)),
        ("ups that had to be run again", lambda one: str(one.again)),
        ("edits", lambda one: _count(one, "edit")),
        ("mishaps", lambda one: _count(one, "mishap")),
        ("changes by hand in AWS", lambda one: _count(one, "by hand")),
        ("acts of operators", lambda one: _count(one, "operator")),
        ("calls of schedules", lambda one: str(one.fired)),
        ("calls that were made to fail", lambda one: _count(one, "fault")),
        ("calls of AWS in all", lambda one: str(one.calls)),
        ("touches of what nothing named", lambda one: str(len(one.touched))),
        ("availability", lambda one: f"{one.account.availability:.4%}"),
        ("on, nothing left out", lambda one: f"{one.account.on:.2%}"),
        ("a restart by an edit, median", _restart),
        ("disagreements at the end", lambda one: str(len(one.disagreements))),
        ("other complaints", lambda one: str(len(one.complaints))),
        ("minutes of the machine", lambda one: f"{one.seconds / 60:.0f}"),
    )
    return Table(
        caption="The months:",
        columns=("", *(f"seed {one.month.seed}" for one in results)),
        rows=tuple((what, *(say(one) for one in results)) for what, say in rows),
    )


def _count(result: Result, kind: str) -> str:
    found = (many for what, many in result.counts.items() if what.startswith(f"{kind}:"))
    return str(sum(found))


def _restart(result: Result) -> str:
    taken = sorted(gap.seconds for gap in result.account.gaps if gap.reason == EDIT)
    return f"{taken[len(taken) // 2]:.0f} s" if taken else "none"


def _reasons(results: Sequence[Result]) -> Table:
    def cell(result: Result, reason: str) -> str:
        seconds = result.account.seconds.get(reason, 0.0)
        gaps = sum(gap.reason == reason for gap in result.account.gaps)
        unit = f"{seconds:.0f} s" if reason == OURS else f"{seconds / _HOUR:.2f} h"
        return f"{unit} in {gaps}"

    return Table(
        caption="Why a stream was not on when it was due, in time and number of gaps:",
        columns=("reason", *(f"seed {one.month.seed}" for one in results)),
        rows=tuple((reason, *(cell(one, reason) for one in results)) for reason in REASONS),
    )


def _done(results: Sequence[Result]) -> Table:
    counts: Counter[str] = Counter()
    for one in results:
        counts.update(one.counts)
    return Table(
        caption="What was done, in all months together:",
        columns=("what", "times"),
        rows=tuple((what, str(many)) for what, many in sorted(counts.items()) if many),
    )
