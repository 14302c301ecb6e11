"""`lunora migrate`: what leaves a state of the previous layout, and what it is refused for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lunora.ops.migration import FORMER_GROUP, LEAVING_TYPES, NotMigratableError, migrate
from provider.layout import LAYOUT
from tests.support.previous_stack import FOLDER as PREVIOUS
from tests.support.stage import run

PROVIDER = "pulumi:providers:livestream"
ROSTER = "livestream:index:Roster"
OTHER = "livestream:index:PushInput"
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:made:up",
}


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:local::lunora-player::{token}::{name}"


def resource(token: str, name: str = "it", **more: Any) -> dict[str, Any]:
    return {"urn": urn(token, name), "type": token, **more}


def exported(*resources: Mapping[str, Any], **more: Any) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": resources, **more}})


def resources(text: str) -> list[dict[str, Any]]:
    parsed: list[dict[str, Any]] = json.loads(text)["deployment"]["resources"]
    return parsed


def test_channels_and_all_references_to_them_go() -> None:
    gone = [urn(token, "it") for token in sorted(LEAVING_TYPES)]
    kept = resource(
        OTHER,
        dependencies=[urn(ROSTER, "it"), *gone],
        propertyDependencies={"name": gone, "tags": None, "other": [urn(ROSTER, "it"), gone[0]]},
        deletedWith=gone[1],
        replaceWith=gone,
    )
    former = [resource(token) for token in sorted(LEAVING_TYPES)]
    migration = migrate(exported(resource(ROSTER), *former, kept))
    assert migration.needed
    assert migration.removed == tuple(gone)
    assert resources(migration.text) == [
        resource(ROSTER),
        resource(
            OTHER,
            dependencies=[urn(ROSTER, "it")],
            propertyDependencies={"name": [], "tags": [], "other": [urn(ROSTER, "it")]},
            replaceWith=[],
        ),
    ]


def test_a_group_becomes_one_of_our_provider_of_its_region() -> None:
    regions = [
        resource(PROVIDER, name, id=f"id-{name}", inputs={"region": name})
        for name in ("us-west-2", "eu-west-1")
    ]
    former = resource(
        FORMER_GROUP,
        id="7",
        custom=True,
        inputs={"whitelistRules": [{"cidr": "203.0.113.10/32"}], "tags": {"Stack": "local"}},
        outputs={"arn": "arn:aws:medialive:eu-west-1:123456789012:inputSecurityGroup:7"},
        propertyDependencies={"whitelistRules": []},
        resourceHooks={"BeforeCreate": ["clear"]},
        provider="urn:pulumi:local::lunora-player::pulumi:providers:aws::aws-eu-west-1::id",
    )
    fed = resource(OTHER, dependencies=[former["urn"]], deletedWith=former["urn"])
    migration = migrate(exported(*regions, former, fed))
    assert migration.removed == ()
    *_, group, fed = resources(migration.text)
    inputs = {"cidrs": ["203.0.113.10/32"], "tags": {"Stack": "local"}}
    assert group == resource(
        "livestream:index:InputSecurityGroup",
        id="7",
        custom=True,
        inputs=inputs,
        outputs={**inputs, "arn": former["outputs"]["arn"]},
        provider=f"{urn(PROVIDER, 'eu-west-1')}::id-eu-west-1",
    )
    assert (fed["dependencies"], fed["deletedWith"]) == ([group["urn"]], group["urn"])
    with pytest.raises(NotMigratableError, match=r"^LUN452"):
        migrate(exported(regions[0], former))


def test_what_refers_to_none_of_them_stays_as_it_is() -> None:
    kept = resource(
        OTHER,
        inputs={"key": SECRET},
        outputs={"key": SECRET},
        dependencies=[urn(ROSTER, "it")],
        deletedWith=urn(ROSTER, "it"),
    )
    migration = migrate(exported(kept, resource(next(iter(LEAVING_TYPES))), metadata={"a": 1}))
    assert resources(migration.text) == [kept]
    assert json.loads(migration.text)["deployment"]["metadata"] == {"a": 1}


def test_every_provider_of_ours_gets_the_marker_once() -> None:
    regions = [
        resource(PROVIDER, name, inputs={"region": name}, outputs={"region": name})
        for name in ("us-west-2", "eu-west-1")
    ]
    first = migrate(exported(*regions))
    assert (first.needed, first.removed) == (True, ())
    marked = [{"region": name, "layout": LAYOUT} for name in ("us-west-2", "eu-west-1")]
    assert [entry["inputs"] for entry in resources(first.text)] == marked
    assert [entry["outputs"] for entry in resources(first.text)] == marked
    assert not migrate(first.text).needed


def test_the_roster_forgets_what_only_an_import_needed() -> None:
    stored = {"stack": "local", "adopted": {"one": "1"}}
    (roster,) = resources(migrate(exported(resource(ROSTER, inputs=stored))).text)
    assert roster["inputs"] == {"stack": "local"}


@pytest.mark.parametrize("text", ['{"deployment": null}', exported(), '{"deployment": {}}'])
def test_an_empty_stack_needs_nothing(text: str) -> None:
    migration = migrate(text)
    assert (migration.needed, migration.removed) == (False, ())


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (exported(pending_operations=[{"type": "creating"}]), "pending operations"),
        (
            exported(resource("aws:medialive/channel:Channel", delete=True)),
            "replaced resources that wait for their deletion",
        ),
        (
            exported(
                resource("livestream:index:ChannelState"),
                resource(OTHER, parent=urn("livestream:index:ChannelState", "it")),
            ),
            "it is inside a resource of the previous version",
        ),
    ],
)
def test_a_state_that_is_not_at_rest_is_refused(text: str, cause: str) -> None:
    with pytest.raises(NotMigratableError, match=cause):
        migrate(text)


def test_nothing_of_a_recorded_state_refers_to_what_has_left_it() -> None:
    recorded = (PREVIOUS / "state.json").read_text(encoding="utf-8")
    migration = migrate(recorded)
    assert len(migration.removed) == 2 * 4
    assert FORMER_GROUP not in migration.text
    assert not [left for left in migration.removed if left in migration.text]
    assert len(resources(migration.text)) == len(resources(recorded)) - len(migration.removed)


class Pulumi:
    """A Pulumi CLI with one stack, whose state is a file."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state.json"
        self._program = folder / "pulumi"
        self._script('case "$2" in export) cat "$state";; import) cat > "$state";; esac')

    def fails_to(self, verb: str, message: str) -> None:
        """Let `pulumi stack <verb>` end with an error."""
        failing = f'echo "error: {message}" >&2; exit 255'
        self._script(f'case "$2" in {verb}) {failing};; export) cat "$state";; esac')

    def _script(self, body: str) -> None:
        self._program.write_text(f'#!/bin/sh\nstate="{self.state}"\n{body}\n')
        self._program.chmod(0o755)


@pytest.fixture
def pulumi(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Pulumi:
    (project / "Pulumi.local.yaml").write_text("config:\n  aws:region: us-west-2\n")
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    cli = Pulumi(folder)
    channel = resource("aws:medialive/channel:Channel", "main-channel", outputs={"key": SECRET})
    cli.state.write_text(exported(resource(PROVIDER, inputs={}, outputs={}), channel))
    return cli


def test_the_former_state_is_saved_and_the_way_back_named(pulumi: Pulumi, project: Path) -> None:
    before = pulumi.state.read_text()
    result = run("migrate")
    assert result.exit_code == 0
    assert result.stdout == "left the state: aws:medialive/channel:Channel main-channel\n"
    (saved,) = (project / "backups").iterdir()
    assert saved.read_text() == before
    assert f"pulumi stack import --stack local --file backups/{saved.name}" in result.stderr
    assert [entry["type"] for entry in resources(pulumi.state.read_text())] == [PROVIDER]
    again = run("migrate", "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == {
        "needed": False,
        "migrated": False,
        "removed": [],
        "saved": None,
    }


def test_a_dry_run_writes_nothing(pulumi: Pulumi, project: Path) -> None:
    before = pulumi.state.read_text()
    result = run("migrate", "--dry-run", "--json")
    document = json.loads(result.stdout)
    assert (document["needed"], document["migrated"], document["saved"]) == (True, False, None)
    assert document["removed"] == [urn("aws:medialive/channel:Channel", "main-channel")]
    assert pulumi.state.read_text() == before
    assert not (project / "backups").exists()


def test_a_state_that_pulumi_does_not_take_stays_saved(pulumi: Pulumi, project: Path) -> None:
    before = pulumi.state.read_text()
    pulumi.fails_to("import", "the stack is locked")
    result = run("migrate")
    assert result.exit_code == 1
    assert "LUN410: " in result.stderr
    (saved,) = (project / "backups").iterdir()
    assert saved.read_text() == pulumi.state.read_text() == before


def test_a_stack_that_is_not_there_is_one_sentence(pulumi: Pulumi) -> None:
    pulumi.fails_to("export", "no stack named 'local' found")
    result = run("migrate")
    assert result.exit_code == 1
    assert result.stderr.startswith("LUN410: ")
    result = run("migrate", "--stack", "other")
    assert result.exit_code == 2
    assert "Pulumi.other.yaml: LUN204" in result.stderr


def test_without_pulumi_nothing_is_begun(pulumi: Pulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    result = run("migrate")
    assert result.exit_code == 1
    assert "LUN411: " in result.stderr


def test_a_refusal_saves_and_changes_nothing(pulumi: Pulumi, project: Path) -> None:
    pulumi.state.write_text(exported(pending_operations=[{"type": "creating"}]))
    before = pulumi.state.read_text()
    result = run("migrate")
    assert result.exit_code == 3
    assert "then migrate again" in result.stderr
    assert pulumi.state.read_text() == before
    assert not (project / "backups").exists()


def test_a_folder_that_cannot_be_written_is_named(pulumi: Pulumi, project: Path) -> None:
    (project / "backups").write_text("")
    result = run("migrate")
    assert result.exit_code == 2
    assert result.stderr.startswith("LUN402: ")
    assert len(resources(pulumi.state.read_text())) == 2
