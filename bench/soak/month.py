"""One month from its first `up` to the comparison with the same files brought up again."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.figures import progress
from bench.readings import Readings
from bench.soak.availability import Account, account
from bench.soak.files import VENUES, begin, chance
from bench.soak.recorder import Recorder
from bench.soak.virtual_clock import SPEED, VirtualClock
from bench.soak.world import BACKUP_FLOW, FLOW_SECONDS, HOUR, World
from localaws.clock import Clock, Latency
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.aws_snapshot import differences, snapshot
from tests.support.flows import running_flow
from tests.support.workspace import Workspace, configure, point

_DAY = 24 * HOUR
# A Monday; six days later clocks change in America, four weeks later in Europe.
BEGIN = dt.datetime(2026, 3, 2, 0, 5, tzinfo=dt.UTC).timestamp()
QUOTAS = Quotas(channels=60, push_inputs=120, input_security_groups=20)

AVAILABILITY = 0.999
"""The promise, of the time that is due and not left out."""


@dataclass(frozen=True, slots=True)
class Month:
    """A simulation.

    Attributes:
        edits: edits of a few files a day; the next three are other events a day.
        speed: of `VirtualClock`.
        activity: how much of all that happens.
        readings: of MediaLive's disputed behaviours.
    """

    seed: int
    days: int = 30
    destinations: int = 20
    edits: float = 0.17
    mishaps: float = 0.5
    meddling: float = 0.1
    operating: float = 0.1
    speed: float = SPEED
    activity: float = 1.0
    readings: Readings = Readings.DEFAULT


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a month.

    Attributes:
        touched: what a run disturbed of a destination that nothing named, one sentence each.
        disagreements: what does not agree at the end, one sentence each.
        complaints: what else went wrong that must not, one sentence each.
        counts: what was done, by kind.
        minutes: of the machine.
    """

    month: Month
    account: Account
    touched: list[str]
    disagreements: list[str]
    complaints: list[str]
    counts: Counter[str]
    minutes: float

    @property
    def problems(self) -> list[str]:
        """Everything that broke the promise, but for availability."""
        return [*self.touched, *self.disagreements, *self.complaints]

    @property
    def passed(self) -> bool:
        """True where the promise is kept."""
        return not self.problems and self.account.availability >= AVAILABILITY


def simulate(month: Month) -> Result:
    """Run *month* in a folder that goes afterwards."""
    began, rng, virtual = time.monotonic(), chance(month.seed), VirtualClock(BEGIN, month.speed)
    clock = Clock(Latency.named("aws"), now=virtual.now)
    recorder = Recorder()
    with (
        tempfile.TemporaryDirectory() as scratch,
        EmbeddedAws(
            clock=clock,
            quotas=QUOTAS,
            on_call=recorder.record,
            readings=month.readings.chosen,
        ) as aws,
    ):
        recorder.aws = aws
        workspace = make_project(Path(scratch) / "month", aws)
        world = World(workspace, virtual, recorder, begin(month.destinations, rng), rng)
        world.bring_up()
        _plan(world, month)
        world.live(BEGIN + month.days * _DAY)
        world.come_to_rest()
        excuses = [*world.excuses, *recorder.refused()]
        kept = account(world.declared, recorder.is_on, recorder.changes, excuses, world.now)
        world.counts["calls of AWS"] = len(aws.calls)
        world.counts["calls of schedules"] = sum(
            call.service == "scheduler" and ":" in call.operation for call in aws.calls
        )
        disagreements = [
            *_at_rest(workspace),
            *_compared(world, Path(scratch) / "again", month.readings),
        ]
    return Result(
        month,
        kept,
        world.touched,
        disagreements,
        world.complaints,
        world.counts,
        (time.monotonic() - began) / 60,
    )


def make_project(folder: Path, aws: EmbeddedAws) -> Workspace:
    """Make the project in *folder*, without files, and the flow that takes over from the other."""
    folder.mkdir()
    configure(folder, {})
    point(folder, aws)
    workspace = Workspace(folder, aws, {}, [])
    running_flow(workspace.client("mediaconnect"), BACKUP_FLOW)
    aws.advance(FLOW_SECONDS)
    workspace.set_config("flows.backup.name", BACKUP_FLOW)
    workspace.set_config(f"passphrases.{VENUES}", "of-all-venues", "--secret")
    return workspace


def _plan(world: World, month: Month) -> None:
    """Spread what happens over the month; its last day is left to what has to be repaired."""
    kinds = (
        (month.edits, world.edit),
        (month.mishaps, world.break_something),
        (month.meddling, world.meddle),
        (month.operating, world.operate),
    )
    for often, action in kinds:
        for _ in range(round(often * month.days * month.activity)):
            world.plan(BEGIN + world.rng.uniform(HOUR, (month.days - 1) * _DAY), action)
    for day in range(month.days):
        line = f"seed {month.seed}: day {day + 1} of {month.days}"
        world.plan(BEGIN + day * _DAY, lambda line=line: progress(line))  # type: ignore[misc]


def _at_rest(workspace: Workspace) -> list[str]:
    """Return the disagreements of files, state and AWS."""
    preview = ("preview", "--expect-no-changes", "--diff")
    # Without --strict: doctor compares schedules with the machine's time, not the virtual one.
    runs = {
        "pulumi preview": workspace.pulumi(*preview),
        "pulumi preview --refresh": workspace.pulumi(*preview, "--refresh"),
        "lunora doctor": workspace.lunora("doctor"),
    }
    return [f"{name} shows a change:\n{run.text}" for name, run in runs.items() if run.code]


def _compared(world: World, folder: Path, readings: Readings) -> list[str]:
    """Compare AWS with one to which the same files were brought up at once.

    Time stands still there, so that no schedule comes due meanwhile.
    """
    desired, virtual = snapshot(world.workspace), VirtualClock(world.now - FLOW_SECONDS, speed=0)
    # The other one takes moto over, of which there is one in a process.
    clock = Clock(Latency.named("instant"), now=virtual.now)
    with EmbeddedAws(clock=clock, quotas=QUOTAS, readings=readings.chosen) as aws:
        workspace = make_project(folder, aws)
        World(workspace, virtual, Recorder(aws), world.files, chance(0)).bring_up()
        return differences(desired, snapshot(workspace))
