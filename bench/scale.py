"""How long a stack of many destinations takes on the embedded AWS, and how much memory.

python bench/scale.py [--destinations 500] [--per-flow 50]

The embedded AWS answers at once, so these are the engine's, the plugins' and the command's own
times; in an account the waits of MediaLive come on top, side by side.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3
import yaml

ROOT = Path(__file__).parents[1]
STACK = "local"
REGION = "us-west-2"
_SHARED_CODE = ("__main__.py", "Pulumi.yaml", "catalog", "components", "provider", ".venv")
_FILE = "platform: restream\npreset: {preset}\nflow: {flow}\nowner: bench\n"
_SAMPLE_SECONDS = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Stage:
    """A project folder and the address of its embedded AWS."""

    folder: Path
    endpoint: str

    def write(self, destinations: int, per_flow: int) -> int:
        """Write the project and make its flows; returns how many."""
        for name in _SHARED_CODE:
            (self.folder / name).symlink_to(ROOT / name)
        for name in ("state", "destinations"):
            (self.folder / name).mkdir()
        flows = {f"f{at}": f"router-{at}" for at in range(-(-destinations // per_flow))}
        mediaconnect = boto3.client(
            "mediaconnect",
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="embedded",
            aws_secret_access_key="embedded",  # noqa: S106 - the embedded AWS knows no one
        )
        source = {"Name": "srt", "Protocol": "srt-listener", "IngestPort": 5000}
        for name in flows.values():
            made = mediaconnect.create_flow(Name=name, Source=source)  # type: ignore[arg-type]
            mediaconnect.start_flow(FlowArn=made["Flow"]["FlowArn"])
        for number in range(destinations):
            self.destination(number, per_flow, "1080p30")
        config = {
            "aws:region": REGION,
            "lunora-player:endpoint": self.endpoint,
            "lunora-player:flows": {key: {"name": name} for key, name in flows.items()},
        }
        text = (ROOT / "Pulumi.local.yaml").read_text()
        salt = yaml.safe_load(text)["encryptionsalt"]
        content = {"config": config, "encryptionsalt": salt}
        (self.folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(content))
        return len(flows)

    def destination(self, number: int, per_flow: int, preset: str) -> None:
        """Write the file of one destination."""
        text = _FILE.format(preset=preset, flow=f"f{number // per_flow}")
        (self.folder / f"destinations/d{number:04}.yaml").write_text(text)

    def run(self, *words: str, accepts: tuple[int, ...] = (0,)) -> tuple[float, float]:
        """Run a command; returns its seconds and the peak of all its processes in MB."""
        began = time.perf_counter()
        with (
            tempfile.TemporaryFile("w+") as output,
            subprocess.Popen(  # noqa: S603 - our own arguments
                words,
                cwd=self.folder,
                env=_environment(self.folder),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            peak, sampler = [0.0], threading.Event()
            thread = threading.Thread(target=_sample, args=(process.pid, peak, sampler))
            thread.start()
            code = process.wait()
            seconds = time.perf_counter() - began
            sampler.set()
            thread.join()
            if code not in accepts:
                output.seek(0)
                sys.exit(f"{' '.join(words)}: exit code {code}\n{output.read()[-3000:]}")
        return seconds, peak[0]


def main() -> None:
    """Print the machine and a line for each step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--destinations", type=int, default=500)
    parser.add_argument("--per-flow", type=int, default=50)
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as scratch:
        port = _free_port()
        stage = Stage(Path(scratch) / "project", f"http://127.0.0.1:{port}")
        stage.folder.mkdir()
        with _embedded_aws(port, options.destinations) as aws:
            try:
                flows = stage.write(options.destinations, options.per_flow)
                print(f"{options.destinations} destinations on {flows} flows")
                _steps(stage, options.per_flow)
                print(f"{'embedded AWS':24} {'':>8}   {_memory_mb([aws.pid]):7.0f} MB")
            finally:
                aws.terminate()


def _steps(stage: Stage, per_flow: int) -> None:
    pulumi, lunora = str(ROOT / ".local/bin/pulumi"), str(ROOT / ".venv/bin/lunora")
    here = ("--stack", STACK, "--non-interactive")
    stage.run(pulumi, "stack", "init", *here)
    _print("validate", stage.run(lunora, "validate"))
    _print("up", stage.run(pulumi, "up", "--yes", "--skip-preview", *here))
    _print("preview, no change", stage.run(pulumi, "preview", "--expect-no-changes", *here))
    stage.destination(0, per_flow, "720p30")
    _print("preview, one changed", stage.run(pulumi, "preview", *here))
    _print("up, one changed", stage.run(pulumi, "up", "--yes", "--skip-preview", *here))
    # Nothing has been measured yet, which status answers with exit code 1.
    status = stage.run(lunora, "status", "--stack", STACK, "--json", accepts=(0, 1))
    _print("status", status)
    _print("destroy", stage.run(pulumi, "destroy", "--yes", "--skip-preview", *here))


def _print(step: str, measured: tuple[float, float]) -> None:
    seconds, megabytes = measured
    print(f"{step:24} {seconds:8.1f} s {megabytes:7.0f} MB", flush=True)


def _embedded_aws(port: int, size: int) -> subprocess.Popen[bytes]:
    raised = dict.fromkeys(("channels", "push_inputs", "input_security_groups", "flows"), size + 20)
    words = [word for name, value in raised.items() for word in ("--quota", f"{name}={value}")]
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "localaws", "serve", "--port", str(port), *words],
        stdout=subprocess.PIPE,
    )
    if process.stdout is None or not process.stdout.readline():
        sys.exit("the embedded AWS did not start")
    return process


def _environment(folder: Path) -> Mapping[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return kept | {
        "PATH": f"{ROOT / '.local/bin'}:{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "PULUMI_PARALLEL": "64",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _sample(group: int, peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(_SAMPLE_SECONDS):
        peak[0] = max(peak[0], _memory_mb(_of_group(group)))


def _of_group(group: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == group:  # the session
            found.append(int(folder.name))
    return found


def _memory_mb(processes: list[int]) -> float:
    pages = 0
    for process in processes:
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * _PAGE / 1e6


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if shutil.which("pulumi") is None and not (ROOT / ".local/bin/pulumi").exists():
        sys.exit("run `make setup` first")
    main()
