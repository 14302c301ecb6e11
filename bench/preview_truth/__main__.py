"""`python -m bench.preview_truth`: random edits; each preview beside the calls of its run."""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from bench.figures import Report, options
from bench.preview_truth.rounds import play

_REPORT: Final = Report(
    name="preview_truth",
    title="Previews that tell the truth",
    promise="A run creates, changes, removes and interrupts exactly what its plan lists.",
    noun="rounds of edits did what their plans listed",
    columns=("edits", "in words"),
    notes="A round draws edits of destination files, and half of the rounds a setting of the stack"
    " and a change by an operator or by hand in AWS. Streams of a former system are among the"
    " destinations. The plan is that of `lunora plan`; the run's changing calls come from the"
    " emulator's log. Channels, inputs, outputs and security groups are compared by destination"
    " and by what happens to them, other resources by destination and service.",
)


def main() -> int:
    """Play the rounds of each seed in a process of its own, and save the figures."""
    given = options(__doc__, seed=(1, 2), rounds=25, destinations=8, at_once=1)
    game = functools.partial(play, rounds=given.rounds, destinations=given.destinations)
    # moto, and with it an emulator, is one in a process.
    with ProcessPoolExecutor(given.at_once, max_tasks_per_child=1) as pool:
        checks = [check for played in pool.map(game, given.seed) for check in played]
    drawn = sum(int(check.cells[0]) for check in checks)
    return _REPORT.save(checks, more=f", with {drawn} edits drawn")


if __name__ == "__main__":
    raise SystemExit(main())
