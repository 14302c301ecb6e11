"""How much time and memory a stack of many destinations takes on the embedded AWS.

python -m bench.scale [--destinations 500] [--stacks 5] [--per-flow 50] [--checkpoints]

The embedded AWS answers at once, so these are the engine's, the plugins' and the command's own
figures; in an account the waits of MediaLive come on top, side by side. CPU seconds are of all
processes that a command starts, and the same on a busy machine. The stacks come one after the
other, into one account.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import yaml

from tests.e2e.workspace import PROJECT, ROOT, SHARED_CODE, environment

REGION = "us-west-2"
_PULUMI, _LUNORA = str(ROOT / ".local/bin/pulumi"), str(ROOT / ".venv/bin/lunora")
_FILE = "platform: restream\npreset: {preset}\nflow: {flow}\nowner: bench\n"
_SAMPLE_SECONDS = 0.5
_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _SESSION, _RESIDENT = 11, 12, 3, 21  # in /proc/*/stat, after the name
# The state is written once, at the end of a run, and not after each of its steps.
_ONE_CHECKPOINT = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}


@dataclass
class Used:
    """What a command took: CPU seconds of each of its processes by id, and its peak in MB."""

    seconds: float = 0.0
    cpu: dict[int, float] = field(default_factory=dict)
    megabytes: float = 0.0


@dataclass(frozen=True)
class Stage:
    """A project folder of its own with one stack, and the address of the embedded AWS."""

    folder: Path
    stack: str
    endpoint: str
    more: Mapping[str, str]

    def write(self, destinations: int, per_flow: int) -> None:
        """Write the project and make its flows."""
        self.folder.mkdir()
        for name in (*SHARED_CODE, "Pulumi.yaml"):
            (self.folder / name).symlink_to(ROOT / name)
        for name in ("state", "destinations"):
            (self.folder / name).mkdir()
        count = -(-destinations // per_flow)
        flows = {f"f{at}": f"router-{self.stack}-{at}" for at in range(count)}
        for name in flows.values():
            _make_flow(self.endpoint, name)
        for number in range(destinations):
            self.destination(number, per_flow, "1080p30")
        config = {
            "aws:region": REGION,
            f"{PROJECT}:endpoint": self.endpoint,
            f"{PROJECT}:flows": {key: {"name": name} for key, name in flows.items()},
        }
        salt = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["encryptionsalt"]
        content = {"config": config, "encryptionsalt": salt}
        (self.folder / f"Pulumi.{self.stack}.yaml").write_text(yaml.safe_dump(content))
        self.pulumi("stack", "init")

    def destination(self, number: int, per_flow: int, preset: str) -> None:
        """Write the file of one destination."""
        text = _FILE.format(preset=preset, flow=f"f{number // per_flow}")
        (self.folder / f"destinations/d{number:04}.yaml").write_text(text)

    def pulumi(self, *words: str) -> Used:
        """Run Pulumi on the stack."""
        return self.run(_PULUMI, *words, "--stack", self.stack, "--non-interactive")

    def run(self, *words: str, accepts: tuple[int, ...] = (0,)) -> Used:
        """Run a command; returns what it took."""
        used, began = Used(), time.perf_counter()
        with (
            tempfile.TemporaryFile("w+") as output,
            subprocess.Popen(  # noqa: S603 - our own arguments
                words,
                cwd=self.folder,
                env={**environment(self.folder), **self.more},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            ended = threading.Event()
            thread = threading.Thread(target=_sample, args=(process.pid, used, ended))
            thread.start()
            code = process.wait()
            used.seconds = time.perf_counter() - began
            ended.set()
            thread.join()
            if code not in accepts:
                output.seek(0)
                sys.exit(f"{' '.join(words)}: exit code {code}\n{output.read()[-3000:]}")
        return used

    @property
    def resources(self) -> int:
        """How many resources the state has."""
        (state,) = (self.folder / "state").rglob(f"stacks/**/{self.stack}.json")
        return len(json.loads(state.read_text())["checkpoint"]["latest"]["resources"])


def main() -> None:
    """Print the machine and a line for each step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--destinations", type=int, default=500, help="of all stacks together")
    parser.add_argument("--stacks", type=int, default=5)
    parser.add_argument("--per-flow", type=int, default=50)
    parser.add_argument("--checkpoints", action="store_true", help="write the state at every step")
    options = parser.parse_args()
    cores, python = os.cpu_count(), platform.python_version()
    print(f"{platform.platform()}, {cores} cores, Python {python}")
    each = options.destinations // options.stacks
    more = {} if options.checkpoints else _ONE_CHECKPOINT
    with tempfile.TemporaryDirectory() as scratch, _embedded_aws(options.destinations) as aws:
        try:
            endpoint = _endpoint(aws)
            stages = [
                Stage(Path(scratch) / f"s{at}", f"s{at}", endpoint, more)
                for at in range(options.stacks)
            ]
            print(f"{options.stacks} stacks of {each} destinations, {options.per_flow} a flow")
            _steps(stages, each, options.per_flow)
            print(
                f"{'embedded AWS':24} {_cpu(aws.pid):17.1f} s CPU {_megabytes([aws.pid]):6.0f} MB"
            )
        finally:
            aws.terminate()


def _steps(stages: list[Stage], each: int, per_flow: int) -> None:
    for stage in stages:
        stage.write(each, per_flow)
        _print(f"up {stage.stack}", stage.pulumi("up", "--yes", "--skip-preview"))
    print(f"{sum(stage.resources for stage in stages)} resources in {len(stages)} states")
    one = stages[0]
    _print("validate", one.run(_LUNORA, "validate"))
    _print("preview, no change", one.pulumi("preview", "--expect-no-changes"))
    one.destination(0, per_flow, "720p30")
    _print("up, one changed", one.pulumi("up", "--yes", "--skip-preview"))
    # Nothing has been measured yet, which status answers with exit code 1.
    status = one.run(_LUNORA, "status", "--stack", one.stack, "--json", accepts=(0, 1))
    _print("status", status)
    for stage in stages:
        _print(f"destroy {stage.stack}", stage.pulumi("destroy", "--yes", "--skip-preview"))


def _print(step: str, used: Used) -> None:
    cpu = sum(used.cpu.values())
    print(f"{step:24} {used.seconds:7.1f} s {cpu:7.1f} s CPU {used.megabytes:6.0f} MB", flush=True)


def _make_flow(endpoint: str, name: str) -> None:
    mediaconnect = boto3.client(
        "mediaconnect",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",  # noqa: S106 - the embedded AWS knows no one
    )
    made = mediaconnect.create_flow(
        Name=name, Source={"Name": "srt", "Protocol": "srt-listener", "IngestPort": 5000}
    )
    mediaconnect.start_flow(FlowArn=made["Flow"]["FlowArn"])


def _embedded_aws(size: int) -> subprocess.Popen[str]:
    raised = dict.fromkeys(("channels", "push_inputs", "input_security_groups", "flows"), size + 20)
    words = [word for name, value in raised.items() for word in ("--quota", f"{name}={value}")]
    return subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "localaws", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        text=True,
    )


def _endpoint(aws: subprocess.Popen[str]) -> str:
    said = aws.stdout.readline() if aws.stdout else ""
    found = [word for word in said.split() if word.startswith("http://")]
    if not found:
        sys.exit("the embedded AWS did not start")
    return found[0].rstrip("/.,;")


def _sample(group: int, used: Used, ended: threading.Event) -> None:
    while True:
        there = list(_of_session(group))
        used.megabytes = max(used.megabytes, _megabytes(there))
        used.cpu |= {process: _cpu(process) or used.cpu.get(process, 0.0) for process in there}
        if ended.wait(_SAMPLE_SECONDS):
            return


def _of_session(session: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _fields(int(folder.name))
        if fields and int(fields[_SESSION]) == session:
            yield int(folder.name)


def _fields(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(process: int) -> float:
    fields = _fields(process)
    return (int(fields[_UTIME]) + int(fields[_STIME])) / _TICKS if fields else 0.0


def _megabytes(processes: list[int]) -> float:
    pages = (int(fields[_RESIDENT]) for one in processes if (fields := _fields(one)))
    return sum(pages) * _PAGE / 1e6


if __name__ == "__main__":
    if not Path(_PULUMI).exists():
        sys.exit("run `make setup` first")
    main()
