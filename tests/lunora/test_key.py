"""`lunora key`: one key in the configuration, one deployment of what holds it, nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalog.model import DestinationSpec
from catalog.platforms import platforms
from lunora import pulumi_cli
from lunora.ops.health import DestinationObservation, HealthState, evaluate
from lunora.ops.key_age import key_times
from lunora.pulumi_cli import StateResource
from provider.redaction import Mask
from tests.support.stage import Stage, run

KEY, OLD = "key-of-the-next-session", "key-of-the-last-session"
PREFIX = "urn:pulumi:local::lunora-player::lunora:index:StreamDestination$"
SET = "urn:pulumi:local::lunora-player::livestream:index:DestinationSet::destinations"


def spec(platform: str, **more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": platform, "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def urn(kind: str, name: str) -> str:
    return f"{PREFIX}{kind}::{name}"


PARAMETER = urn("aws:ssm/parameter:Parameter", "main-stage-stream-key")
CHANNEL = urn("livestream:index:Channel", "main-stage-channel")


@dataclass
class Pulumi:
    """Calls of the Pulumi CLI, and its answers."""

    keys: dict[str, str] = field(default_factory=lambda: {"main-stage": OLD, "other": "its-own"})
    steps: list[dict[str, Any]] = field(default_factory=list)
    diagnostics: list[dict[str, Any]] = field(default_factory=list)
    code: int = 0
    stored: list[tuple[str, str]] = field(default_factory=list)
    runs: list[list[str]] = field(default_factory=list)
    masks: list[Mask] = field(default_factory=list)
    resources: list[str] = field(default_factory=lambda: [SET, PARAMETER, CHANNEL])

    def run(self, words: list[str], mask: Mask) -> int:
        self.runs.append(list(words))
        self.masks.append(mask)
        return self.code


@pytest.fixture
def pulumi(monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    program = Pulumi()

    def preview(*_: Any) -> str:
        return json.dumps({"steps": program.steps, "diagnostics": program.diagnostics})

    def resources(_: str) -> tuple[StateResource, ...]:
        types = (name.rpartition("::")[0].rpartition("::")[2] for name in program.resources)
        kinds = (kind.rpartition("$")[2] for kind in types)
        return tuple(map(StateResource, program.resources, kinds))

    def store(_: str, __: str, path: str, secret: str) -> None:
        program.stored.append((path, secret))

    replacements: dict[str, Callable[..., Any]] = {
        "secret_map": lambda *_: program.keys,
        "secrets": lambda _: program.keys.values(),
        "resources": resources,
        "preview": preview,
        "set_secret": store,
        "run_redacted": program.run,
    }
    for name, replacement in replacements.items():
        monkeypatch.setattr(pulumi_cli, name, replacement)
    return program


def rotate(name: str = "main-stage", key: str = KEY) -> Any:
    result = run("key", name, "--key-stdin", stdin=f"{key}\n")
    assert KEY not in result.output
    return result


def refused(pulumi: Pulumi, code: str, **more: str) -> None:
    result = rotate(**more)
    assert result.exit_code == 2, result.output
    assert code in result.stderr
    assert (pulumi.stored, pulumi.runs) == ([], [])


def test_the_key_is_stored_and_only_what_holds_it_is_deployed(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    stage.declare("other")
    assert rotate().exit_code == 0
    assert pulumi.stored == [("streamKeys.main-stage", KEY)]
    targets = [f"--target={name}" for name in (SET, PARAMETER, CHANNEL)]
    assert pulumi.runs == [["up", "--yes", "--skip-preview", *targets, "--stack", "local"]]
    (mask,) = pulumi.masks
    assert KEY not in mask.hide(f"{KEY} {OLD}")
    assert OLD not in mask.hide(f"{KEY} {OLD}")


def test_a_renamed_destination_keeps_the_name_of_its_secret(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage", "previous_names: [first-name]")
    assert rotate().exit_code == 0
    assert pulumi.stored == [("streamKeys.first-name", KEY)]


def test_an_existing_parameter_is_overwritten_as_it_is(stage: Stage, pulumi: Pulumi) -> None:
    ssm = stage.stack.aws().client("ssm")
    own = stage.stack.aws().client("kms").create_key()["KeyMetadata"]["KeyId"]
    secret: Any = {"Type": "SecureString", "KeyId": own, "Overwrite": True}
    ssm.put_parameter(Name="/keys/session", Value=OLD, **secret)
    stage.declare("main-stage", "stream_key: {ssm: /keys/session}")
    pulumi.resources.remove(PARAMETER)
    assert rotate().exit_code == 0
    assert pulumi.stored == []
    stored = ssm.get_parameter(Name="/keys/session", WithDecryption=True)["Parameter"]
    assert (stored["Value"], stored["Type"]) == (KEY, "SecureString")
    named = [{"Key": "Name", "Values": ["/keys/session"]}]
    (described,) = ssm.describe_parameters(ParameterFilters=named)["Parameters"]
    assert described["KeyId"] == own


def test_other_changes_are_deployed_first(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.steps = [{"op": "update", "urn": CHANNEL}]
    refused(pulumi, "LUN227")


def test_changes_of_others_are_not_looked_at(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.steps = [
        {"op": "same", "urn": CHANNEL},
        {"op": "update", "urn": urn("livestream:index:Channel", "other-channel")},
    ]
    assert rotate().exit_code == 0


def test_a_stack_that_cannot_be_deployed_gets_no_key(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.diagnostics = [{"message": "wrong", "severity": "error"}]
    refused(pulumi, "LUN227")


def test_a_state_of_an_older_version_gets_no_key(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.resources = [SET.replace("::destinations", "::roster"), PARAMETER, CHANNEL]
    refused(pulumi, "LUN227")


def test_what_is_not_deployed_gets_no_key(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.resources = [SET]
    refused(pulumi, "LUN227")


def test_a_shared_key_is_not_replaced(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage", "stream_key: {config: shared}")
    other = "platform: twitch\npreset: 720p30\nstream_key: {config: shared}\n"
    (stage.folder / "destinations/other.yaml").write_text(other)
    refused(pulumi, "LUN227")


def test_the_key_of_another_destination_is_refused(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    stage.declare("other")
    pulumi.keys["other"] = KEY
    refused(pulumi, "LUN130")


@pytest.mark.parametrize("key", ["", "rtmp://host/app/key", "two words"])
def test_what_is_no_key_is_refused(stage: Stage, pulumi: Pulumi, key: str) -> None:
    stage.declare("main-stage")
    refused(pulumi, "LUN406", key=key)


def test_an_unknown_destination_is_refused(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    refused(pulumi, "LUN450", name="main-stag")


def test_a_failed_deployment_says_where_the_key_is(stage: Stage, pulumi: Pulumi) -> None:
    stage.declare("main-stage")
    pulumi.code = 255
    result = rotate()
    assert result.exit_code == 1
    assert "LUN410" in result.stderr
    assert pulumi.stored


NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
LIFETIME = platforms()["facebook"].key_lifetime_hours or 0


@pytest.mark.parametrize(
    ("hours", "condition", "is_told"),
    [(LIFETIME, "missing", False), (LIFETIME + 1, "missing", True), (None, "missing", False)],
)
def test_the_status_names_a_key_that_is_too_old(
    hours: int | None,
    condition: HealthState,
    is_told: bool,  # noqa: FBT001 - a case
) -> None:
    time = None if hours is None else NOW - dt.timedelta(hours=hours)
    declared = spec("facebook")
    observation = DestinationObservation("one", declared, True, "running", key_time=time)  # noqa: FBT003
    health = evaluate(observation, NOW)
    assert health.condition == condition
    assert ("lunora key one" in health.reason) == is_told


def test_the_age_of_a_key_is_that_of_its_parameter(stage: Stage) -> None:
    ssm = stage.stack.aws().client("ssm")
    ours = "/lunora-player/local/destinations/one/stream-key"
    for name in (ours, "/keys/two", "/keys/three"):
        ssm.put_parameter(Name=name, Value=KEY, Type="SecureString", Overwrite=True)
    specs = [
        spec("facebook"),
        spec("facebook", name="two", stream_key={"ssm": "/keys/two"}),
        spec("youtube", name="three", stream_key={"ssm": "/keys/three"}),
        spec("facebook", name="four"),
    ]
    times = key_times(stage.stack, specs)
    assert times.keys() == {"one", "two"}
    assert all(
        abs(dt.datetime.now(dt.UTC) - time) < dt.timedelta(hours=1) for time in times.values()
    )
