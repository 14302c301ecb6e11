"""The destination file: all keys with their types, limits and meanings."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from catalog import ingest, stream_key
from catalog.audio import Audio
from catalog.diagnostics import did_you_mean, invalid_value
from catalog.failover import Failover
from catalog.frame_rate import FrameRate, broadcast_rate
from catalog.hls import Hls
from catalog.input_loss import InputLoss
from catalog.maintenance import MaintenanceWindow
from catalog.picture import Picture
from catalog.platforms import Platform, platforms
from catalog.presets import Encoding, presets
from catalog.recording import Recording
from catalog.rtmp_authentication import PARAMETER_PATTERN, RtmpAuthentication
from catalog.schedule import Schedule
from catalog.strict_model import StrictModel
from catalog.transport import Rtp, Srt

AUTO_PRESET = "auto"
"""The preset that `catalog.automatic_preset` resolves by the source of the flow."""

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"
OUR_TAGS = frozenset(
    {"Project", "Stack", "Destination", "Platform", "ManagedBy", "Owner", "FlowOutputs"}
)

_UHD_PIXELS = 3840 * 2160
# An automatic input failover pair has a primary and a secondary input (MediaLive API reference).
_MOST_FLOWS = 2

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What every tagged AWS service takes (AWS General Reference, tag naming limits).
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")
# AWS takes 50 tags on a resource, of which the program sets its own.
_MOST_TAGS = 50 - len(OUR_TAGS)
_TAG_SIGNS = "letters, digits, spaces and . _ : / = + - @"


_VALUE, _TAG, _FLOWS, _CONFLICT = "LUN103", "LUN114", "LUN115", "LUN119"


def _known_platform(value: str) -> str:
    if value not in platforms():
        hint = did_you_mean(value, platforms())
        raise invalid_value("LUN110", f'unknown platform "{value}"{hint}')
    return value


def _known_preset(value: str) -> str:
    if value not in {AUTO_PRESET, *presets()}:
        hint = did_you_mean(value, {AUTO_PRESET, *presets()})
        raise invalid_value("LUN111", f'unknown preset "{value}"{hint}')
    return value


def _tag_value(value: str) -> str:
    if not _TAG_VALUE.fullmatch(value):
        raise invalid_value(_TAG, f"becomes a tag, which takes up to 256 {_TAG_SIGNS}")
    return value


def is_our_tag(key: str) -> bool:
    """Return whether the program sets the tag *key*; IAM compares keys without regard to case."""
    return key.casefold() in {tag.casefold() for tag in OUR_TAGS}


def _tags_for_people(value: dict[str, str]) -> dict[str, str]:
    if len(value) > _MOST_TAGS:
        raise invalid_value(_TAG, f"takes at most {_MOST_TAGS} tags; remove some")
    if len({key.casefold() for key in value}) < len(value):
        raise invalid_value(_TAG, "two tags differ only by case; rename one")
    for key, text in value.items():
        if is_our_tag(key):
            raise invalid_value(_TAG, f"tag {key} is set by the program; rename it")
        if key.lower().startswith("aws:"):
            raise invalid_value(
                _TAG, "tag keys must not start with aws: (reserved by AWS); rename it"
            )
        if not _TAG_KEY.fullmatch(key):
            raise invalid_value(_TAG, f"a tag key takes 1 to 128 {_TAG_SIGNS}")
        _tag_value(text)
    return value


def _date(value: object) -> object:
    # The strict YAML leaves dates text, so the only form is the one this key names.
    if isinstance(value, str) and _DATE.fullmatch(value):
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(value)
    raise invalid_value(_VALUE, "must be a day that exists, as in 2026-12-31")


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if value.count(name) > 1:
            raise invalid_value(_VALUE, f"duplicate name {name}; remove one")
    return value


def _flows(value: object) -> object:
    named = (value,) if isinstance(value, str) else value
    if not isinstance(named, list | tuple) or not 1 <= len(named) <= _MOST_FLOWS:
        raise invalid_value(_FLOWS, "must be a flow, or a list of two as in [main, backup]")
    if not all(isinstance(name, str) and name for name in named):
        raise invalid_value(_FLOWS, "must be a flow, or a list of two as in [main, backup]")
    if len(set(named)) < len(named):
        raise invalid_value(_FLOWS, "names one flow twice; name another flow as backup")
    return tuple(named)


class StreamKey(StrictModel):
    """Source of the stream key: a secret of the stack, or an existing SSM parameter."""

    config: str | None = Field(
        None,
        pattern=stream_key.NAME_PATTERN,
        description=(
            "name of a secret under streamKeys of the stack; the file's name, or the first of"
            " previous_names, if not given"
        ),
    )
    ssm: str | None = Field(
        None, pattern=PARAMETER_PATTERN, description="name of an existing SSM parameter"
    )

    @model_validator(mode="after")
    def _not_both(self) -> StreamKey:
        if self.config is not None and self.ssm is not None:
            raise invalid_value(_CONFLICT, "give config or ssm, not both")
        return self


class EncodingOverrides(StrictModel):
    """Overrides of the preset."""

    width_pixels: int | None = Field(
        None, ge=128, le=3840, multiple_of=2, description="width; only together with the height"
    )
    height_pixels: int | None = Field(
        None, ge=128, le=3840, multiple_of=2, description="height; only together with the width"
    )
    frames_per_second: Annotated[FrameRate, BeforeValidator(broadcast_rate)] | None = Field(
        None, description="frame rate"
    )
    bitrate_kbps: int | None = Field(None, ge=100, le=50000, description="video bitrate, kb/s")
    audio_bitrate_kbps: Literal[96, 128, 160, 192, 256, 320] | None = Field(
        None, description="audio bitrate, kb/s"
    )
    keyframe_seconds: int | None = Field(None, ge=1, le=10, description="distance of key frames")
    profile: Literal["main", "high"] | None = Field(
        None, description="profile of H.264; the platform's if not given, else high"
    )
    quality: Literal["standard", "enhanced"] | None = Field(
        None, description="quality level of MediaLive; `enhanced` costs more"
    )

    @model_validator(mode="after")
    def _size_is_whole(self) -> EncodingOverrides:
        if (self.width_pixels is None) != (self.height_pixels is None):
            raise invalid_value(_CONFLICT, "give width_pixels and height_pixels together")
        if (self.width_pixels or 0) * (self.height_pixels or 0) > _UHD_PIXELS:
            message = "is a picture of more pixels than 3840 x 2160; make it smaller"
            raise invalid_value(_VALUE, message)
        return self


class Retry(StrictModel):
    """Reconnections of an output whose platform does not take the stream.

    The defaults last for an hour. MediaLive sets no upper limit to either figure (botocore's
    model), and a channel whose only output has used up its attempts stops (user guide, RTMP
    connection).
    """

    attempts: int = Field(720, ge=1, le=10000, description="reconnections before the output stops")
    interval_seconds: int = Field(5, ge=1, le=600, description="seconds between reconnections")
    restart_delay_seconds: int = Field(
        15, ge=0, le=3600, description="seconds before a restart; 0 never restarts it"
    )
    cache_seconds: int = Field(30, ge=30, le=600, description="seconds of stream kept meanwhile")


class DestinationSpec(StrictModel):
    """One destination, as its file declares it; `name` is the file's stem."""

    name: str = Field(pattern=NAME_PATTERN, exclude=True)
    platform: Annotated[str, AfterValidator(_known_platform)] = Field(
        description="a platform of catalog/platforms.yaml"
    )
    route: Literal["channel", "flow"] = Field(
        "channel", description="encoded by a channel, or sent by the flow as its source is"
    )
    preset: Annotated[str, AfterValidator(_known_preset)] | None = Field(
        None,
        validate_default=True,
        description=(
            "a preset of catalog/presets.yaml, or auto: 1080 lines at the source's frame rate;"
            " required, but not with `route: flow`"
        ),
    )
    url: Annotated[str, AfterValidator(ingest.normalised)] | None = Field(
        None,
        description=(
            "RTMP(S) application URL without key, srt://host:port, srt://:port for callers,"
            " https://host/folder/name or s3://bucket/folder/name for HLS, or with `route: flow`"
            " rtp://address:port; overrides the platform's"
        ),
    )
    srt: Srt = Field(Srt(), description="how SRT connects")
    rtp: Rtp = Field(Rtp(), description="how RTP is sent")
    hls: Hls = Field(
        Hls(), description="how files of HLS are sent; takes the platform's ingest of HLS"
    )
    record: Recording | None = Field(None, description="where the channel records what it sends")
    redundancy: Literal["single", "standard"] = Field(
        "single", description="one pipeline, or two that each push to an ingest of their own"
    )
    backup_url: Annotated[str, AfterValidator(ingest.normalised)] | None = Field(
        None, description="second ingest of `redundancy: standard`; overrides the platform's"
    )
    instance: str | None = Field(
        None,
        pattern=ingest.INSTANCE_PATTERN,
        description="instance of the RTMP application, as in rtmps://host/live/instance; no key",
    )
    state: Literal["running", "stopped"] = Field("running", description="whether it streams")
    schedule: Schedule | None = Field(
        None, description="when it streams; `state: stopped` suspends it"
    )
    expires: Annotated[dt.date, BeforeValidator(_date)] | None = Field(
        None, description="last day (UTC) on which it streams; afterwards it is stopped"
    )
    maintenance: MaintenanceWindow | None = Field(
        None, description="weekly window in which AWS may stop the channel; AWS's own if not given"
    )
    stream_key: StreamKey = Field(StreamKey(), description="where the stream key comes from")
    authentication: RtmpAuthentication | None = Field(
        None, description="credentials that the ingest asks for besides the stream key"
    )
    flows: Annotated[
        tuple[str, ...],
        BeforeValidator(_flows),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "array",
                        "items": {"type": "string"},
                        "minItems": 1,
                        "maxItems": _MOST_FLOWS,
                        "uniqueItems": True,
                    },
                ]
            }
        ),
    ] = Field(
        ("main",),
        alias="flow",
        description="key of the stack's flows; `[main, backup]` adds one that takes over",
        json_schema_extra={"default": "main"},
    )
    input_type: Literal["push", "mediaconnect"] = Field(
        "push",
        alias="input",
        description="a push input in a security group, or one that MediaLive connects to the flow",
    )
    transport: Literal["rtp", "rtp-fec"] = Field(
        "rtp", description="how a flow sends to a push input: alone, or with error correction"
    )
    failover: Failover = Field(Failover(), description="when the backup flow takes over")
    encoding: EncodingOverrides = Field(
        EncodingOverrides(), description="what differs from the preset"
    )
    audio: Audio = Field(Audio(), description="which sound of the source is sent, and how")
    on_input_loss: InputLoss | None = Field(
        None, description="what is sent while the source is lost; black if not given"
    )
    picture: Picture = Field(Picture(), description="what the picture shows of its source")
    retry: Retry = Field(Retry(), description="what happens when the platform is not reached")
    medialive: dict[str, Any] = Field(
        {},
        description="members of MediaLive's CreateChannel over the generated ones, as boto3 names"
        " them",
    )
    protected: bool = Field(False, description="refuse to remove it")  # noqa: FBT003 - a default
    previous_names: Annotated[
        tuple[Annotated[str, Field(pattern=NAME_PATTERN)], ...], AfterValidator(_each_once)
    ] = Field(
        (), strict=False, description="names it had before, the oldest first; nothing is re-created"
    )
    description: str = Field("", max_length=200, description="free text")
    owner: Annotated[str, Field(max_length=100), AfterValidator(_tag_value)] | None = Field(
        None, description="tag Owner"
    )
    tags: Annotated[dict[str, str], AfterValidator(_tags_for_people)] = Field(
        {}, description="further tags on every resource"
    )

    @field_validator("preset")
    @classmethod
    def _a_channel_needs_it(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("route") == "channel":
            raise PydanticCustomError("missing", "Field required")
        return value

    @property
    def original_name(self) -> str:
        """The name of its creation, which its names in AWS keep after a rename."""
        return self.previous_names[0] if self.previous_names else self.name

    @property
    def key_name(self) -> str:
        """The name of its stream key in the stack, unless it is an SSM parameter."""
        return self.stream_key.config or self.original_name

    @property
    def desired_state(self) -> Literal["running", "stopped", "scheduled"]:
        """The declared state; `scheduled` with a schedule, unless `state: stopped` suspends it."""
        return "scheduled" if self.state == "running" and self.schedule is not None else self.state

    @property
    def scheme(self) -> str:
        """Its protocol, as `rtmps`, `srt`, `rtp`, `https` or `s3`; empty without an ingest."""
        return ingest.scheme(self.ingest_url)

    @property
    def has_key(self) -> bool:
        """True with a stream key.

        An SRT destination has one only if its file names a stream id, and a server of files one
        only if the URL has a place for it or a user a password.
        """
        if self.scheme == "srt":
            return "stream_key" in self.model_fields_set
        if self.scheme == "https":
            return ingest.KEY_PLACE in self.ingest_url or self.hls.username is not None
        return self.scheme not in {"rtp", "s3"}

    @property
    def rtmp_password_name(self) -> str | None:
        """The name of its RTMP password in the stack; None without one or with a parameter."""
        password = self.authentication.password if self.authentication else None
        return password.config if password else None

    @property
    def passphrase_name(self) -> str | None:
        """The name of its passphrase in the stack; None without encryption by SRT."""
        if self.scheme != "srt" or self.srt.passphrase is None:
            return None
        return self.srt.passphrase.config or self.original_name

    @property
    def platform_facts(self) -> Platform:
        """The facts of its platform."""
        return platforms()[self.platform]

    @property
    def images(self) -> tuple[str, ...]:
        """The images in S3 that its channel shows: slate and logo, as `bucket/key`."""
        slate = self.on_input_loss.slate_object if self.on_input_loss else None
        logo = self.picture.logo.s3_object if self.picture.logo else None
        return tuple(filter(None, (slate, logo)))

    @property
    def ingest_url(self) -> str:
        """The URL it is sent to, without key; a server of files may have a place for it."""
        facts = self.platform_facts
        common = facts.hls_ingest if self._takes_hls_ingest else facts.ingest
        return ingest.with_instance(self.url or common or "", self.instance)

    @property
    def _takes_hls_ingest(self) -> bool:
        return "hls" in self.model_fields_set and self.platform_facts.hls_ingest is not None

    @property
    def ingests(self) -> tuple[str, ...]:
        """The URLs it is sent to, without key, in the order of the pipelines.

        Empty where there is none.
        """
        if self.redundancy == "single":
            return (self.ingest_url,)
        # The platform's own backup belongs to its own ingest, not to one that replaces it.
        facts = self.platform_facts
        backup = facts.hls_backup_ingest if self._takes_hls_ingest else facts.backup_ingest
        common = backup if self.url is None else None
        second = ingest.with_instance(self.backup_url or common or "", self.instance)
        return (self.ingest_url, second)

    @property
    def flow(self) -> str:
        """Key of the preferred flow that feeds it."""
        return self.flows[0]

    @property
    def backup_flow(self) -> str | None:
        """Key of the backup flow; None without one."""
        return self.flows[1] if len(self.flows) > 1 else None

    @property
    def input_flows(self) -> tuple[tuple[str, ...], ...]:
        """Keys of the flows of each input of its channel, the preferred input first.

        A push input has an endpoint for each pipeline, and one flow sends to all. An input of type
        MEDIACONNECT has a flow for each pipeline (MediaLive user guide, setup-emx-flows).
        """
        if self.input_type == "mediaconnect" and self.redundancy == "standard":
            return (self.flows,)
        return tuple((flow,) for flow in self.flows)

    @property
    def has_known_encoding(self) -> bool:
        """True with a channel whose preset is named, or was resolved from `auto`."""
        return self.route == "channel" and self.preset != AUTO_PRESET

    @property
    def effective_encoding(self) -> Encoding:
        """The preset with its overrides.

        Raises:
            ValueError: for `route: flow`, which has no encoder, and `preset: auto` unresolved.
        """
        if self.preset is None or self.preset == AUTO_PRESET:
            raise ValueError(f"{self.name} has no channel, or no known preset")
        overrides = {
            "width": self.encoding.width_pixels,
            "height": self.encoding.height_pixels,
            "frames_per_second": self.encoding.frames_per_second,
            "video_kbps": self.encoding.bitrate_kbps,
            "audio_kbps": self.encoding.audio_bitrate_kbps,
            "keyframe_seconds": self.encoding.keyframe_seconds,
            "profile": self.encoding.profile,
            "quality": self.encoding.quality,
        }
        given = {key: value for key, value in overrides.items() if value is not None}
        return presets()[self.preset].model_copy(update=given)
