"""A destination that always fails does not stop the others."""

from __future__ import annotations

import pytest

from localaws.faults import CallFault, FaultPlan
from provider.aws import RETRY_TIMEOUT
from tests.support.interruptions import interrupted
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.proof]

NEW = "platform: custom\nurl: rtmp://ingest.example.org/show\npreset: 480p30\n"


@pytest.mark.parametrize("call", ["medialive:CreateInput", "medialive:CreateChannel"])
def test_a_destination_that_always_fails_keeps_no_other_from_its_change(
    live: Workspace, call: str
) -> None:
    live.write("show", NEW)
    live.write("another", NEW.replace("/show", "/another"))
    (live.destinations / "restream-main.yaml").unlink()
    twitch = live.destinations / "twitch-main.yaml"
    twitch.write_text(twitch.read_text() + "state: stopped\n")
    fault = CallFault(operation=call, resource="*-show", fault="conflict")
    live.aws.load_faults(FaultPlan(calls=(fault,)))
    run = live.pulumi(
        "up", "--yes", "--skip-preview", "--continue-on-error", env={RETRY_TIMEOUT: "1"}
    )
    assert run.code != 0
    assert "Traceback" not in run.text
    assert "answered ConflictException: the fault plan says conflict" in run.text
    states = {name: channel["State"] for name, channel in live.channels().items()}
    assert states == {"another": "RUNNING", "twitch-main": "IDLE", "youtube-main": "RUNNING"}

    live.aws.load_faults(FaultPlan())
    mark = len(live.aws.calls)
    live.up()
    assert live.channels()["show"]["State"] == "RUNNING"
    assert interrupted(live, mark) == {}
    live.up("--expect-no-changes")


def test_a_destination_that_cannot_be_looked_at_keeps_no_other_from_its_change(
    live: Workspace,
) -> None:
    (live.destinations / "restream-main.yaml").unlink()
    youtube = live.destinations / "youtube-main.yaml"
    youtube.write_text(youtube.read_text() + "state: stopped\n")
    call = "medialive:DescribeChannel"
    fault = CallFault(operation=call, resource="*-twitch-main", fault="error")
    live.aws.load_faults(FaultPlan(calls=(fault,)))
    run = live.pulumi(
        "up", "--yes", "--skip-preview", "--continue-on-error", env={RETRY_TIMEOUT: "1"}
    )
    assert run.code != 0
    assert ": cannot describe channel" in run.text
    live.aws.load_faults(FaultPlan())
    states = {name: channel["State"] for name, channel in live.channels().items()}
    assert states == {"twitch-main": "RUNNING", "youtube-main": "IDLE"}
    live.up()
    live.up("--expect-no-changes")
