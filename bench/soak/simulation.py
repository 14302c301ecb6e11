"""One month from its first `up` to the comparison with the same files brought up anew."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.figures import progress
from bench.soak import files
from bench.soak.availability import REFUSED, WINDOW, Account, Excuse, account, beginnings
from bench.soak.fault_plan import FLOW_SECONDS, START_SECONDS
from bench.soak.recorder import Recorder
from bench.soak.virtual_clock import SPEED, VirtualClock
from bench.soak.world import BACKUP_FLOW, HOUR, World
from localaws.clock import Clock, Latency
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.aws_snapshot import differences, snapshot
from tests.support.workspace import PROJECT, Workspace, configure, point

_DAY = 24 * HOUR
# A Monday; six days later clocks change in America, four weeks later in Europe.
BEGIN = dt.datetime(2026, 3, 2, 0, 5, tzinfo=dt.UTC).timestamp()
QUOTAS = Quotas(channels=60, push_inputs=120, input_security_groups=20)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Month:
    """A simulation.

    Attributes:
        edits: bringings-up of edited files a day; the next three likewise.
        speed: of `VirtualClock`.
        activity: how much of all that happens.
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


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a month.

    Attributes:
        ups: how often files were brought up, or AWS was brought back to them.
        again: how many of these it took more than one run for.
        failures: why.
        touched: what a run disturbed of a destination that nothing named, one sentence each.
        disagreements: what does not agree at the end, likewise.
        complaints: what else went wrong that must not, likewise.
        counts: what was done, by kind.
        calls: of AWS in all.
        fired: by schedules, of these.
        seconds: how long it took on the machine.
    """

    month: Month
    account: Account
    ups: int
    again: int
    failures: tuple[str, ...]
    touched: tuple[str, ...]
    disagreements: tuple[str, ...]
    complaints: tuple[str, ...]
    counts: Counter[str]
    calls: int
    fired: int
    seconds: float

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that broke the promise, but for availability."""
        return (*self.touched, *self.disagreements, *self.complaints)

    @property
    def passed(self) -> bool:
        """True where the promise is kept."""
        return not self.problems and self.account.availability >= AVAILABILITY


AVAILABILITY = 0.999
"""The promise, of the time that is due and not left out."""


def simulated(month: Month) -> Result:
    """Run *month* in a folder that goes afterwards, telling on stderr how far it is."""
    with tempfile.TemporaryDirectory() as scratch:
        return simulate(month, Path(scratch), progress)


def simulate(month: Month, scratch: Path, say: Say) -> Result:
    """Run *month* in the empty folder *scratch*."""
    began, virtual, recorder = time.monotonic(), VirtualClock(BEGIN, month.speed), Recorder()
    rng = files.chance(month.seed)
    clock = Clock(Latency.named("aws"), now=virtual.now)
    with EmbeddedAws(clock=clock, quotas=QUOTAS, on_call=recorder.record) as aws:
        recorder.aws = aws
        workspace = make_project(scratch / "month", aws)
        world = World(workspace, virtual, recorder, files.begin(month.destinations, rng), rng)
        world.bring_up()
        _plan(world, month, say)
        end = BEGIN + month.days * _DAY
        world.live(end)
        world.come_to_rest()
        kept, calls = _account(world), list(aws.calls)
        disagreements = (*_at_rest(world), *_compared(world, scratch / "anew"))
    return Result(
        month=month,
        account=kept,
        ups=len(world.ups),
        again=sum(up.tries > 1 for up in world.ups),
        failures=tuple(world.failures),
        touched=tuple(_touched(world)),
        disagreements=disagreements,
        complaints=tuple(world.complaints),
        counts=world.counts,
        calls=len(calls),
        fired=sum(call.service == "scheduler" for call in calls),
        seconds=time.monotonic() - began,
    )


def make_project(folder: Path, aws: EmbeddedAws) -> Workspace:
    """Make the project in *folder*, without files, and the flow that takes over from the other."""
    folder.mkdir()
    configure(folder, {})
    point(folder, aws)
    workspace = Workspace(folder, aws, {}, [])
    mediaconnect = workspace.client("mediaconnect")
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    made = mediaconnect.create_flow(Name=BACKUP_FLOW, Source=source)["Flow"]["FlowArn"]
    mediaconnect.start_flow(FlowArn=made)
    aws.advance(FLOW_SECONDS)
    key = f"{PROJECT}:flows.backup.name"
    run = workspace.pulumi("config", "set", "--path", key, BACKUP_FLOW)
    if run.code:
        raise RuntimeError(run.text)
    return workspace


def _plan(world: World, month: Month, say: Say) -> None:
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
        text = f"seed {month.seed}: day {day + 1} of {month.days}"
        world.plan(BEGIN + day * _DAY, lambda text=text: say(f"{text}, {len(world.ups)} ups"))  # type: ignore[misc]


def _account(world: World) -> Account:
    end = world.now
    excuses = list(world.excuses)
    for origin, declarations in world.declared.items():
        excuses += [
            Excuse(origin, begin, begin + START_SECONDS, WINDOW)
            for begin in beginnings(declarations, end)
        ]
    excuses += [
        Excuse(origin, begin, until + START_SECONDS, REFUSED)
        for origin, begin, until in world.recorder.refused()
    ]
    recorder = world.recorder
    return account(world.declared, recorder.is_on, recorder.changes, excuses, end)


def _touched(world: World) -> list[str]:
    return [
        f"{call.operation} of {origin}, which nothing named"
        for up in world.ups
        for origin, call in world.recorder.touched(up.begin, up.end)
        if origin not in up.named | up.damaged
    ]


def _at_rest(world: World) -> list[str]:
    """Return the disagreements of files, state and AWS."""
    workspace, problems = world.workspace, []
    for words in (("preview",), ("preview", "--refresh")):
        run = workspace.pulumi(*words, "--expect-no-changes", "--diff")
        if run.code:
            problems.append(f"pulumi {' '.join(words)} shows a change:\n{run.text}")
    run = workspace.lunora("doctor", "--strict")
    if run.code:
        problems.append(f"lunora doctor --strict says:\n{run.text}")
    return problems


def _compared(world: World, folder: Path) -> list[str]:
    """Compare AWS with one to which the same files were brought up at once.

    Time stands still there, so that no schedule comes due meanwhile.
    """
    desired, virtual = snapshot(world.workspace), VirtualClock(world.now - FLOW_SECONDS, speed=0)
    # The other one takes moto over, of which there is one in a process.
    clock = Clock(Latency.named("instant"), now=virtual.now)
    with EmbeddedAws(clock=clock, quotas=QUOTAS) as aws:
        anew = World(
            make_project(folder, aws), virtual, Recorder(aws), world.files, files.chance(0)
        )
        anew.bring_up()
        actual = snapshot(anew.workspace)
    return differences(desired, actual)
