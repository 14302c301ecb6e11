"""Channel settings that MediaLive accepts, to be made wrong one at a time."""

from __future__ import annotations

from typing import Any, Final

SCHEDULE_FEATURES: Final[dict[str, Any]] = {
    "FeatureActivations": {
        "InputPrepareScheduleActions": "ENABLED",
        "OutputStaticImageOverlayScheduleActions": "ENABLED",
    },
    "MotionGraphicsConfiguration": {
        "MotionGraphicsInsertion": "ENABLED",
        "MotionGraphicsSettings": {"HtmlMotionGraphicsSettings": {}},
    },
}
"""Encoder settings that let a channel take every kind of action."""


def channel_request(input_id: str, name: str = "one", **more: Any) -> dict[str, Any]:
    """Return the members of a CreateChannel for one RTMP output."""
    return {
        "Name": name,
        "ChannelClass": "SINGLE_PIPELINE",
        "Destinations": [
            {
                "Id": "rtmp",
                "Settings": [{"Url": "rtmp://ingest.example.org/app", "StreamName": "made-up"}],
            }
        ],
        "InputAttachments": [
            {
                "InputAttachmentName": "in",
                "InputId": input_id,
                "InputSettings": {"AudioSelectors": [{"Name": "default"}]},
            }
        ],
        "InputSpecification": {
            "Codec": "AVC",
            "Resolution": "HD",
            "MaximumBitrate": "MAX_20_MBPS",
        },
        "EncoderSettings": {
            "TimecodeConfig": {"Source": "SYSTEMCLOCK"},
            "VideoDescriptions": [
                {
                    "Name": "video",
                    "CodecSettings": {
                        "H264Settings": {
                            "RateControlMode": "CBR",
                            "Bitrate": 3000000,
                            "FramerateControl": "SPECIFIED",
                            "FramerateNumerator": 30,
                            "FramerateDenominator": 1,
                            "GopSize": 2.0,
                            "GopSizeUnits": "SECONDS",
                        }
                    },
                }
            ],
            "AudioDescriptions": [{"Name": "audio", "AudioSelectorName": "default"}],
            "OutputGroups": [
                {
                    "OutputGroupSettings": {"RtmpGroupSettings": {}},
                    "Outputs": [
                        {
                            "VideoDescriptionName": "video",
                            "AudioDescriptionNames": ["audio"],
                            "OutputSettings": {
                                "RtmpOutputSettings": {"Destination": {"DestinationRefId": "rtmp"}}
                            },
                        }
                    ],
                }
            ],
        },
        **more,
    }


def push_input(medialive: Any, name: str = "one") -> str:
    """Make a ready RTP push input in a group of its own; returns its id."""
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    made = medialive.create_input(
        Name=name, Type="RTP_PUSH", InputSecurityGroups=[group["SecurityGroup"]["Id"]]
    )
    input_id: str = made["Input"]["Id"]
    settle(lambda: medialive.describe_input(InputId=input_id)["State"], "DETACHED")
    return input_id


def idle_channel(medialive: Any, name: str = "one", **more: Any) -> str:
    """Make an idle channel with an input of its own; returns its id."""
    request = channel_request(push_input(medialive, name), name, **more)
    channel_id: str = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "IDLE")
    return channel_id


def settle(look: Any, state: str) -> None:
    """Look until *state* is shown; a few looks are enough on the instant profile."""
    seen = [look() for _ in range(4)]
    assert state in seen, seen
