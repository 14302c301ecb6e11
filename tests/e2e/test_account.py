"""docs/how-to/setup.md, word for word: from an empty account to streams, and back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from localaws.server import LOCAL_REGION, EmbeddedAws
from tests.support import roles
from tests.support.guide import CONFIRMED, Block, Checkout, clone
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import ROOT, Run, made_up_keys

pytestmark = pytest.mark.e2e

PAGE = ROOT / "docs/how-to/setup.md"
NAME = "youtube-main"
FLOW = "lunora-player-prod-srt-router"
KEY = made_up_keys()[NAME]

# The page's own values are valid on the emulator, but for its address: these replace it.
ENDPOINT = "lunora-player:endpoint"
BUCKET = "lunora-state-prod-123456789012-us-west-2"
BACKEND = f"s3://{BUCKET}?region=us-west-2"
ANSWERS = {f"lunora add {NAME}": f"youtube\n1080p30\n{KEY}\n"}
"""What the page's reader types when a command asks."""
MEASURED = {"lunora status": 180}
"""Seconds that the page's reader waits before a command."""

SUBJECTS = {
    "preview": "repo:owner/name:pull_request",
    "deploy": "repo:owner/name:environment:production",
    "operator": "repo:owner/name:ref:refs/heads/main",
}
OWN_POLICIES = {
    "preview": {"lunora-reads-state-prod", "lunora-reads-prices-prod"},
    "deploy": {"lunora-reads-state-prod", "lunora-writes-state-prod"},
    "operator": {"lunora-reads-state-prod"},
}
PLAN = "steps.json"
NIGHTLY = f"{NAME}-schedule"
WINDOW = f'{{days: [{DISTANT_DAY}], start: "01:00", stop: "02:00"}}'
SCHEDULE = f"schedule: {{timezone: UTC, windows: [{WINDOW}]}}\n"


@dataclass
class Reader:
    """Somebody who follows the page on an emulator."""

    aws: EmbeddedAws
    checkout: Checkout
    runs: list[Run]

    def follow(self, command: str) -> Run:
        """Run *command* of the page as it stands there."""
        if seconds := MEASURED.get(command):
            self.aws.advance(seconds)
        text = command.replace(BACKEND, f"{BACKEND}{self._address}")
        return self.run(text, stdin=ANSWERS.get(command, ""), env=CONFIRMED)

    def run(self, text: str, **more: Any) -> Run:
        """Run a command, which must succeed."""
        run = self.checkout.run(text, **more)
        self.runs.append(run)
        assert run.code == 0, f"{text}\n{run.text}"
        return run

    @property
    def _address(self) -> str:
        return f"&endpoint={self.aws.endpoint}&s3ForcePathStyle=true"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader with a clone and an account that has nothing but the flow."""
    with EmbeddedAws(enforce_iam=True) as aws:
        _create_flow(aws)
        environment = {
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_DEFAULT_REGION": "us-west-2",
        }
        checkout = clone(tmp_path, environment)
        with (checkout.folder / "Pulumi.prod.yaml").open("a") as file:
            file.write(f"  {ENDPOINT}: {aws.endpoint}\n")
        yield Reader(aws, checkout, [])


@pytest.mark.proof
def test_an_account_is_set_up_as_the_guide_says(
    reader: Reader, documented: tuple[Block, ...]
) -> None:
    marked = re.findall(r"^(\S.*?) +# GitHub:", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(marked) == set(documented[0].left_out)
    for command in (command for block in documented for command in block.commands):
        if command == "gh pr create --fill":
            _check_account(reader)
            _work_as_the_pipeline(reader)
            # `make deploy` compresses the state, where a key would not be found.
            _check_the_state(reader)
        if command.startswith("pulumi destroy"):
            _check_roles(reader)
        if command not in marked:
            reader.follow(command)
    assert roles.client(reader.aws, "medialive").list_channels()["Channels"] == []
    stacks = roles.client(reader.aws, "cloudformation").list_stacks()["StackSummaries"]
    assert [stack["StackStatus"] for stack in stacks] == ["DELETE_COMPLETE"]


def _check_account(reader: Reader) -> None:
    """Check what `lunora account` said, and that it changes nothing when it is run again."""
    (first,) = (run for run in reader.runs if "Pulumi stack prod: created" in run.err)
    name = "CloudFormation stack lunora-player-prod-account"
    assert f"{name}: created\n" in first.err
    github = (reader.checkout.folder / ".local/github.sh").read_text()
    again = reader.run("lunora account owner/name")
    assert f"{name}: unchanged\nPulumi stack prod: exists\n" in again.err
    assert again.out == github
    told = [shlex.split(line) for line in github.splitlines()]
    names = {words[3] for words in told if words[:3] == ["gh", "variable", "set"]}
    workflows = (ROOT / ".github/workflows").glob("*.yml")
    used = {name for path in workflows for name in re.findall(r"vars\.(\w+)", path.read_text())}
    # Those that are set when somebody wants them.
    assert names == used - {"LUNORA_CONFIRM_REMOVALS", "LUNORA_PLAN_PICTURES"}


def _work_as_the_pipeline(reader: Reader) -> None:
    """Let each role do what its workflows do with the pull request, its merge and at night."""
    with (reader.checkout.folder / f"destinations/{NAME}.yaml").open("a") as file:
        file.write(SCHEDULE)
    env = {
        role: {
            "PULUMI_EXPERIMENTAL": "true",
            **roles.web_session(reader.aws, f"lunora-{role}-prod", subject),
        }
        for role, subject in SUBJECTS.items()
    }
    up = "pulumi up --stack prod --yes --skip-preview"
    for text in (f"pulumi preview --json --save-plan {PLAN}", "lunora prices refresh --into ."):
        reader.run(text, env=env["preview"])
    for text in ("lunora backup", f"{up} --plan {PLAN}", up, "pulumi stack export"):
        reader.run(text, env=env["deploy"])
    night = reader.checkout.run("lunora doctor", env=env["operator"])
    reader.runs.append(night)
    assert "AccessDenied" not in night.text
    assert "the state cannot be read" not in night.text


def _check_roles(reader: Reader) -> None:
    """Check that no role may more than its runs needed, and that the boundary limits all."""
    for role, policies in OWN_POLICIES.items():
        name = f"lunora-{role}-prod"
        held = roles.attached(reader.aws, name)
        assert policies <= set(held)
        assert roles.needless(held, policies, roles.asked(reader.aws, name)) == []
    limits = _boundaries(reader.aws)
    names = ("medialive", NIGHTLY, f"watchdog-{LOCAL_REGION}")
    assert set(limits) == {f"lunora-player-prod-{name}" for name in names}
    assert set(limits.values()) == {"arn:aws:iam::123456789012:policy/lunora-boundary-prod"}


def _check_the_state(reader: Reader) -> None:
    """Check that state, plan, configuration and messages hold no key in clear."""
    s3 = roles.client(reader.aws, "s3")
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert any(key.startswith(".pulumi/stacks/lunora-player/prod.json") for key in listed)
    assert not any(key.startswith(".pulumi/locks/") for key in listed)
    kept = [s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in listed]
    kept += [run.text.encode() for run in reader.runs]
    kept += [(reader.checkout.folder / name).read_bytes() for name in ("Pulumi.prod.yaml", PLAN)]
    assert not [content for content in kept if KEY.encode() in content]
    settings = yaml.safe_load((reader.checkout.folder / "Pulumi.prod.yaml").read_text())["config"]
    assert settings["aws:allowedAccountIds"] == [123456789012]


def _boundaries(aws: EmbeddedAws) -> Mapping[str, str]:
    iam = roles.client(aws, "iam")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    details = (iam.get_role(RoleName=name)["Role"] for name in names if "-player-prod-" in name)
    return {
        role["RoleName"]: role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
        for role in details
    }


def _create_flow(aws: EmbeddedAws) -> None:
    mediaconnect = roles.client(aws, "mediaconnect")
    source = {"Name": "srt", "Protocol": "srt-listener", "IngestPort": 5000}
    source["WhitelistCidr"] = "203.0.113.0/24"
    flow = mediaconnect.create_flow(Name=FLOW, Source=source)["Flow"]
    mediaconnect.start_flow(FlowArn=flow["FlowArn"])
