"""One stack, its people and its AWS: everything that happens, in the order of virtual time."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.hand_edits import DISABLED, EDITS, STOPPED, Hand
from bench.soak import fault_plan
from bench.soak.availability import BROKEN, EDIT, HAND, OPERATOR, Declaration, Excuse
from bench.soak.edits import Edit, draw
from bench.soak.files import Files, new_key
from bench.soak.recorder import PREFIX, Recorder
from bench.soak.virtual_clock import VirtualClock
from catalog.model import DestinationSpec
from localaws.faults import FaultPlan
from localaws.server import LOCAL_FLOW
from tests.support.workspace import PROJECT, STACK, Run, Workspace

HOUR = 3600.0

# Files of one change, as a pull request has.
_AT_ONCE = (1, 2, 3, 4, 6)
_TRIES = 4
_ALWAYS = float("inf")
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


@dataclass(frozen=True, slots=True)
class Up:
    """One `pulumi up`, with the tries it took.

    Attributes:
        named: origins of the files that were edited.
        damaged: origins of what somebody or something had changed in AWS.
        tries: how often it was run.
    """

    begin: float
    end: float
    named: frozenset[str]
    damaged: frozenset[str]
    tries: int


@dataclass(slots=True)
class Damage:
    """Something is not as declared, until it is cured.

    Attributes:
        origin: of which destination; None for all.
        reason: of `account`.
        cure: `up`, `refresh` (an `up` that looks at AWS first), `key` (an edit) or `itself`.
    """

    origin: str | None
    reason: str
    cure: str
    begin: float
    end: float = _ALWAYS


@dataclass
class World:
    """The stack at work.

    Attributes:
        counts: what was done, by kind.
        complaints: what went wrong that must not.
        failures: why an `up` had to be run again.
    """

    workspace: Workspace
    clock: VirtualClock
    recorder: Recorder
    files: Files
    rng: random.Random
    declared: dict[str, list[Declaration]] = field(default_factory=dict)
    ups: list[Up] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def now(self) -> float:
        """The virtual time, in seconds since the epoch."""
        return self.workspace.aws.clock.now()

    @property
    def excuses(self) -> list[Excuse]:
        """Why streams may have been off, as far as it was asked for."""
        edits = [Excuse(origin, up.begin, up.end, EDIT) for up in self.ups for origin in up.named]
        broken = [
            Excuse(damage.origin, damage.begin, damage.end, damage.reason)
            for damage in self.damages
        ]
        return edits + broken

    def plan(self, time: float, action: Callable[[], None]) -> None:
        """Let *action* happen at the time *at*, or as soon as the one before is over."""
        heapq.heappush(self._agenda, (time, next(self._numbers), action))

    def live(self, until: float) -> None:
        """Let everything happen that is planned before *until*."""
        while self._agenda and self._agenda[0][0] < until:
            time, _, action = heapq.heappop(self._agenda)
            self.wait(time)
            action()
        self.wait(until)

    def wait(self, until: float) -> None:
        """Let time pass; schedules come due meanwhile."""
        if until > self.now:
            self.workspace.aws.advance(until - self.now)

    def bring_up(self) -> None:
        """Bring up what there is at the beginning, without faults."""
        self.workspace.set_keys(self.files.keys)
        specs = self.files.specs(self.workspace.destinations)
        self._declare(specs)
        self._up(frozenset(specs), faults=False)

    def come_to_rest(self) -> None:
        """Repair what is still to be repaired, and what was done to channels with a schedule.

        Between two firings a run leaves these alone, so an operator brings them to what their
        schedule says; one that is not there although nobody ever touched it is a complaint.
        """
        self.repair()
        for origin in sorted(self.declared):
            state = self.recorder.state(origin)
            if not self._is_scheduled(origin) or (state == "RUNNING") == self._is_due(origin):
                continue
            if origin not in {damage.origin for damage in self.damages}:
                self.complaints.append(f"{origin} is {state} at the end, and nobody touched it")
            self._lunora(
                *(("start",) if self._is_due(origin) else ("stop", "--yes")), self._name(origin)
            )

    def edit(self) -> None:
        """Edit a few files and bring them up."""
        before, folder = self.files, self.workspace.destinations
        count = self.rng.choice(_AT_ONCE)
        self.files, edits = draw(before, folder, self.rng, count)
        self._bring(before, edits)

    def _bring(self, before: Files, done: list[Edit]) -> None:
        self.workspace.set_keys(self.files.changed_keys(before))
        self._declare(self.files.specs(self.workspace.destinations))
        self.counts.update(f"edit: {made.kind}" for made in done)
        self._up(frozenset(made.origin for made in done))

    def break_something(self) -> None:
        """Let AWS break a channel or a flow."""
        if self.rng.random() < 1 / 4:
            self._break_flow(self.rng.choice(fault_plan.FLOW))
        elif (origin := self._running()) is not None:
            self._break_channel(origin, self.rng.choice(fault_plan.CHANNEL))

    def _break_flow(self, fault: str) -> None:
        flow = self.rng.choice((LOCAL_FLOW, BACKUP_FLOW))
        if not self._happen(fault, flow):
            return
        damage = self._damage(None, BROKEN, "itself")
        back = self.now + self.rng.uniform(30, 1500)
        if fault == "source-lost":
            self.plan(back, lambda: self._mend("source-back", flow, damage))
        else:
            self.plan(back, lambda: self._start_flow(flow, damage))

    def _start_flow(self, name: str, damage: Damage) -> None:
        mediaconnect = self.workspace.client("mediaconnect")
        flows = {flow["Name"]: flow for flow in mediaconnect.list_flows()["Flows"]}
        mediaconnect.start_flow(FlowArn=flows[name]["FlowArn"])
        damage.end = self.now + fault_plan.FLOW_SECONDS
        self.wait(damage.end)

    def _break_channel(self, origin: str, fault: str) -> None:
        name = f"{PREFIX}{origin}"
        first = "output-lost" if fault == "revoked" else fault
        if not self._happen(first, name):
            return
        if fault == "recovers":
            self._damage(origin, BROKEN, "itself").end = self.now + fault_plan.RECOVERY_SECONDS
        elif fault == "dies":
            self._damage(origin, BROKEN, "up")
            self.plan(self.now + self._notice(), self.repair)
        elif fault == "output-lost":
            damage = self._damage(origin, BROKEN, "itself")
            back = self.now + self.rng.uniform(30, 1500)
            self.plan(back, lambda: self._mend("output-back", name, damage))
        elif fault == "alert":
            self.plan(self.now + 600, lambda: self._mend("alert-cleared", name, None))
        else:
            self._happen("alert", name)
            damage = self._damage(origin, BROKEN, "key")
            self.counts["mishap: a key is revoked"] += 1
            self.plan(self.now + self._notice(), lambda: self._new_key(origin, name, damage))

    def _new_key(self, origin: str, name: str, damage: Damage) -> None:
        before = self.files.copied()
        if origin in {self.files.origin(file) for file in self.files.documents}:
            self.files.keys[origin] = new_key(self.rng)
            self._bring(before, [Edit("key after it was revoked", origin)])
        self._mend("output-back", name, damage)
        self._mend("alert-cleared", name, None)

    def _mend(self, fault: str, name: str, damage: Damage | None) -> None:
        self.workspace.aws.trigger(fault, name)
        if damage is not None:
            damage.end = self.now

    def operate(self) -> None:
        """Let an operator do something with `lunora`."""
        if self.rng.random() < 1 / 3:
            self.counts["operator: lunora doctor --remove"] += 1
            with self.clock.passing():
                self._leave_orphan()
            self._lunora("doctor", "--remove", "--yes")
            return
        origin = self._running()
        if origin is None:
            return
        self.counts["operator: lunora stop"] += 1
        self._damage(origin, OPERATOR, "up")
        self._lunora("stop", self._name(origin), "--yes")
        self.plan(self.now + self._notice(), lambda: self._start_again(origin))

    def _leave_orphan(self) -> None:
        """Leave an input behind that carries the stack's tags and is in no file."""
        name = f"gone-{self.rng.randrange(1000):03}"
        tags = {"Project": PROJECT, "Stack": STACK, "ManagedBy": "lunora", "Destination": name}
        medialive = self.workspace.client("medialive")
        group = medialive.list_input_security_groups()["InputSecurityGroups"][0]["Id"]
        medialive.create_input(
            Name=f"{PREFIX}{name}", Type="RTP_PUSH", InputSecurityGroups=[group], Tags=tags
        )

    def _start_again(self, origin: str) -> None:
        open_damage = [
            damage for damage in self._open() if damage.origin == origin and damage.cure == "up"
        ]
        if not open_damage:
            return
        if self.rng.random() < 1 / 2 or self._spec(origin) is None:
            self.repair()
            return
        self._lunora_start(origin)

    def _lunora_start(self, origin: str) -> None:
        if self._is_due(origin):
            self.counts["operator: lunora start"] += 1
            self._lunora("start", self._name(origin))
        self._cure({"up"}, {origin})

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
        self.plan(self.now + self._notice(), self.repair)

    def repair(self) -> None:
        """Bring everything back that is not as declared: the drift that a nightly look finds."""
        curable = {
            damage.origin: damage for damage in self._open() if damage.cure in {"up", "refresh"}
        }
        if not curable:
            return
        scheduled = [
            damage.origin
            for damage in curable.values()
            if damage.origin and damage.cure == "up" and self._is_scheduled(damage.origin)
        ]
        # A run leaves to its schedule what its declaration does not change.
        for origin in scheduled:
            self._lunora_start(origin)
        if self._open_for({"up", "refresh"}):
            refresh = bool(self._open_for({"refresh"}))
            self.counts["repair: pulumi up --refresh" if refresh else "repair: pulumi up"] += 1
            self._up(frozenset(), refresh=refresh)

    def _up(
        self, named: frozenset[str], *, refresh: bool = False, faults: bool | None = None
    ) -> None:
        begin = self.now
        damaged = frozenset(damage.origin or "" for damage in self._open_for({"up", "refresh"}))
        words = ("up", "--yes", "--skip-preview", *(("--refresh",) if refresh else ()))
        if self.rng.random() < 1 / 2 if faults is None else faults:
            self.workspace.aws.load_faults(fault_plan.plan(self.rng))
        tries, run = 0, Run(1, "", "")
        while run.code and tries < _TRIES:
            tries += 1
            with self.clock.passing():
                run = self.workspace.pulumi(*words)
            if run.code:
                self.failures.append(_error(run))
                if tries > 1:
                    self._end_faults()
        self._end_faults()
        if run.code:
            self.complaints.append(f"an up did not succeed: {_error(run)}")
        self.ups.append(Up(begin, self.now, named, damaged, tries))
        self._cure({"up", "refresh"} if refresh else {"up"}, None)

    def _end_faults(self) -> None:
        happened = self.workspace.aws.faults.happened
        self.counts.update(f"fault: {fault.rpartition(': ')[2]}" for fault in happened)
        self.workspace.aws.load_faults(FaultPlan())

    def _cure(self, cures: set[str], origins: set[str] | None) -> None:
        for damage in self._open_for(cures):
            scheduled = damage.origin is not None and self._is_scheduled(damage.origin)
            if origins is None and damage.cure == "up" and scheduled:
                continue
            if origins is None or damage.origin in origins:
                damage.end = self.now

    def _lunora(self, *words: str) -> None:
        with self.clock.passing():
            run = self.workspace.lunora(*words)
        if run.code and words[0] != "doctor":
            self.complaints.append(f"lunora {' '.join(words)}: {_error(run)}")

    def _happen(self, fault: str, name: str) -> bool:
        met = bool(self.workspace.aws.trigger(fault, name))
        self.counts[f"mishap: {fault}"] += met
        return met

    def _damage(self, origin: str | None, reason: str, cure: str) -> Damage:
        made = Damage(origin, reason, cure, self.now)
        self.damages.append(made)
        return made

    def _open(self) -> list[Damage]:
        return [damage for damage in self.damages if damage.end > self.now]

    def _open_for(self, cures: set[str]) -> list[Damage]:
        return [damage for damage in self._open() if damage.cure in cures]

    def _running(self) -> str | None:
        """Return a destination of chance whose channel runs, and of which nothing is wrong."""
        wrong = {damage.origin for damage in self._open()}
        names = sorted(
            origin
            for origin in self.declared
            if origin not in wrong and self.recorder.state(origin) == "RUNNING"
        )
        return self.rng.choice(names) if names else None

    def _notice(self) -> float:
        """Return after how long somebody notices: minutes, or the next look in hours."""
        return self.rng.choice((self.rng.uniform(300, 1800), self.rng.uniform(2, 10) * HOUR))

    def _declare(self, specs: dict[str, DestinationSpec]) -> None:
        for origin in self.declared.keys() | specs.keys():
            before = self._spec(origin)
            if specs.get(origin) != before:
                declarations = self.declared.setdefault(origin, [])
                declarations.append(Declaration(self.now, specs.get(origin)))

    def _spec(self, origin: str) -> DestinationSpec | None:
        declarations = self.declared.get(origin)
        return declarations[-1].spec if declarations else None

    def _name(self, origin: str) -> str:
        spec = self._spec(origin)
        return spec.name if spec else origin

    def _is_scheduled(self, origin: str) -> bool:
        spec = self._spec(origin)
        return spec is not None and spec.schedule is not None

    def _is_due(self, origin: str) -> bool:
        spec = self._spec(origin)
        if spec is None or spec.state != "running":
            return False
        return spec.schedule is None or spec.schedule.is_open(self.workspace.aws.clock.date())


BACKUP_FLOW = "lunora-player-local-backup"


def _error(run: Run) -> str:
    """Return the error of a run, without the frame of the engine around it."""
    lines = [line.strip() for line in run.text.splitlines() if "error:" in line]
    return lines[0].partition("error:")[2].strip() if lines else run.text.strip()[-300:]
