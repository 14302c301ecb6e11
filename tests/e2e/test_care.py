"""A stack is examined, backed up, lost and brought back."""

from __future__ import annotations

import json
import tarfile

import pytest

from tests.support.guide import Block, follow
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import EXAMPLES, Workspace

pytestmark = pytest.mark.e2e

SCHEDULED = f"""
platform: restream
preset: 1080p30
schedule: {{timezone: UTC, windows: [{{days: [{DISTANT_DAY}], start: "09:00", stop: "17:30"}}]}}
"""


@pytest.mark.proof
def test_the_doctor_finds_nothing_wrong_with_a_stack_that_is_up(live: Workspace) -> None:
    run = live.lunora("doctor", "--json")
    assert run.code == 0, run.text
    diagnosis = json.loads(run.out)
    assert diagnosis["orphans"] == []
    checks = {check["about"]: check["severity"] for check in diagnosis["checks"]}
    assert {f"drift {name}": "ok" for name in EXAMPLES}.items() <= checks.items()
    monitored = (*EXAMPLES, "flow main")
    assert {f"monitoring {name}": "ok" for name in monitored}.items() <= checks.items()
    assert "critical" not in checks.values()
    assert not [key for key in live.keys.values() if key in run.text]


def test_a_lost_state_comes_back_from_its_backup(
    live: Workspace, documented: tuple[Block, ...]
) -> None:
    before = live.traces()
    kept = live.lunora("backup")
    assert kept.code == 0, kept.text
    archive = live.folder / kept.out.strip()

    assert live.pulumi("stack", "rm", "--force", "--yes").code == 0
    assert not (live.folder / "Pulumi.local.yaml").exists()
    (block,) = documented
    for command in block.to_run:
        text = command.replace("backups/prod-20260102T030405Z.tar.gz", str(archive))
        follow(live, f"{text} --expect-no-changes" if " preview " in text else text)
    assert live.traces() == before


def test_a_backup_holds_no_key_in_clear(live: Workspace) -> None:
    archive = live.folder / live.lunora("backup").out.strip()
    with tarfile.open(archive) as opened:
        texts = [opened.extractfile(member) for member in opened.getmembers()]
        content = b"".join(text.read() for text in texts if text)
    assert b"ciphertext" in content
    assert not [key for key in live.keys.values() if key.encode() in content]


@pytest.mark.proof
def test_what_a_lost_state_leaves_behind_is_found_and_removed(live: Workspace) -> None:
    assert live.pulumi("stack", "rm", "--force", "--yes", "--preserve-config").code == 0
    assert live.pulumi("stack", "init").code == 0
    (live.destinations / "twitch-main.yaml").unlink()
    run = live.lunora("doctor", "--remove", "--yes")
    assert "removed channel lunora-player-local-twitch-main" in run.err
    left = live.traces()
    assert left["channels"] == [
        "lunora-player-local-restream-main",
        "lunora-player-local-youtube-main",
    ]
    assert left["inputs"] == left["outputs"] == left["channels"]


@pytest.mark.proof
def test_a_lost_stack_whose_files_are_gone_is_removed_to_the_last_trace(live: Workspace) -> None:
    live.write("restream-main", SCHEDULED)
    live.up()
    assert live.watchers()["schedules"]
    assert live.pulumi("stack", "rm", "--force", "--yes", "--preserve-config").code == 0
    assert live.pulumi("stack", "init").code == 0
    for name in EXAMPLES:
        (live.destinations / f"{name}.yaml").unlink()
    live.write("not-yet-up", "platform: restream\npreset: 1080p30\n")
    run = live.lunora("doctor", "--remove", "--yes")
    assert "removed dashboard lunora-player-local" in run.err, run.text
    assert not [left for left in live.traces().values() if left]
