"""Resources of the account that channels need, which their role has to allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog import names, s3_url
from catalog.model import DestinationSpec


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """Resources that channels need.

    Attributes:
        secrets: names of the secrets with passphrases of SRT.
        parameters: names of the SSM parameters with passwords of servers and of RTMP ingests.
        recordings: objects of S3 that they write, as `my-bucket/recordings/*`.
        playlists: objects of S3 that they write and delete again.
        takes_flows: whether MediaLive takes flows by outputs of its own.
        feeds: ARNs of the feeds of AWS Elemental Inference that say where the action is.
    """

    secrets: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    playlists: tuple[str, ...] = ()
    takes_flows: bool = False
    feeds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != ChannelAccess()


def channel_access(project: str, stack: str, specs: Iterable[DestinationSpec]) -> ChannelAccess:
    """Return what the channels of *specs* need, each resource once."""
    encoded = [spec for spec in specs if spec.route == "channel"]
    return ChannelAccess(
        secrets=_unique(
            names.passphrase_name(project, stack, spec.original_name)
            for spec in encoded
            if spec.passphrase_name is not None
        ),
        parameters=_unique(
            parameter for spec in encoded for parameter in _parameters(project, stack, spec)
        ),
        recordings=_unique(spec.record.object_pattern for spec in encoded if spec.record),
        playlists=_unique(
            f"{s3_url.object_of(url)}*"
            for spec in encoded
            if spec.scheme == "s3"
            for url in spec.ingests
            if url
        ),
        takes_flows=any(spec.input_type == "mediaconnect" for spec in encoded),
        feeds=_unique(spec.picture.feed for spec in encoded if spec.picture.feed),
    )


def _parameters(project: str, stack: str, spec: DestinationSpec) -> Iterator[str]:
    name = spec.original_name
    if spec.scheme == "https" and spec.hls.username is not None:
        yield spec.stream_key.ssm or names.parameter_name(project, stack, name)
    password = names.rtmp_password_parameter(project, stack, spec)
    if password is not None:
        yield password


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
