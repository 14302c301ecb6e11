"""The state is compressed where the variable is set, and was written otherwise before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import PROJECT, ROOT, STACK, Workspace

pytestmark = pytest.mark.e2e

GZIP, ZSTD = "PULUMI_DIY_BACKEND_GZIP", "PULUMI_DIY_BACKEND_ZSTD"
# RFC 8878, section 3.1.1.
ZSTD_MAGIC = bytes.fromhex("28b52ffd")


def states(workspace: Workspace) -> list[Path]:
    """Return the files of the state, without backups."""
    folder = workspace.folder / "state/.pulumi/stacks" / PROJECT
    return sorted(path for path in folder.iterdir() if path.suffix != ".bak")


@pytest.mark.proof
@pytest.mark.parametrize(
    ("variables", "name"), [({}, f"{STACK}.json"), ({GZIP: "true"}, f"{STACK}.json.gz")]
)
def test_a_state_that_was_written_otherwise_is_read_and_compressed(
    workspace: Workspace, variables: dict[str, str], name: str
) -> None:
    for path in workspace.destinations.glob("*.yaml"):
        if path.stem != "twitch-main":
            path.unlink()
    workspace.up(env=variables)
    assert [path.name for path in states(workspace)] == [name]

    channel = workspace.channels()["twitch-main"]["Id"]
    twitch = workspace.destinations / "twitch-main.yaml"
    twitch.write_text(twitch.read_text() + "state: stopped\n")
    workspace.up(env={ZSTD: "true"})
    after = workspace.channels()["twitch-main"]
    assert (after["Id"], after["State"]) == (channel, "IDLE")
    (state,) = states(workspace)
    assert state.name == f"{STACK}.json.zst"
    assert state.read_bytes().startswith(ZSTD_MAGIC)
    workspace.up("--expect-no-changes")


@pytest.mark.parametrize("path", ["local.env", "pipeline.mk"])
def test_what_runs_are_given_compresses_the_state(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"{ZSTD}=true" in text
    assert GZIP not in text
