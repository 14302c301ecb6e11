"""The way back: a commit is reverted, or the files of a backup are brought up again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localaws.faults import FaultPlan
from tests.support.guide import Block, follow
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

STAGE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"
GIT = "git -c user.name=test -c user.email=test@example.org"
KEPT = "destinations Pulumi.yaml Pulumi.local.yaml"
# The new channel cannot be provisioned, once its input, output and key are there.
BROKEN = {"operation": "medialive:CreateChannel", "fault": "create-failed"}
INTERRUPTING = {"StopChannel", "DeleteChannel", "RestartChannelPipelines"}
CONTINUE = ("up", "--yes", "--skip-preview", "--continue-on-error")


@pytest.fixture
def committed(live: Workspace) -> Iterator[Workspace]:
    """The three examples, up and committed; faults end with the test."""
    shell(live, f"git init -q . && git add {KEPT} && {GIT} commit -qm before")
    yield live
    live.aws.load_faults(FaultPlan())


def shell(live: Workspace, command: str) -> None:
    run = live.shell(command)
    assert run.code == 0, run.text


def change(live: Workspace) -> None:
    """Commit a new destination and another preset of an old one."""
    live.write("event-stage", STAGE)
    secret = ("config", "set", "--secret", "--path", "lunora-player:streamKeys.event-stage")
    assert live.pulumi(*secret, stdin="made-up").code == 0
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p60"))
    shell(live, f"git add {KEPT} && {GIT} commit -qm change")


def half_way(live: Workspace) -> None:
    """Bring the change up as far as AWS lets it."""
    live.aws.load_faults(FaultPlan.model_validate({"mishaps": [BROKEN]}))
    run = live.pulumi(*CONTINUE)
    assert run.code != 0
    assert "CREATE_FAILED" in run.text
    live.aws.load_faults(FaultPlan())


def size(live: Workspace) -> int:
    channel = live.channels()["twitch-main"]
    described = live.client("medialive").describe_channel(ChannelId=channel["Id"])
    height: int = described["EncoderSettings"]["VideoDescriptions"][0]["Height"]
    return height


def interrupted(live: Workspace, mark: int) -> set[str]:
    """Return the channels that calls since *mark* interrupted."""
    calls = live.aws.calls[mark:]
    return {call.resource for call in calls if call.operation in INTERRUPTING}


def states(live: Workspace) -> dict[str, str]:
    return {name: channel["State"] for name, channel in live.channels().items()}


def test_the_revert_of_a_change_that_failed_half_way_leaves_nothing_of_it(
    committed: Workspace, documented: tuple[Block, ...]
) -> None:
    before, running = committed.traces(), states(committed)
    change(committed)
    mark = len(committed.aws.calls)
    half_way(committed)
    assert size(committed) == 720
    assert committed.traces() != before

    ids = {name: channel["Id"] for name, channel in committed.channels().items()}
    (block,) = documented
    for command in block.to_run:
        revert = command.replace("git revert <commit>", f"{GIT} revert --no-edit HEAD")
        follow(committed, revert)
    assert committed.traces() == before
    assert states(committed) == running
    assert size(committed) == 1080
    assert committed.preview_steps() == {}
    others = {ids["restream-main"], ids["youtube-main"]}
    assert not others & interrupted(committed, mark)


@pytest.mark.proof
def test_the_files_of_the_backup_take_back_a_change_that_failed_half_way(
    committed: Workspace, documented: tuple[Block, ...]
) -> None:
    before = committed.traces()
    kept = committed.lunora("backup")
    assert kept.code == 0, kept.text
    change(committed)
    half_way(committed)

    (block,) = documented
    for command in block.to_run:
        archive = command.replace("backups/prod-20260102T030405Z.tar.gz", kept.out.strip())
        follow(committed, archive)
    assert committed.traces() == before
    assert size(committed) == 1080
    assert committed.preview_steps() == {}
