"""One stack, its people and its AWS: everything that happens, in the order of virtual time."""

from __future__ import annotations

import random
import sched
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import progress
from bench.hand_edits import DISABLED, EDITS, STOPPED, Hand
from bench.soak.availability import BROKEN, EDIT, HAND, OPERATOR, Declaration, Excuse, is_due
from bench.soak.files import Edit, Files, draw, new_key
from bench.soak.recorder import PREFIX, Recorder
from bench.soak.virtual_clock import VirtualClock
from catalog.model import DestinationSpec
from localaws.faults import FaultPlan
from localaws.server import LOCAL_FLOW
from tests.support.workspace import PROJECT, STACK, Workspace

HOUR = 3600.0
BACKUP_FLOW = "lunora-player-local-backup"

RECOVERY_SECONDS = 75 + 20 + 1
"""A pipeline is replaced as long as a channel starts (localaws/latency.yaml), seen or not."""

FLOW_SECONDS = 30 + 20 + 1
"""The same of a flow that starts."""

# Files of one change, as a pull request has.
_AT_ONCE = (1, 2, 3, 4, 6)
_TRIES = 4
_FAULTS = FaultPlan.load(Path(__file__).with_name("faults.yaml"))
# Faults of flows and of channels.
_FLOW_FAULTS = ("source-lost", "standby")
_CHANNEL_FAULTS = ("dies", "recovers", "output-lost", "revoked")
# Edits by hand, of what a running destination is made of.
_BY_HAND = (
    STOPPED,
    DISABLED,
    "the channel has another bitrate",
    "a tag of the channel is changed",
    "the security group lets everybody in",
    "the flow output sends elsewhere",
    "the flow output is removed",
    "the parameter is deleted",
    "an alarm is deleted",
)


def fault_plan(rng: random.Random) -> FaultPlan:
    """Return the faults of one run."""
    mishaps = _FAULTS.mishaps if rng.random() < 1 / 4 else ()
    return _FAULTS.model_copy(update={"seed": rng.getrandbits(32), "mishaps": mishaps})


@dataclass
class World:
    """The stack at work.

    Attributes:
        declared: what the files said, by origin.
        excuses: why streams may have been off.
        counts: what was done, by kind.
        touched: what runs disturbed of destinations that nothing named.
        complaints: what else went wrong that must not.
    """

    workspace: Workspace
    clock: VirtualClock
    recorder: Recorder
    files: Files
    rng: random.Random
    declared: dict[str, list[Declaration]] = field(default_factory=dict)
    excuses: list[Excuse] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    touched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the agenda, whose waits pass in virtual time; schedules come due meanwhile."""
        self.agenda = sched.scheduler(self.workspace.aws.clock.now, self.workspace.aws.advance)

    @property
    def now(self) -> float:
        """The virtual time, in seconds since the epoch."""
        return self.workspace.aws.clock.now()

    def plan(self, time: float, action: Callable[[], object]) -> None:
        """Let *action* happen at a *time*, or as soon as the one before is over."""
        self.agenda.enterabs(time, 0, action)

    def live(self, until: float) -> None:
        """Let everything happen that is planned before *until*."""
        self.plan(until, self._end)
        self.agenda.run()

    def _end(self) -> None:
        for event in self.agenda.queue:
            self.agenda.cancel(event)

    def bring_up(self) -> None:
        """Bring up what there is at the beginning, without faults."""
        self.workspace.set_keys(self.files.keys)
        specs = self.files.specs(self.workspace.destinations)
        self._declare(specs)
        self._up(specs, faults=False)

    def come_to_rest(self) -> None:
        """Repair what is still to be repaired, and what was done to channels with a schedule.

        Between two firings a run leaves these alone, so an operator brings them to what their
        schedule says; one that is not there although nobody ever touched it is a complaint.
        """
        self.repair()
        for origin in sorted(filter(self._is_scheduled, self.declared)):
            state, due = self.recorder.state(origin), self._is_due(origin)
            if (state == "RUNNING") == due:
                continue
            if all(excuse.reason == EDIT for excuse in self.excuses if excuse.origin == origin):
                self.complaints.append(f"{origin} is {state} at the end, and nobody touched it")
            self._lunora(*(("start",) if due else ("stop", "--yes")), self._name(origin))

    def edit(self) -> None:
        """Edit a few files and bring them up."""
        before, count = self.files, self.rng.choice(_AT_ONCE)
        self.files, edits = draw(before, self.workspace.destinations, self.rng, count)
        self._bring(before, edits)

    def _bring(self, before: Files, done: list[Edit]) -> None:
        self.workspace.set_keys(self.files.changed_keys(before))
        self._declare(self.files.specs(self.workspace.destinations))
        self.counts.update(f"edit: {made.kind}" for made in done)
        self._up([made.origin for made in done])

    def break_something(self) -> None:
        """Let AWS break a channel or a flow."""
        if self.rng.random() < 1 / 4:
            flow, fault = self.rng.choice((LOCAL_FLOW, BACKUP_FLOW)), self.rng.choice(_FLOW_FAULTS)
            if self._trigger(fault, flow):
                damage = self._damage(None, BROKEN)
                if fault == "source-lost":
                    self.plan(self._soon(), lambda: self._mend("source-back", flow, damage))
                else:
                    self.plan(self._soon(), lambda: self._start_flow(flow, damage))
        elif (origin := self._running()) is not None:
            self._break_channel(origin, self.rng.choice(_CHANNEL_FAULTS))

    def _start_flow(self, name: str, damage: Excuse) -> None:
        mediaconnect = self.workspace.client("mediaconnect")
        arns = {flow["Name"]: flow["FlowArn"] for flow in mediaconnect.list_flows()["Flows"]}
        mediaconnect.start_flow(FlowArn=arns[name])
        self.workspace.aws.advance(FLOW_SECONDS)
        damage.end = self.now

    def _break_channel(self, origin: str, fault: str) -> None:
        name = f"{PREFIX}{origin}"
        if not self._trigger("output-lost" if fault == "revoked" else fault, name):
            return
        damage = self._damage(origin, BROKEN, "up" if fault == "dies" else "")
        if fault == "recovers":
            damage.end = self.now + RECOVERY_SECONDS
        elif fault == "dies":
            self.plan(self._noticed(), self.repair)
        elif fault == "output-lost":
            self.plan(self._soon(), lambda: self._mend("output-back", name, damage))
        else:
            self.counts["mishap: a key is revoked"] += 1
            self.plan(self._noticed(), lambda: self._new_key(origin, name, damage))

    def _new_key(self, origin: str, name: str, damage: Excuse) -> None:
        before = self.files.copied()
        if origin in self.files.origins.values():
            self.files.keys[origin] = new_key(self.rng)
            self._bring(before, [Edit("key after it was revoked", origin)])
        self._mend("output-back", name, damage)

    def _mend(self, fault: str, name: str, damage: Excuse) -> None:
        self.workspace.aws.trigger(fault, name)
        damage.end = self.now

    def operate(self) -> None:
        """Let an operator do something with `lunora`."""
        if self.rng.random() < 1 / 3:
            with self.clock.passing():
                self._leave_orphan()
            self._lunora("doctor", "--remove", "--yes")
        elif (origin := self._running()) is not None:
            damage = self._damage(origin, OPERATOR, "up")
            self._lunora("stop", self._name(origin), "--yes")
            # Who notices starts the channel, or brings up all that is not as declared.
            cures = (self.repair, lambda: self._lunora_start(damage))
            self.plan(self._noticed(), self.rng.choice(cures))

    def _leave_orphan(self) -> None:
        """Leave an input behind that carries the stack's tags and is in no file."""
        name = f"gone-{self.rng.randrange(1000):03}"
        tags = {"Project": PROJECT, "Stack": STACK, "ManagedBy": "lunora", "Destination": name}
        medialive = self.workspace.client("medialive")
        group = medialive.list_input_security_groups()["InputSecurityGroups"][0]["Id"]
        medialive.create_input(
            Name=f"{PREFIX}{name}", Type="RTP_PUSH", InputSecurityGroups=[group], Tags=tags
        )

    def _lunora_start(self, damage: Excuse) -> None:
        if damage.end > self.now:
            if damage.origin and self._is_due(damage.origin):
                self._lunora("start", self._name(damage.origin))
            damage.end = self.now

    def meddle(self) -> None:
        """Let somebody change something by hand in AWS."""
        origin, kind = self._running(), self.rng.choice(_BY_HAND)
        if origin is None:
            return
        # A scheduled output that was disabled is no difference, as a stopped channel is none.
        self._damage(origin, HAND, "up" if kind in {STOPPED, DISABLED} else "refresh")
        with self.clock.passing():
            EDITS[kind](Hand(self.workspace, origin))
        self.counts[f"by hand: {kind}"] += 1
        self.plan(self._noticed(), self.repair)

    def repair(self) -> None:
        """Bring everything back that is not as declared: the drift that a nightly check finds."""
        # A run leaves to its schedule what its declaration does not change.
        for damage in self._open():
            if damage.cure == "up" and self._is_scheduled(damage.origin):
                self._lunora_start(damage)
        cures = {damage.cure for damage in self._open()} - {""}
        if cures:
            refresh = ["--refresh"] if "refresh" in cures else []
            self.counts[" ".join(["repair: pulumi up", *refresh])] += 1
            self._up([], *refresh)

    def _up(self, named: Collection[str], *words: str, faults: bool = True) -> None:
        begin = self.now
        damaged = {damage.origin for damage in self._open() if damage.cure}
        if faults and self.rng.random() < 1 / 2:
            self.workspace.aws.load_faults(fault_plan(self.rng))
        for number in range(_TRIES):
            with self.clock.passing():
                run = self.workspace.pulumi("up", "--yes", "--skip-preview", *words)
            if not run.code:
                break
            progress(f"an up is run again: {run.first_error}")
            if number:
                self._end_faults()
        else:
            self.complaints.append(f"an up did not succeed: {run.first_error}")
        self._end_faults()
        self.counts["pulumi up"] += 1
        self.counts["pulumi up, run again"] += number > 0
        self.excuses += [Excuse(origin, EDIT, begin, self.now) for origin in named]
        self.touched += [
            f"{operation} of {origin}, which nothing named"
            for origin, operation in self.recorder.touched(begin, self.now)
            if origin not in {*named, *damaged}
        ]
        cures = {"up", "refresh"} if words else {"up"}
        for damage in self._open():
            is_left = damage.cure == "up" and self._is_scheduled(damage.origin)
            if damage.cure in cures and not is_left:
                damage.end = self.now

    def _end_faults(self) -> None:
        happened = self.workspace.aws.faults.happened
        self.counts.update(f"fault: {fault.rpartition(': ')[2]}" for fault in happened)
        self.workspace.aws.load_faults(FaultPlan())

    def _lunora(self, *words: str) -> None:
        self.counts[f"operator: lunora {words[0]}"] += 1
        with self.clock.passing():
            run = self.workspace.lunora(*words)
        if run.code and words[0] != "doctor":
            self.complaints.append(f"lunora {' '.join(words)}: {run.first_error}")

    def _trigger(self, fault: str, name: str) -> bool:
        met = bool(self.workspace.aws.trigger(fault, name))
        self.counts[f"mishap: {fault}"] += met
        return met

    def _damage(self, origin: str | None, reason: str, cure: str = "") -> Excuse:
        self.excuses.append(Excuse(origin, reason, self.now, cure=cure))
        return self.excuses[-1]

    def _open(self) -> list[Excuse]:
        return [damage for damage in self.excuses if damage.end > self.now]

    def _running(self) -> str | None:
        """Return a destination of chance whose channel runs, and of which nothing is wrong."""
        wrong = {damage.origin for damage in self._open()}
        states = {origin: self.recorder.state(origin) for origin in sorted(self.declared)}
        names = [name for name, state in states.items() if state == "RUNNING"]
        return self.rng.choice([name for name in names if name not in wrong] or [None])

    def _soon(self) -> float:
        """Return when AWS is well again: within minutes."""
        return self.now + self.rng.uniform(30, 1500)

    def _noticed(self) -> float:
        """Return when somebody notices: within minutes, or at the next check in hours."""
        return self.now + self.rng.choice(
            (self.rng.uniform(300, 1800), self.rng.uniform(2, 10) * HOUR)
        )

    def _declare(self, specs: dict[str, DestinationSpec]) -> None:
        for origin in self.declared.keys() | specs.keys():
            if specs.get(origin) != self._spec(origin):
                declaration = Declaration(self.now, specs.get(origin))
                self.declared.setdefault(origin, []).append(declaration)

    def _spec(self, origin: str | None) -> DestinationSpec | None:
        declarations = self.declared.get(origin or "")
        return declarations[-1].spec if declarations else None

    def _name(self, origin: str) -> str:
        spec = self._spec(origin)
        return spec.name if spec else origin

    def _is_scheduled(self, origin: str | None) -> bool:
        spec = self._spec(origin)
        return spec is not None and spec.schedule is not None

    def _is_due(self, origin: str) -> bool:
        spec = self._spec(origin)
        return spec is not None and is_due(spec, self.now)
