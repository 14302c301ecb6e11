"""Destinations through which real video goes, and what watches it at the receiver."""

from __future__ import annotations

import array
import base64
import contextlib
import datetime as dt
import io
import itertools
import json
import re
import secrets
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tenacity
from PIL import Image

from catalog import attachments
from localaws.media import source, tools
from localaws.server import LOCAL_FLOW, EmbeddedAws
from lunora.ops.status import DestinationStatus, overview
from lunora.stack import FlowRef, Stack
from tests.support.clients import connect
from tests.support.media_channels import settings, spec
from tests.support.medialive import push_input, settle

REGION = "us-west-2"
TAGS = {"ManagedBy": "lunora", "Project": "lunora-player", "Stack": "local"}
DEADLINE_SECONDS = 30
ARCHIVE_SECONDS = 2
COLOURS_PER_SECOND = 10
ROOT = Path(__file__).parents[2]


Colour = tuple[int, int, int]


def until(look: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> Any:
    """Look until there is something, and return it; the deadline fails the test."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda result: not result),
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_fixed(0.1),
    )(look)


class Destinations:
    """A flow, and destinations as `pulumi up` makes them.

    Args:
        endpoint: of the emulator.
        known: the keys that the platforms know.
    """

    def __init__(self, endpoint: str, known: set[str]) -> None:
        self.endpoint, self.known_keys = endpoint, known
        self.medialive = connect(endpoint, "medialive", region=REGION)
        self.mediaconnect = connect(endpoint, "mediaconnect", region=REGION)
        self.flow_arn: str = self.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
        self.ids: dict[str, str] = {}

    def destination(
        self,
        name: str,
        preset: str,
        *,
        runs: bool = True,
        known: bool = True,
        passphrase: str | None = None,
        **more: Any,
    ) -> str:
        """Make a destination; returns its key, which the platform knows unless told otherwise."""
        key, full = f"key-{secrets.token_hex(12)}", f"lunora-player-local-{name}"
        if known:
            self.known_keys.add(key)
        input_id, declared = push_input(self.medialive, full), spec(preset, **more)
        members = settings(declared, key, self._secret(full, passphrase) if passphrase else None)
        for group in members["EncoderSettings"]["OutputGroups"]:
            # Minutes are too long to wait for.
            if archive := group["OutputGroupSettings"].get("ArchiveGroupSettings"):
                archive["RolloverInterval"] = ARCHIVE_SECONDS
        if declared.srt.callers:
            rules = [{"Cidr": network} for network in declared.srt.callers]
            group = self.medialive.create_input_security_group(WhitelistRules=rules)
            members["ChannelSecurityGroups"] = [group["SecurityGroup"]["Id"]]
        made = self.medialive.create_channel(
            Name=full,
            ChannelClass="SINGLE_PIPELINE",
            InputAttachments=[
                {
                    "InputId": input_id,
                    "InputAttachmentName": full,
                    "InputSettings": attachments.input_settings(declared.audio),
                }
            ],
            Tags={**TAGS, "Destination": name, "Platform": "custom"},
            **members,
        )
        self.ids[name] = made["Channel"]["Id"]
        self._settle(name, "IDLE")
        end = self.medialive.describe_input(InputId=input_id)["Destinations"][0]
        output = {
            "Name": full,
            "Protocol": "rtp",
            "Destination": end["Ip"],
            "Port": int(end["Port"]),
        }
        self.mediaconnect.add_flow_outputs(FlowArn=self.flow_arn, Outputs=[output])
        if runs:
            self.start(name)
        return key

    def _secret(self, name: str, passphrase: str) -> str:
        secretsmanager = connect(self.endpoint, "secretsmanager", region=REGION)
        made = secretsmanager.create_secret(Name=name, SecretString=passphrase)
        return str(made["ARN"])

    def second_source(self, name: str) -> None:
        """Add a source to the flow, for failover from the first."""
        failover = {"FailoverMode": "FAILOVER", "SourcePriority": {"PrimarySource": "srt"}}
        about = {"FlowArn": self.flow_arn}
        self.mediaconnect.update_flow(**about, SourceFailoverConfig=failover)
        source = {"Name": name, "Protocol": "srt-listener", "WhitelistCidr": "203.0.113.0/24"}
        self.mediaconnect.add_flow_sources(**about, Sources=[source])

    def start(self, name: str) -> None:
        self.medialive.start_channel(ChannelId=self.ids[name])
        self._settle(name, "RUNNING")

    def stop(self, name: str) -> None:
        self.medialive.stop_channel(ChannelId=self.ids[name])
        self._settle(name, "IDLE")

    def attach(self, name: str, second: str) -> str:
        """Give a stopped channel a second input of that name, and thumbnails; returns its id."""
        about = {"ChannelId": self.ids[name]}
        described = self.medialive.describe_channel(**about)
        input_id = push_input(self.medialive, second)
        self.medialive.update_channel(
            **about,
            InputAttachments=[
                *described["InputAttachments"],
                {"InputId": input_id, "InputAttachmentName": second},
            ],
            EncoderSettings={
                **described["EncoderSettings"],
                "ThumbnailConfiguration": {"State": "AUTO"},
            },
        )
        self._settle(name, "IDLE")
        return input_id

    def take_flow(self, name: str) -> None:
        """Give a stopped channel an input that takes the flow in place of its own."""
        about = {"ChannelId": self.ids[name]}
        (attachment,) = self.medialive.describe_channel(**about)["InputAttachments"]
        flows = [{"FlowArn": self.flow_arn}]
        made = self.medialive.create_input(Name=name, Type="MEDIACONNECT", MediaConnectFlows=flows)
        input_id = made["Input"]["Id"]
        settle(lambda: self.medialive.describe_input(InputId=input_id)["State"], "DETACHED")
        self.medialive.update_channel(
            **about, InputAttachments=[{**attachment, "InputId": input_id}]
        )
        self._settle(name, "IDLE")

    def act(self, name: str, action: str, **settings: Any) -> None:
        """Let a running channel perform an action at once."""
        made = {
            "ActionName": action,
            "ScheduleActionSettings": settings,
            "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
        }
        self.medialive.batch_update_schedule(
            ChannelId=self.ids[name], Creates={"ScheduleActions": [made]}
        )

    def renew_key(self, name: str) -> None:
        """Give a stopped channel another key, which the platform knows."""
        about = {"ChannelId": self.ids[name]}
        destinations = self.medialive.describe_channel(**about)["Destinations"]
        key = f"key-{secrets.token_hex(12)}"
        self.known_keys.add(key)
        destinations[0]["Settings"][0]["StreamName"] = key
        self.medialive.update_channel(**about, Destinations=destinations)
        self._settle(name, "IDLE")

    def state(self, name: str) -> str:
        """Return the state of its channel."""
        return str(self.medialive.describe_channel(ChannelId=self.ids[name])["State"])

    def _settle(self, name: str, state: str) -> None:
        settle(lambda: self.state(name), state)


class Broadcast(Destinations):
    """Destinations with real video from a source of its own.

    Args:
        aws: the emulator.
        known: the keys that the platforms know.
        passwords: of the users that they know.
    """

    def __init__(self, aws: EmbeddedAws, known: set[str], passwords: dict[str, str]) -> None:
        super().__init__(aws.endpoint, known)
        self.aws, self.passwords = aws, passwords
        self._sources: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self, name: str = LOCAL_FLOW, *, languages: tuple[str, ...] = ("eng",)) -> None:
        """Let the source of a name send, and wait until something arrives at the flow."""
        if name not in self._sources:
            url = until(lambda: self.shown["sources"].get(name))
            process = subprocess.Popen(source.command(url, languages), cwd=ROOT)  # noqa: S603 - ours
            self._sources[name] = process
        until(self._is_fed)

    def _is_fed(self) -> bool:
        assert self.aws.media is not None
        flow = self.aws.media.gauges.flows[self.flow_arn]
        return flow.received_bytes.counted(int(self.aws.clock.now()), 1) > 0

    def end(self, *names: str) -> None:
        """Kill the sources of these names, by default all."""
        for name in names or tuple(self._sources):
            process = self._sources.pop(name)
            process.kill()
            process.wait()

    @property
    def shown(self) -> Any:
        assert self.aws.media is not None
        return self.aws.media.shown()

    @property
    def arriving(self) -> dict[str, str]:
        """The address to watch each destination at."""
        return {
            stream["name"].removeprefix("lunora-player-local-"): stream["watch"]
            for stream in self.shown["arriving"]
        }

    @property
    def metadata(self) -> Any:
        """The flow's source, as MediaConnect describes it."""
        return self.mediaconnect.describe_flow_source_metadata(FlowArn=self.flow_arn)

    def alert(self, name: str) -> str:
        """Return the message of the alert that is set; empty when none is."""
        query = {"ChannelId": self.ids[name], "StateFilter": "SET"}
        alerts = self.medialive.list_alerts(**query)["Alerts"]
        return str(alerts[0]["Message"]) if alerts else ""

    def pictures(self, name: str, seconds: float = 1) -> float:
        """Return how many pictures came in at its channel lately."""
        assert self.aws.media is not None
        gauges = self.aws.media.gauges.pipelines[self.ids[name], "0"]
        return gauges.pictures.counted(int(self.aws.clock.now()), seconds)

    def thumbnail(self, name: str) -> bytes:
        """Return what its channel shows of its input; empty where it shows nothing."""
        (detail,) = self.medialive.describe_thumbnails(
            ChannelId=self.ids[name], PipelineId="0", ThumbnailType="CURRENT_ACTIVE"
        )["ThumbnailDetails"]
        return b"".join(base64.b64decode(item["Body"]) for item in detail["Thumbnails"])

    def source_thumbnail(self) -> bytes:
        """Return what the flow shows of its source, for which thumbnails are enabled."""
        flow = self.aws.regions["mediaconnect", REGION].flows[self.flow_arn]
        flow.members["SourceMonitoringConfig"] = {"ThumbnailState": "ENABLED"}
        shown = self.mediaconnect.describe_flow_source_thumbnail(FlowArn=self.flow_arn)
        return base64.b64decode(shown["ThumbnailDetails"]["Thumbnail"])

    def put_image(self, name: str, colour: tuple[int, int, int]) -> None:
        """Put an image of one colour into the bucket `images`."""
        stream = io.BytesIO()
        Image.new("RGBA", (50, 50), (*colour, 255)).save(stream, "PNG")
        s3 = connect(self.endpoint, "s3", region=REGION)
        s3.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="images", Key=name, Body=stream.getvalue())

    def frame(self, name: str) -> Image.Image | None:
        """Return a picture of what arrives at the receiver; None where nothing does."""
        url = self.arriving.get(name)
        if url is None:
            return None
        done = subprocess.run(  # noqa: S603 - ours
            [
                *(tools.path("ffmpeg"), "-loglevel", "error", "-i", url, "-frames:v", "1"),
                *("-f", "image2pipe", "-c:v", "png", "pipe:1"),
            ],
            capture_output=True,
            check=False,
            timeout=DEADLINE_SECONDS,
        )
        return Image.open(io.BytesIO(done.stdout)) if done.stdout else None

    def measured_anew(self, name: str) -> None:
        """Let the minute end that CloudWatch measures in, and the next begin with a measurement."""
        self.aws.clock.advance(60)
        until(lambda: self.pictures(name) and self.sent(name))
        self.aws.clock.advance(10)

    def sent(self, name: str) -> float:
        """Return how many bytes its channel sent lately."""
        assert self.aws.media is not None
        outputs = self.aws.media.gauges.pipelines[self.ids[name], "0"].outputs.values()
        return sum(output.sent_bytes.counted(int(self.aws.clock.now()), 1) for output in outputs)

    @property
    def stack(self) -> Stack:
        flow = FlowRef("main", REGION, LOCAL_FLOW)
        return Stack("lunora-player", "local", REGION, self.endpoint, (flow,))

    def status(self, name: str) -> DestinationStatus:
        """Return what `lunora status` says of it."""
        overall = overview(self.stack, None, dt.datetime.now(dt.UTC))
        return next(status for status in overall.destinations if status.name == name)


class _Decoding:
    """A run of ffmpeg that writes what it sees of a stream's video, for some seconds at most."""

    def __init__(self, url: str, seconds: float, *options: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [
                *(tools.path("ffmpeg"), "-loglevel", "error", "-i", url, "-map", "0:v"),
                *(*options, "-flush_packets", "1", "pipe:1"),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        self._deadline = threading.Timer(seconds, self._process.kill)
        self._deadline.start()

    def close(self) -> None:
        self._deadline.cancel()
        self._process.kill()
        self._process.communicate()


class Viewer(_Decoding):
    """Watches the video of a stream at the receiver, packet by packet."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(url, seconds, "-c", "copy", "-f", "framecrc")

    def times(self, count: int) -> list[int]:
        """Wait for *count* more pictures; returns their times of decoding in milliseconds."""
        numbers: list[int] = []
        while len(numbers) < count:
            line = self._output.readline()
            assert line, "the stream ended"
            if not line.startswith(b"#"):
                numbers.append(int(line.split(b",")[1]))
        return numbers


class Colours(_Decoding):
    """Watches the mean colour of a stream at the receiver, ten times a second of it."""

    def __init__(self, url: str, seconds: float) -> None:
        averaged = ("-vf", f"fps={COLOURS_PER_SECOND},scale=1:1:flags=area")
        super().__init__(url, seconds, *averaged, "-f", "rawvideo", "-pix_fmt", "rgb24")

    def until(self, is_reached: Callable[[Colour], bool]) -> list[Colour]:
        """Wait for a colour for which *is_reached*; returns those before it."""
        before: list[Colour] = []
        while True:
            pixel = self._output.read(3)
            assert len(pixel) == 3, "the stream ended"
            colour = (pixel[0], pixel[1], pixel[2])
            if is_reached(colour):
                return before
            before.append(colour)


def watching_colours(
    url: str, seconds: float = 2 * DEADLINE_SECONDS
) -> contextlib.closing[Colours]:
    """Watch the colours of a stream, for so many *seconds* at most."""
    return contextlib.closing(Colours(url, seconds))


def watching(url: str, seconds: float = DEADLINE_SECONDS) -> contextlib.closing[Viewer]:
    """Watch a stream, for so many *seconds* at most."""
    return contextlib.closing(Viewer(url, seconds))


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of a stream at the receiver: its channels, the pitch of its tone, its loudness."""

    channels: int
    hertz: float
    lufs: float


def listening(url: str, seconds: int) -> subprocess.Popen[bytes]:
    """Record the sound of a stream for some seconds; see `heard`."""
    return subprocess.Popen(  # noqa: S603 - ours
        [
            *(tools.path("ffmpeg"), "-hide_banner", "-nostats", "-i", url, "-t", str(seconds)),
            *("-vn", "-af", "ebur128=framelog=verbose", "-c:a", "pcm_s16le", "-f", "wav", "pipe:1"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def heard(recording: subprocess.Popen[bytes]) -> Sound:
    out, log = recording.communicate(timeout=DEADLINE_SECONDS)
    assert recording.returncode == 0, log.decode()
    channels, rate = int.from_bytes(out[22:24], "little"), int.from_bytes(out[24:28], "little")
    samples = array.array("h", out[out.index(b"data") + 8 :])[::channels]
    rises = sum(before < 0 <= after for before, after in itertools.pairwise(samples))
    (loudness,) = re.findall(rb"I: +(-?[0-9.]+) LUFS", log.rpartition(b"Summary:")[2])
    return Sound(channels, rises * rate / len(samples), float(loudness))


def probing(url: str, seconds: int) -> subprocess.Popen[str]:
    """Let ffprobe look at streams and video packets for some seconds; see `probed`."""
    return subprocess.Popen(  # noqa: S603 - ours
        [
            *(tools.path("ffprobe"), "-v", "error", "-of", "json", "-show_streams"),
            *("-show_packets", "-read_intervals", f"%+{seconds}", url),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )


def probed(probe: subprocess.Popen[str]) -> Any:
    out, _ = probe.communicate(timeout=DEADLINE_SECONDS)
    return json.loads(out)
