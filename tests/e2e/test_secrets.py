"""Stream keys appear nowhere in clear but where AWS itself needs them."""

from __future__ import annotations

import contextlib
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from localaws.faults import FaultPlan
from provider.aws import RETRY_TIMEOUT
from provider.redaction import HIDDEN, forms
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

ROTATED = "another-key+for=the-test"
NEXT = "key-of-the-next+session"
KEY_OF_TWITCH = ("config", "set", "--secret", "--path", "lunora-player:streamKeys.twitch-main")


LOOKING = (
    *(
        ("status",),
        ("status", "--json"),
        ("show", "twitch-main"),
        ("show", "twitch-main", "--json"),
    ),
    *(("metrics", "twitch-main"), ("flows",), ("doctor",), ("doctor", "--json"), ("plan",)),
    *(("cost", "--json"), ("cost", "--markdown"), ("backup",), ("stop", "twitch-main")),
)


def test_no_key_in_anything_a_full_cycle_writes(live: Workspace) -> None:
    live.pulumi("preview", "--diff")
    live.pulumi("preview", "--json")
    live.pulumi("stack", "output", "--json")
    live.pulumi("stack", "export")
    for words in LOOKING:
        assert live.lunora(*words).out, words
    live.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    path = live.destinations / "youtube-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "no-such-preset"))
    live.pulumi("preview", "--diff")
    shown = live.shown()
    live.pulumi("destroy", "--yes", "--skip-preview", "--diff")

    written = [file for file in live.folder.parent.rglob("*") if file.is_file()]
    kinds = {file.relative_to(live.folder.parent).parts[:2] for file in written}
    assert {("aws.log",), ("project", "state"), ("project", "backups")} <= kinds
    assert "twitch-main" in shown
    for key in live.keys.values():
        assert not [run.text for run in live.runs if key in run.text]
        assert key not in shown
        assert not [str(file) for file in written if key.encode() in contents(file)]


@pytest.mark.proof
def test_no_key_in_the_error_of_a_call_that_aws_quotes_it_in(live: Workspace) -> None:
    faults = "{operation: 'medialive:UpdateChannel', fault: error}"
    faults += ", {operation: 'ssm:PutParameter', fault: quotes}"
    live.aws.load_faults(FaultPlan.parse(f"calls: [{faults}]"))
    live.pulumi(*KEY_OF_TWITCH, stdin=ROTATED)
    words = ("pulumi", "up", "--yes", "--skip-preview", "--diff", "--continue-on-error")
    run = live.lunora(*words, env={RETRY_TIMEOUT: "1"})
    assert run.code != 0
    assert "InternalServerError" in run.text
    # pulumi-aws passes on what AWS says of its requests, and the engine knows one form of a key.
    assert f"%20{HIDDEN}%20" in run.text
    assert not [form for run in live.runs for form in forms(ROTATED) if form in run.text]


def test_no_key_in_a_process_list(workspace: Workspace) -> None:
    with process_list() as seen:
        workspace.up()
        (workspace.destinations / "twitch-main.yaml").unlink()
        words = ("add", "twitch-main", "--platform", "twitch", "--key-stdin")
        added = workspace.lunora(*words, stdin=workspace.keys["twitch-main"])
        assert added.code == 0, added.text
    shown = "\n".join(seen)
    assert {"pulumi up", "-m provider", "lunora add", "config set"} <= {
        words
        for words in ("pulumi up", "-m provider", "lunora add", "config set")
        if words in shown
    }
    assert not [key for key in workspace.keys.values() if key in shown]


def contents(file: Path) -> bytes:
    """Return what is in the file; of an archive, what is in its files."""
    if not tarfile.is_tarfile(file):
        return file.read_bytes()
    with tarfile.open(file) as archive:
        opened = [archive.extractfile(member) for member in archive.getmembers()]
        return b"".join(member.read() for member in opened if member)


@contextlib.contextmanager
def process_list() -> Iterator[set[str]]:
    """Collect the command lines of all processes, as anyone on the machine may see them."""
    seen: set[str] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.01):
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    seen.add(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()


@pytest.mark.proof
def test_a_rotated_key_interrupts_only_its_own_channel(live: Workspace) -> None:
    live.pulumi(*KEY_OF_TWITCH, stdin=ROTATED)
    assert live.preview_steps() == {
        "destinations": "update",
        "twitch-main-stream-key": "update",
        "twitch-main-channel": "update",
    }
    live.up()
    channel = live.channels()["twitch-main"]
    described = live.client("medialive").describe_channel(ChannelId=channel["Id"])
    assert described["Destinations"][0]["Settings"][0]["StreamName"] == ROTATED
    assert channel["State"] == "RUNNING"

    # In one step, without an edit, and for good.
    others = {name: live.channels()[name] for name in live.channels() if name != "twitch-main"}
    mark = len(live.aws.calls)
    run = live.lunora("key", "twitch-main", "--key-stdin", stdin=f"{NEXT}\n")
    assert NEXT not in run.text
    assert [
        call.operation
        for call in live.aws.calls[mark:]
        if call.service == "medialive"
        and call.operation.endswith("Channel")
        and not call.operation.startswith("Describe")
    ] == ["StopChannel", "UpdateChannel", "StartChannel"]
    described = live.client("medialive").describe_channel(ChannelId=channel["Id"])
    assert described["Destinations"][0]["Settings"][0]["StreamName"] == NEXT
    assert described["State"] == "RUNNING"
    assert {name: live.channels()[name] for name in others} == others
    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text
