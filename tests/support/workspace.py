"""A project in a folder of its own, run by the real engine against an emulator."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from localaws.medialive.service import ACCOUNT
from localaws.server import EmbeddedAws
from tests.support.clients import connect

ROOT = Path(__file__).parents[2]
SHARED_CODE = ("__main__.py", "catalog", "components", "provider")
PROJECT = "lunora-player"
STACK = "local"
CONFIG = f"Pulumi.{STACK}.yaml"
DOCUMENTED_ENDPOINT = "http://127.0.0.1:4566"
# Few tests need it, and all would wait for its resources.
_API_ENABLED = f"  {PROJECT}:api:\n    enabled: true\n"
PREVIEWING = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""Of every preview: the engine would write a state at each step and keep none."""
EXAMPLES = ("restream-main", "twitch-main", "youtube-main")
# Folders of plugins that the engine takes before those of `make setup`.
FIRST_ON_PATH: list[str] = []

_VENV = str(ROOT / ".venv/bin")


@dataclass(frozen=True)
class Run:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def first_error(self) -> str:
        match = re.search(r"error: (?:1 error occurred:\n\s*\* )?(.*)", self.text)
        return match[1] if match else f"exit code {self.code}"


@dataclass
class Workspace:
    """One project folder with its own state, destinations and emulator."""

    folder: Path
    aws: EmbeddedAws
    keys: Mapping[str, str]
    runs: list[Run]

    @property
    def destinations(self) -> Path:
        return self.folder / "destinations"

    def pulumi(self, *args: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
        return self._noted(_pulumi(self.folder, *args, env=env, stdin=stdin))

    def lunora(self, *args: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
        words = (str(ROOT / ".venv/bin/lunora"), *args, "--stack", STACK)
        return self._noted(_execute(self.folder, *words, env=env, stdin=stdin))

    def shell(self, command: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
        words = ("bash", "-eo", "pipefail", "-c", command)
        return self._noted(_execute(self.folder, *words, env=env, stdin=stdin))

    def _noted(self, run: Run) -> Run:
        self.runs.append(run)
        return run

    def up(self, *args: str, **more: Any) -> Run:
        run = self.pulumi("up", "--yes", "--skip-preview", *args, **more)
        assert run.code == 0, run.text
        return run

    def preview_steps(self) -> dict[str, str]:
        """Return what a preview would do, by resource name; what stays the same is left out."""
        run = self.pulumi("preview", "--json")
        assert run.code == 0, run.text
        steps = json.loads(run.out)["steps"]
        return {
            step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"
        }

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Set the stream keys of some destinations in the stack's configuration."""
        if keys:
            values = [f"{PROJECT}:streamKeys.{name}={key}" for name, key in keys.items()]
            secrets = [word for value in values for word in ("--secret", value)]
            run = self.pulumi("config", "set-all", "--path", *secrets)
            assert run.code == 0, run.text

    def set_config(self, path: str, value: str, *words: str) -> None:
        """Set a value of the stack's configuration, or one within it."""
        run = self.pulumi("config", "set", "--path", f"{PROJECT}:{path}", value, *words)
        assert run.code == 0, run.text

    def write(self, name: str, text: str) -> None:
        (self.destinations / f"{name}.yaml").write_text(text, encoding="utf-8")

    def statuses(self) -> dict[str, Any]:
        """Return what `lunora status` says, by destination."""
        run = self.lunora("status", "--json")
        return {status["name"]: status for status in json.loads(run.out)["destinations"]}

    def client(self, service: str, region: str = "us-west-2") -> Any:
        return connect(self.aws.endpoint, service, region=region)

    def shown(self) -> str:
        """Return what the emulator shows of itself: its page and all it can tell."""
        pages = [f"{self.aws.endpoint}/", f"{self.aws.endpoint}/_localaws/state"]
        return "".join(urlopen(page).read().decode() for page in pages)  # noqa: S310 - our own

    def channels(self) -> dict[str, Any]:
        """Return the channels by destination name."""
        listed = self.client("medialive").list_channels()["Channels"]
        return {channel["Tags"]["Destination"]: channel for channel in listed}

    def only_output(self) -> dict[str, Any]:
        """Return the one output of the one flow."""
        mediaconnect = self.client("mediaconnect")
        (listed,) = mediaconnect.list_flows()["Flows"]
        (output,) = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]["Outputs"]
        return {**output}

    def flow_outputs(self) -> list[dict[str, Any]]:
        """Return the outputs of all flows, each with the ARN of its flow."""
        mediaconnect = self.client("mediaconnect")
        return [
            {**output, "FlowArn": flow["FlowArn"]}
            for flow in mediaconnect.list_flows()["Flows"]
            for output in mediaconnect.describe_flow(FlowArn=flow["FlowArn"])["Flow"]["Outputs"]
        ]

    def outputs(self) -> dict[str, str]:
        """Return the status of the outputs of all flows, by their names."""
        return {output["Name"]: output["OutputStatus"] for output in self.flow_outputs()}

    def traces(self) -> dict[str, list[str]]:
        """Return everything of ours that AWS holds, as names by kind."""
        medialive, mediaconnect = self.client("medialive"), self.client("mediaconnect")
        flow = mediaconnect.describe_flow(FlowArn=mediaconnect.list_flows()["Flows"][0]["FlowArn"])[
            "Flow"
        ]
        return {
            "channels": sorted(c["Name"] for c in medialive.list_channels()["Channels"]),
            "inputs": sorted(i["Name"] for i in medialive.list_inputs()["Inputs"]),
            "groups": [
                rule["Cidr"]
                for group in medialive.list_input_security_groups()["InputSecurityGroups"]
                for rule in group["WhitelistRules"]
            ],
            "outputs": sorted(o["Name"] for o in flow.get("Outputs", [])),
            "parameters": sorted(
                p["Name"] for p in self.client("ssm").describe_parameters()["Parameters"]
            ),
            "secrets": sorted(
                s["Name"] for s in self.client("secretsmanager").list_secrets()["SecretList"]
            ),
            "roles": sorted(r["RoleName"] for r in self.client("iam").list_roles()["Roles"]),
            **self.watchers(),
        }

    def watchers(self) -> dict[str, list[str]]:
        """Return what watches the streams and starts them, as names by kind."""
        cloudwatch, scheduler = self.client("cloudwatch"), self.client("scheduler")
        groups = scheduler.list_schedule_groups()["ScheduleGroups"]
        names_of = {
            "alarms": [
                alarm["AlarmName"]
                for kind in ("CompositeAlarm", "MetricAlarm")
                for alarm in cloudwatch.describe_alarms(AlarmTypes=[kind])[f"{kind}s"]
            ],
            "dashboards": [
                d["DashboardName"] for d in cloudwatch.list_dashboards()["DashboardEntries"]
            ],
            "rules": [r["Name"] for r in self.client("events").list_rules()["Rules"]],
            "topics": [t["TopicArn"] for t in self.client("sns").list_topics()["Topics"]],
            "schedules": [s["Name"] for s in scheduler.list_schedules()["Schedules"]],
            "groups_of_schedules": [g["Name"] for g in groups if g["Name"] != "default"],
            "budgets": [
                b["BudgetName"]
                for b in self.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
            ],
            "tables": self.client("dynamodb").list_tables()["TableNames"],
            "functions": [
                f["FunctionName"] for f in self.client("lambda").list_functions()["Functions"]
            ],
            "logs": [
                g["logGroupName"] for g in self.client("logs").describe_log_groups()["logGroups"]
            ],
        }
        return {kind: sorted(names) for kind, names in names_of.items()}


def made_up_keys() -> dict[str, str]:
    """Return a stream key for each of the three examples."""
    return {name: f"sk-{secrets.token_hex(12)}" for name in EXAMPLES}


def share_code(folder: Path) -> None:
    """Make a project of this program in the empty *folder*, without destinations and stacks."""
    for name in SHARED_CODE:
        (folder / name).symlink_to(ROOT / name)
    share_dependencies(folder)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    for name in ("state", "destinations"):
        (folder / name).mkdir()


def share_dependencies(folder: Path) -> None:
    """Give the project in *folder* this repository's dependencies, with a stamp of its own.

    By a stamp that is out of date, `make` would install the project of *folder* into them.
    """
    (folder / ".venv").mkdir()
    for path in (ROOT / ".venv").iterdir():
        if path.name != ".ready":
            (folder / ".venv" / path.name).symlink_to(path)
    (folder / ".venv/.ready").touch()


def own_config() -> str:
    """Return the configuration of the local stack, with files of its own.

    It has no API and no watchdog, which would start what a test stops.
    """
    lines = (ROOT / CONFIG).read_text().replace(_API_ENABLED, "").splitlines(keepends=True)
    own = "".join(line for line in lines if f"{PROJECT}:destinations:" not in line)
    return own.replace("config:\n", f"config:\n  {PROJECT}:watchdog:\n    enabled: false\n", 1)


def configure(folder: Path, keys: Mapping[str, str]) -> None:
    """Make a project with the three examples and their *keys* in the empty *folder*."""
    share_code(folder)
    (folder / CONFIG).write_text(own_config())
    for name in EXAMPLES:
        shutil.copy(ROOT / "examples" / f"{name}.yaml", folder / "destinations")
    assert (run := _pulumi(folder, "stack", "init")).code == 0, run.text
    secret = ("config", "set", "--secret", "--path")
    for name, key in keys.items():
        run = _pulumi(folder, *secret, f"{PROJECT}:streamKeys.{name}", stdin=key)
        assert run.code == 0, run.text


def point(folder: Path, aws: EmbeddedAws) -> None:
    """Let the project in *folder* use *aws*."""
    config = folder / CONFIG
    config.write_text(config.read_text().replace(DOCUMENTED_ENDPOINT, aws.endpoint))


def prepared(folder: Path, aws: EmbeddedAws) -> Workspace:
    """Return a project with the three examples in the new *folder*, not yet up on *aws*."""
    folder.mkdir()
    keys = made_up_keys()
    configure(folder, keys)
    point(folder, aws)
    return Workspace(folder, aws, keys, [])


def _pulumi(folder: Path, *args: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
    words = (str(ROOT / ".local/bin/pulumi"), *args, "--stack", STACK, "--non-interactive")
    more = PREVIEWING if args[0] == "preview" else {}
    return _execute(folder, *words, env={**more, **(env or {})}, stdin=stdin)


def _execute(
    folder: Path, *words: str, env: Mapping[str, str] | None = None, stdin: str = ""
) -> Run:
    done = subprocess.run(  # noqa: S603 - our own arguments
        words,
        cwd=folder,
        env={**environment(folder), **(env or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def environment(folder: Path) -> dict[str, str]:
    """Return what Pulumi and `lunora` run with in the project in *folder*; no AWS of anybody's.

    States are written plain, so that a test finds a key that stands in one.
    """
    left_out = ("AWS_", "PULUMI_DIY_BACKEND_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return kept | {
        "PATH": ":".join([*FIRST_ON_PATH, str(ROOT / ".local/bin"), _VENV, os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "PULUMI_PARALLEL": "64",
        "GOGC": "400",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
