"""Settings of a destination's MediaLive channel: the members of CreateChannel, as boto3 names them.

A destination has an output group for its platform and maybe one for its recording. Each has one
output, with at most one H.264 CBR video and one AAC-LC audio, which the groups share. Settings that
no file decides are in encoder_defaults.yaml, each with its source.

The frame rate is always given: taken from the source, it is billed as 30-60 fps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from catalog import ingest, logo, recording, s3_url, srt_output
from catalog.audio_settings import audio_description
from catalog.medialive_members import merged
from catalog.model import DestinationSpec
from catalog.output_groups import group_name, output_groups, output_names
from catalog.video_settings import video_description


def channel_class(spec: DestinationSpec) -> Literal["STANDARD", "SINGLE_PIPELINE"]:
    """Return the channel class: one pipeline or two."""
    return "STANDARD" if spec.redundancy == "standard" else "SINGLE_PIPELINE"


@dataclass(frozen=True, slots=True)
class DestinationSecrets:
    """Secrets that the destinations of a channel hold or refer to; never shown.

    Attributes:
        stream_key: None for a stream without one.
        parameter_name: the SSM parameter that holds the stream key.
        passphrase_arn: the secret that holds the passphrase of SRT.
        password_parameter: the SSM parameter that holds the password of an RTMP ingest.
    """

    stream_key: str | None = None
    parameter_name: str | None = None
    passphrase_arn: str | None = None
    password_parameter: str | None = None

    def __repr__(self) -> str:
        return "DestinationSecrets"


def destinations(spec: DestinationSpec, secrets: DestinationSecrets) -> list[dict[str, Any]]:
    """Return the destinations of the channel, with the stream key in clear.

    The first setting is that of pipeline 0, the second that of pipeline 1 (MediaLive API
    reference, OutputDestination).
    """
    kind = "SrtSettings" if spec.scheme == "srt" else "Settings"
    settings = [_settings(spec, url, secrets) for url in spec.ingests]
    platform = {"Id": group_name(spec), kind: settings}
    if spec.record is None:
        return [platform]
    files = [
        {"Url": spec.record.url(spec.original_name, pipeline)}
        for pipeline in range(len(spec.ingests))
    ]
    return [platform, {"Id": recording.OUTPUT_GROUP, "Settings": files}]


def _settings(spec: DestinationSpec, url: str, secrets: DestinationSecrets) -> dict[str, Any]:
    match ingest.scheme(url):
        case "srt":
            return srt_output.destination_settings(
                url, stream_id=secrets.stream_key, passphrase_arn=secrets.passphrase_arn
            )
        case "s3":
            return {"Url": s3_url.for_medialive(url)}
        case "https" if spec.hls.username is not None:
            user = {"Username": spec.hls.username, "PasswordParam": secrets.parameter_name}
            return {"Url": url, **user}
        case "https":
            return {"Url": url.replace(ingest.KEY_PLACE, secrets.stream_key or "")}
        case _:
            parameter, more = secrets.password_parameter, {}
            if spec.authentication is not None and parameter is not None:
                more = spec.authentication.destination_settings(parameter)
            return {"Url": url, "StreamName": secrets.stream_key, **more}


def encoder_settings(spec: DestinationSpec) -> dict[str, Any]:
    """Return the encoder settings, with the file's own members; they hold no secret."""
    loss = spec.on_input_loss
    generated = {
        "TimecodeConfig": {"Source": "SYSTEMCLOCK"},
        **({"GlobalConfiguration": {"InputLossBehavior": loss.members}} if loss else {}),
        "VideoDescriptions": [video_description(spec)] if spec.effective_encoding.has_video else [],
        "AudioDescriptions": [audio_description(spec)],
        "OutputGroups": output_groups(spec),
        # What goes in is then shown by `lunora status --pictures` and `lunora console`.
        "ThumbnailConfiguration": {"State": "AUTO"},
        **({"FeatureActivations": dict(logo.FEATURE)} if spec.picture.logo else {}),
    }
    settings: dict[str, Any] = merged(
        {"EncoderSettings": generated}, spec.medialive, "EncoderSettings"
    )
    return settings


def logo_settings(spec: DestinationSpec) -> dict[str, Any] | None:
    """Return the StaticImageOutputActivateSettings of the logo of *spec*; None without one.

    A recording has it too, for its output has the same encode.
    """
    image = spec.picture.logo
    return None if image is None else image.members(output_names(spec))
