"""From an empty account to a stack that its pipeline brings up, previews and looks after."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from localaws.server import EmbeddedAws
from tests.support import roles
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import CONFIG, Run, Workspace, prepared

pytestmark = pytest.mark.e2e

REPOSITORY = "example/streams"
SUBJECTS = {
    "preview": f"repo:{REPOSITORY}:pull_request",
    "deploy": f"repo:{REPOSITORY}:environment:production",
    "operator": f"repo:{REPOSITORY}:ref:refs/heads/main",
}
ADMINISTRATOR = {"AWS_ACCESS_KEY_ID": "embedded", "AWS_SECRET_ACCESS_KEY": "embedded"}
PLAN = "steps.json"
NAME = "youtube-main"
NIGHTLY = f"{NAME}-schedule"
WINDOW = f'{{days: [{DISTANT_DAY}], start: "01:00", stop: "02:00"}}'
SCHEDULE = f"schedule: {{timezone: UTC, windows: [{WINDOW}]}}\n"


@dataclass(frozen=True)
class Pipeline:
    """Runs that set the account up, and those of each role."""

    workspace: Workspace
    first: Run
    again: Run
    runs: Mapping[str, tuple[Run, ...]]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Set an account up, twice, then let each role do what its workflows do."""
    with EmbeddedAws(enforce_iam=True) as aws:
        made = prepared(tmp_path_factory.mktemp("account") / "project", aws)
        _forget_the_passphrase(made)
        first = made.lunora("account", REPOSITORY, env=ADMINISTRATOR)
        assert first.code == 0, first.text
        backend = {"PULUMI_BACKEND_URL": variables(first)["PULUMI_BACKEND_URL"]}
        made.keys = {NAME: made.keys[NAME]}
        step = keys_step(backend["PULUMI_BACKEND_URL"])
        answers = f"youtube\n1080p30\n{made.keys[NAME]}\n"
        # Without a terminal, where it would be asked for the key.
        added = made.shell(
            f"setsid --wait bash -e <<'EOF'\n{step} <<'KEY'\n{answers}KEY\nEOF", ADMINISTRATOR
        )
        assert added.code == 0, added.text
        with (made.destinations / f"{NAME}.yaml").open("a") as file:
            file.write(SCHEDULE)
        again = made.lunora("account", REPOSITORY, env=ADMINISTRATOR)
        as_role = {
            role: {**backend, **roles.web_session(aws, f"lunora-{role}-local", subject)}
            for role, subject in SUBJECTS.items()
        }
        experimental = {"PULUMI_EXPERIMENTAL": "true"}
        previewing = {**as_role["preview"], **experimental}
        deploying = {**as_role["deploy"], **experimental}
        up = ("up", "--yes", "--skip-preview")
        runs = {
            "preview": (
                made.pulumi("preview", "--json", "--save-plan", PLAN, env=previewing),
                made.lunora("prices", "refresh", "--into", ".", env=previewing),
            ),
            "deploy": (
                made.lunora("backup", env=deploying),
                made.pulumi(*up, "--plan", PLAN, env=deploying),
                made.pulumi(*up, env=deploying),
                made.pulumi("stack", "export", env=deploying),
            ),
            "operator": (made.lunora("doctor", env=as_role["operator"]),),
        }
        yield Pipeline(made, first, again, runs)


def test_the_account_is_made_once_and_then_left_as_it_is(pipeline: Pipeline) -> None:
    name = "CloudFormation stack lunora-player-local-account"
    assert f"{name}: created\nPulumi stack local: created\n" in pipeline.first.err
    assert f"{name}: unchanged\nPulumi stack local: exists\n" in pipeline.again.err
    assert pipeline.again.out == pipeline.first.out


def test_each_role_does_what_its_workflows_do(pipeline: Pipeline) -> None:
    for role in ("preview", "deploy"):
        assert [run.text for run in pipeline.runs[role] if run.code] == []
    (looked,) = pipeline.runs["operator"]
    assert "AccessDenied" not in looked.text
    assert "the state cannot be read" not in looked.text
    assert len(pipeline.workspace.channels()) == len(pipeline.workspace.keys)


def test_the_state_is_in_the_bucket_and_holds_no_key_in_clear(pipeline: Pipeline) -> None:
    made = pipeline.workspace
    bucket = "lunora-state-local-123456789012-us-west-2"
    s3 = made.client("s3")
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert ".pulumi/stacks/lunora-player/local.json" in listed
    assert not any(key.startswith(".pulumi/locks/") for key in listed)
    texts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in listed]
    texts += [run.text for runs in pipeline.runs.values() for run in runs]
    texts += [(made.folder / name).read_text() for name in (CONFIG, PLAN)]
    for key in made.keys.values():
        assert not any(key in text for text in texts)


@pytest.mark.parametrize(
    ("role", "policies"),
    [
        ("preview", {"lunora-reads-state-local", "lunora-reads-prices-local"}),
        ("deploy", {"lunora-reads-state-local", "lunora-writes-state-local"}),
        ("operator", {"lunora-reads-state-local"}),
    ],
)
def test_of_state_and_prices_a_role_may_no_more_than_its_runs_need(
    pipeline: Pipeline, role: str, policies: set[str]
) -> None:
    aws, name = pipeline.workspace.aws, f"lunora-{role}-local"
    held = roles.attached(aws, name)
    assert policies <= set(held)
    assert roles.needless(held, policies, roles.asked(aws, name)) == []


def test_every_role_of_the_stack_stays_within_the_boundary(pipeline: Pipeline) -> None:
    iam = pipeline.workspace.client("iam")
    limits = {
        role["RoleName"]: iam.get_role(RoleName=role["RoleName"])["Role"].get("PermissionsBoundary")
        for role in iam.list_roles()["Roles"]
        if role["RoleName"].startswith("lunora-player-local-")
    }
    assert set(limits) == {f"lunora-player-local-{name}" for name in ("medialive", NIGHTLY)}
    arns = {limit and limit["PermissionsBoundaryArn"] for limit in limits.values()}
    assert arns == {"arn:aws:iam::123456789012:policy/lunora-boundary-local"}


def test_what_is_told_to_github_is_no_secret_and_complete(pipeline: Pipeline) -> None:
    told = variables(pipeline.first)
    workflows = Path(__file__).parents[2] / ".github" / "workflows"
    texts = "".join(path.read_text() for path in workflows.glob("*.yml"))
    wanted = set(re.findall(r"vars\.(\w+)", texts)) - {"LUNORA_CONFIRM_REMOVALS"}
    assert set(told) == wanted


def keys_step(backend: str) -> str:
    """Return the commands of docs/how-to/setup.md for the keys, for this stack and *backend*."""
    page = (Path(__file__).parents[2] / "docs/how-to/setup.md").read_text()
    _, _, section = page.partition("## 5. Keys")
    commands = section.partition("```sh\n")[2].partition("```")[0]
    assert "lunora add" in commands
    lines = [line.partition("  #")[0].rstrip() for line in commands.splitlines()]
    text = "\n".join(lines).replace("'s3://...'", shlex.quote(backend))
    return text.replace("LUNORA_STACK=prod", "LUNORA_STACK=local")


def variables(run: Run) -> dict[str, str]:
    """Return the repository's variables, by the commands that set them."""
    commands = [shlex.split(line) for line in run.out.splitlines()]
    return {words[3]: words[-1] for words in commands if words[:3] == ["gh", "variable", "set"]}


def _forget_the_passphrase(made: Workspace) -> None:
    """Leave of the stack's file what an operator writes before there is a secrets provider."""
    path = made.folder / CONFIG
    content = yaml.safe_load(path.read_text())
    config = {key: value for key, value in content["config"].items() if "streamKeys" not in key}
    path.write_text(yaml.safe_dump({"config": config}))
