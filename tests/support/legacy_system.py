"""An imitation of a hand-made system: a script that made its channels by API, one after another.

It names everything `<project>-<stack>-<destination>-<part>`, tags what it made as its own, and
encodes in words of its own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.permissions import trust_policy
from tests.support.medialive import settle

NAMES = "lunora-player-local-{name}-channel"
ROLE = "lunora-player-local-old-medialive"
TAGS = {"CreatedBy": "lunora-api", "event": "launch"}
H264 = {
    "RateControlMode": "CBR",
    "Bitrate": 4_500_000,
    "FramerateControl": "SPECIFIED",
    "FramerateNumerator": 30,
    "FramerateDenominator": 1,
    "GopSize": 2.0,
    "GopSizeUnits": "SECONDS",
}


@dataclass(frozen=True)
class Old:
    """One stream of it.

    Attributes:
        urls: where it goes, one a pipeline.
        h264: what it encodes otherwise than the most.
        size: pixels.
        runs: whether it is on air.
        groups: how many output groups its channel has.
    """

    urls: tuple[str, ...]
    h264: Mapping[str, Any] = field(default_factory=dict)
    size: tuple[int, int] = (1920, 1080)
    runs: bool = True
    groups: int = 1


STREAMS = {
    "youtube-main": Old(
        (
            "rtmps://a.rtmps.youtube.com:443/live2",
            "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
        )
    ),
    "twitch-main": Old(
        ("rtmp://live-fra.twitch.tv/app",), {"GopSize": 60, "GopSizeUnits": "FRAMES"}
    ),
    "restream-main": Old(
        ("rtmp://live.restream.io/live/",),
        {
            "FramerateNumerator": 30000,
            "FramerateDenominator": 1001,
            "Bitrate": 2_500_000,
            "SceneChangeDetect": "ENABLED",
        },
        (1280, 720),
    ),
    "partner-show": Old(("rtmp://ingest.example.org:1936/show",), runs=False),
    "archive": Old(("rtmp://archive.example.org/app",), groups=2),
}


class LegacySystem:
    """Its resources on a flow; the keys of its streams are random."""

    def __init__(self, client: Callable[[str], Any], streams: Mapping[str, Old] = STREAMS) -> None:
        self.medialive, self.mediaconnect = client("medialive"), client("mediaconnect")
        self.flow_arn: str = self.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
        role = client("iam").create_role(
            RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust_policy("medialive"))
        )
        self.role_arn: str = role["Role"]["Arn"]
        group = self.medialive.create_input_security_group(WhitelistRules=[{"Cidr": "0.0.0.0/0"}])
        self.group_id: str = group["SecurityGroup"]["Id"]
        self.keys = {name: f"sk-{secrets.token_hex(12)}" for name in streams}
        self.ids = {name: self._stream(name, old) for name, old in streams.items()}

    def state(self, name: str) -> str:
        """Return MediaLive's word for the state of the channel of *name*."""
        return str(self.channel(name)["State"])

    def channel(self, name: str) -> Any:
        """Return the channel of *name* as DescribeChannel shows it."""
        return self.medialive.describe_channel(ChannelId=self.ids[name])

    def _stream(self, name: str, old: Old) -> str:
        input_id = self._input(name)
        ends = self.medialive.describe_input(InputId=input_id)["Destinations"]
        for number, end in enumerate(ends[: len(old.urls)]):
            output = {
                "Name": f"lunora-player-local-{name}-output" + ("-b" if number else ""),
                "Protocol": "rtp",
                "Destination": end["Ip"],
                "Port": int(end["Port"]),
                "Description": "made by lunora-api",
                "OutputTags": TAGS,
            }
            self.mediaconnect.add_flow_outputs(FlowArn=self.flow_arn, Outputs=[output])
        made = self.medialive.create_channel(**self._request(name, old, input_id))["Channel"]
        channel_id: str = made["Id"]
        self._until(channel_id, "IDLE")
        if old.runs:
            self.medialive.start_channel(ChannelId=channel_id)
            self._until(channel_id, "RUNNING")
        return channel_id

    def _input(self, name: str) -> str:
        made = self.medialive.create_input(
            Name=f"lunora-player-local-{name}-input",
            Type="RTP_PUSH",
            InputSecurityGroups=[self.group_id],
            Tags=TAGS,
        )
        input_id: str = made["Input"]["Id"]
        settle(lambda: self.medialive.describe_input(InputId=input_id)["State"], "DETACHED")
        return input_id

    def _until(self, channel_id: str, state: str) -> None:
        settle(lambda: self.medialive.describe_channel(ChannelId=channel_id)["State"], state)

    def _request(self, name: str, old: Old, input_id: str) -> dict[str, Any]:
        width, height = old.size
        return {
            "Name": NAMES.format(name=name),
            "ChannelClass": "STANDARD" if len(old.urls) > 1 else "SINGLE_PIPELINE",
            "RoleArn": self.role_arn,
            "Destinations": [
                {
                    "Id": "destination1",
                    "Settings": [{"Url": url, "StreamName": self.keys[name]} for url in old.urls],
                }
            ],
            "InputAttachments": [{"InputAttachmentName": "source", "InputId": input_id}],
            "InputSpecification": {
                "Codec": "AVC",
                "Resolution": "HD",
                "MaximumBitrate": "MAX_10_MBPS",
            },
            "EncoderSettings": {
                "TimecodeConfig": {"Source": "EMBEDDED"},
                "VideoDescriptions": [
                    {
                        "Name": "video_1",
                        "Width": width,
                        "Height": height,
                        "CodecSettings": {"H264Settings": {**H264, "Profile": "MAIN", **old.h264}},
                    }
                ],
                "AudioDescriptions": [
                    {
                        "Name": "audio_1",
                        "AudioSelectorName": "stereo",
                        "CodecSettings": {"AacSettings": {"Bitrate": 160000.0}},
                    }
                ],
                "OutputGroups": [_output_group(number) for number in range(old.groups)],
            },
            "Tags": TAGS,
        }


def _output_group(number: int) -> dict[str, Any]:
    return {
        "Name": f"RTMP {number + 1}",
        "OutputGroupSettings": {"RtmpGroupSettings": {"RestartDelay": 10}},
        "Outputs": [
            {
                "OutputName": f"output_{number + 1}",
                "VideoDescriptionName": "video_1",
                "AudioDescriptionNames": ["audio_1"],
                "OutputSettings": {
                    "RtmpOutputSettings": {
                        "Destination": {"DestinationRefId": "destination1"},
                        "NumRetries": 10000,
                    }
                },
            }
        ],
    }
