"""The destination file: every key, what it means and what it may be."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from catalog.platforms import Platform, platforms
from catalog.presets import Encoding, presets
from catalog.problems import did_you_mean

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"
OUR_TAGS = frozenset({"Project", "Stack", "Destination", "Platform", "ManagedBy", "Owner"})


def _known_platform(value: str) -> str:
    if value not in platforms():
        raise ValueError(f'unknown platform "{value}"{did_you_mean(value, platforms())}')
    return value


def _known_preset(value: str) -> str:
    if value not in presets():
        raise ValueError(f'unknown preset "{value}"{did_you_mean(value, presets())}')
    return value


def _ingest_url(value: str) -> str:
    # Says what is wrong without repeating the URL: it may hold a key.
    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        raise ValueError("is no URL; write it as rtmps://host:port/application") from None
    if url.scheme not in {"rtmp", "rtmps"} or not host or any(c.isspace() for c in value):
        raise ValueError("is no RTMP URL; write it as rtmps://host:port/application")
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("holds user, query or fragment; a key belongs into stream_key")
    segments = [part for part in url.path.split("/") if part]
    if not segments:
        raise ValueError("has no application; write it as rtmps://host:port/application")
    if len(segments) > 1:
        raise ValueError(
            "has more than an application after the host, which looks like a stream key; a key"
            " belongs into stream_key"
        )
    return value.rstrip("/")


def _not_ours(value: dict[str, str]) -> dict[str, str]:
    taken = sorted(value.keys() & OUR_TAGS)
    if taken:
        raise ValueError(f"{taken[0]} is set by the program; name the tag otherwise")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class StreamKey(_Section):
    """Where the stream key comes from: a secret of the stack, or an existing SSM parameter."""

    config: str | None = Field(None, description="name of a secret under streamKeys of the stack")
    ssm: str | None = Field(None, pattern="^/", description="name of an existing SSM parameter")

    @model_validator(mode="after")
    def _not_both(self) -> StreamKey:
        if self.config is not None and self.ssm is not None:
            raise ValueError("give config or ssm, not both")
        return self


class EncodingOverrides(_Section):
    """What differs from the preset."""

    bitrate_kbps: int | None = Field(None, ge=100, le=50000, description="video bitrate, kb/s")
    audio_bitrate_kbps: Literal[96, 128, 160, 192, 256, 320] | None = Field(
        None, description="audio bitrate, kb/s"
    )
    keyframe_seconds: int | None = Field(None, ge=1, le=10, description="distance of key frames")


class Retry(_Section):
    """What happens when the platform does not take the stream.

    No value may be 0: the AWS provider leaves integer zeros out.
    """

    attempts: int = Field(20, ge=1, le=10000, description="reconnections before the output stops")
    interval_seconds: int = Field(5, ge=1, le=600, description="seconds between reconnections")
    restart_delay_seconds: int = Field(15, ge=1, le=3600, description="seconds before a restart")
    cache_seconds: int = Field(30, ge=30, le=600, description="seconds of stream kept meanwhile")


class DestinationSpec(_Section):
    """One destination, as its file declares it; `name` is the file's stem."""

    name: str = Field(pattern=NAME_PATTERN, exclude=True)
    platform: Annotated[str, AfterValidator(_known_platform)] = Field(
        description="a platform of catalog/platforms.yaml"
    )
    preset: Annotated[str, AfterValidator(_known_preset)] = Field(
        description="a preset of catalog/presets.yaml"
    )
    url: Annotated[str, AfterValidator(_ingest_url)] | None = Field(
        None, description="RTMP(S) application URL without key; overrides the platform's"
    )
    state: Literal["running", "stopped"] = Field("running", description="whether it streams")
    stream_key: StreamKey = Field(StreamKey(), description="where the stream key comes from")
    flow: str = Field("main", description="key of the stack's flows")
    encoding: EncodingOverrides = Field(
        EncodingOverrides(), description="what differs from the preset"
    )
    retry: Retry = Field(Retry(), description="what happens when the platform is not reached")
    protected: bool = Field(False, description="refuse to remove it")  # noqa: FBT003 - a default
    description: str = Field("", max_length=200, description="free text")
    owner: str | None = Field(None, max_length=100, description="tag Owner")
    tags: Annotated[dict[str, str], AfterValidator(_not_ours)] = Field(
        {}, description="further tags on every resource"
    )

    @property
    def platform_facts(self) -> Platform:
        """What its platform takes."""
        return platforms()[self.platform]

    @property
    def ingest_url(self) -> str:
        """The RTMP(S) application URL, without key."""
        return self.url or self.platform_facts.ingest or ""

    @property
    def profile(self) -> Encoding:
        """How it is encoded: the preset with its overrides."""
        overrides = {
            "video_kbps": self.encoding.bitrate_kbps,
            "audio_kbps": self.encoding.audio_bitrate_kbps,
            "keyframe_seconds": self.encoding.keyframe_seconds,
        }
        given = {key: value for key, value in overrides.items() if value is not None}
        return presets()[self.preset].model_copy(update=given)
