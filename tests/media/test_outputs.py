"""Real video out of channels by SRT and HLS, and in recordings."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localaws.media import tools
from tests.support.broadcast import ARCHIVE_SECONDS, Broadcast, probed, probing, until
from tests.support.clients import connect
from tests.support.processes import children_of

pytestmark = pytest.mark.media

RIGHT, WRONG = "right-passphrase", "wrong-passphrase"
CALLER: dict[str, Any] = {
    "url": "srt://203.0.113.9:9000",
    "srt": {"passphrase": {}, "latency_ms": 120},
}
LISTENER: dict[str, Any] = {
    "url": "srt://:5000",
    "srt": {"passphrase": {}, "callers": ["198.51.100.7/32"], "latency_ms": 120, "key_bits": 256},
}
SERVER: dict[str, Any] = {
    "url": "https://ingest.example.org/live/{key}/index",
    "hls": {"segment_seconds": 2, "playlist_segments": 4},
}


@contextlib.contextmanager
def received(address: str, mode: str, passphrase: str, file: Path) -> Iterator[Path]:
    """Let another party of SRT write what it gets into *file*."""
    url = f"{address}?mode={mode}&passphrase={passphrase}&latency=120"
    command = [tools.path("srt-live-transmit"), "-quiet", "-loglevel:fatal", url, "file://con"]
    with (
        file.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL) as process,  # noqa: S603 - ours
    ):
        try:
            yield file
        finally:
            process.kill()


def kinds(source: str | Path, seconds: int = 1) -> set[str]:
    """Return the codecs of what is in a file or at an address."""
    return {stream["codec_name"] for stream in probed(probing(str(source), seconds))["streams"]}


def test_srt_and_hls_arrive_and_a_recording_can_be_played(
    broadcast: Broadcast, tmp_path: Path
) -> None:
    s3: Any = connect(broadcast.endpoint, "s3", region="us-west-2")
    constraint = {"LocationConstraint": "us-west-2"}
    s3.create_bucket(Bucket="recordings", CreateBucketConfiguration=constraint)
    record: dict[str, Any] = {"record": {"s3": "recordings/shows"}}
    broadcast.destination("call", "480p30", passphrase=RIGHT, **CALLER, **record)
    broadcast.destination("wait", "480p30", passphrase=RIGHT, **LISTENER)
    key = broadcast.destination("files", "480p30", runs=False, **SERVER)
    broadcast.known_keys.add(SERVER["url"].replace("{key}", key))
    broadcast.start("files")
    broadcast.begin()
    called, waiting = sorted(broadcast.shown["srt"].items(), reverse=True)
    assert (called[0], waiting[0].startswith("srt://192.0.2.")) == ("srt://203.0.113.9:9000", True)

    with (
        received(called[1], "listener", WRONG, tmp_path / "refused"),
        received(waiting[1], "caller", WRONG, tmp_path / "uninvited"),
    ):
        until(lambda: "203.0.113.9 does not take" in broadcast.alert("call"))
    assert not (tmp_path / "refused").stat().st_size
    assert not (tmp_path / "uninvited").stat().st_size
    with (
        received(called[1], "listener", RIGHT, tmp_path / "called.ts") as by_call,
        received(waiting[1], "caller", RIGHT, tmp_path / "waited.ts") as by_wait,
    ):
        for file in (by_call, by_wait):
            until(lambda file=file: file.stat().st_size > 150_000)  # type: ignore[misc]
    assert kinds(tmp_path / "called.ts") == kinds(tmp_path / "waited.ts") == {"h264", "aac"}

    watch = until(lambda: broadcast.arriving.get("files"))
    until(lambda: kinds(watch) == {"h264", "aac"})
    for shown in (str(broadcast.shown), str(children_of(os.getpid()))):
        assert key not in shown
        assert RIGHT not in shown
    broadcast.aws.clock.advance(10)
    assert broadcast.status("files").health.condition == "live"

    def recorded() -> list[str]:
        listed = s3.list_objects_v2(Bucket="recordings").get("Contents", [])
        return [entry["Key"] for entry in listed]

    until(lambda: len(recorded()) >= 2)
    broadcast.stop("call")
    first = recorded()[0]
    assert first.startswith("shows/one-0_2")
    assert first.endswith(".000000.m2ts")
    s3.download_file("recordings", first, str(tmp_path / "recorded.ts"))
    streams = probed(probing(str(tmp_path / "recorded.ts"), 10))["packets"]
    times = [float(packet["pts_time"]) for packet in streams]
    assert max(times) - min(times) == pytest.approx(ARCHIVE_SECONDS, abs=0.5)
    assert kinds(tmp_path / "recorded.ts") == {"h264", "aac"}
