"""A project of many like destinations, on flows of its own in an emulator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bench import processes
from bench.processes import Cost
from tests.support.clients import connect
from tests.support.workspace import (
    PREVIEWING,
    PROJECT,
    ROOT,
    SHARED_CODE,
    STACK,
    environment,
    share_dependencies,
)

REGION = "us-west-2"
PER_FLOW = 50
"""The most outputs of a flow."""

STATE_AT_THE_END = PREVIEWING
"""Has the engine write the state once, at the end of a run, and not at each of its steps."""

REMOVAL = {**STATE_AT_THE_END, "PULUMI_PARALLEL": "256"}
"""As `make down` removes a stack: what waits for AWS waits all at once."""

_FILE = "platform: restream\npreset: {preset}\nflow: {flow}\nowner: bench\nstate: {state}\n"


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder and the address of its emulator.

    Attributes:
        folder: empty, until `write`.
        endpoint: of the emulator.
        stack: its one stack.
        per_flow: how many destinations one flow feeds.
        settings: further variables of the environment of what is run in it.
    """

    folder: Path
    endpoint: str
    stack: str = STACK
    per_flow: int = PER_FLOW
    settings: Mapping[str, str] = field(default_factory=dict)

    def write(self, destinations: int) -> int:
        """Write all but the files of destinations and make flows for these; returns how many."""
        for name in (*SHARED_CODE, "Pulumi.yaml"):
            (self.folder / name).symlink_to(ROOT / name)
        share_dependencies(self.folder)
        for name in ("state", "destinations"):
            (self.folder / name).mkdir()
        count = -(-destinations // self.per_flow)
        flows = {f"f{number}": f"router-{self.stack}-{number}" for number in range(count)}
        self._make_flows(list(flows.values()))
        config = {
            "aws:region": REGION,
            f"{PROJECT}:endpoint": self.endpoint,
            f"{PROJECT}:flows": {key: {"name": name} for key, name in flows.items()},
        }
        salt = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())["encryptionsalt"]
        content = {"config": config, "encryptionsalt": salt}
        (self.folder / f"Pulumi.{self.stack}.yaml").write_text(yaml.safe_dump(content))
        self.pulumi("stack", "init")
        return count

    def destination(self, number: int, *, preset: str = "1080p30", state: str = "running") -> None:
        """Write the file of one destination."""
        text = file_of(number, preset=preset, state=state, per_flow=self.per_flow)
        (self.folder / f"destinations/{name_of(number)}.yaml").write_text(text)

    def remove(self, number: int) -> None:
        """Remove the file of one destination."""
        (self.folder / f"destinations/{name_of(number)}.yaml").unlink()

    def pulumi(self, *words: str, env: Mapping[str, str] | None = None) -> Cost:
        """Run the engine on the project's stack."""
        engine = str(ROOT / ".local/bin/pulumi")
        more = {**(PREVIEWING if words[0] == "preview" else {}), **(env or {})}
        return self.run(engine, *words, "--stack", self.stack, "--non-interactive", env=more)

    def run(
        self, *words: str, env: Mapping[str, str] | None = None, accepts: Sequence[int] = (0,)
    ) -> Cost:
        """Run a command in the project."""
        return processes.run(
            words,
            folder=self.folder,
            environment={**environment(self.folder), **self.settings, **(env or {})},
            part_of=_part,
            accepts=accepts,
        )

    @property
    def resources(self) -> int:
        """The number of resources in the state."""
        (state,) = (self.folder / "state").rglob(f"stacks/**/{self.stack}.json")
        return len(json.loads(state.read_text())["checkpoint"]["latest"]["resources"])

    def _make_flows(self, names: Sequence[str]) -> None:
        mediaconnect = connect(self.endpoint, "mediaconnect", region=REGION)
        # They are there before any run of ours; one that starts takes no outputs.
        arns: list[str] = []
        source = {
            "Name": "srt",
            "Protocol": "srt-listener",
            "IngestPort": 5000,
            "WhitelistCidr": "203.0.113.0/24",
        }
        for name in names:
            made = mediaconnect.create_flow(Name=name, Source=source)
            arns.append(made["Flow"]["FlowArn"])
            mediaconnect.start_flow(FlowArn=arns[-1])
        for arn in arns:
            mediaconnect.get_waiter("flow_active").wait(FlowArn=arn, WaiterConfig={"Delay": 1})


def name_of(number: int) -> str:
    """Return the name of a destination."""
    return f"d{number:04}"


def file_of(
    number: int,
    *,
    preset: str = "1080p30",
    state: str = "running",
    per_flow: int = PER_FLOW,
) -> str:
    """Return the file of a destination."""
    return _FILE.format(preset=preset, flow=f"f{number // per_flow}", state=state)


_PARTS = {
    # Before the program: the command that starts the program is in its own.
    "offline.pulumi_engine.language_host": "language host",
    "pulumi-language-python-exec": "program",
    "offline.aws_plugin": "AWS plugin",
    "provider": "provider",
}


def _part(words: Sequence[str]) -> str:
    known = {Path(word).name if "/" in word else word for word in words}
    parts = [part for sign, part in _PARTS.items() if sign in known]
    return parts[0] if parts else "engine"
