"""Rules that MediaLive applies to outputs of SRT, HLS and archives beyond their types.

As `provider.channel_rules`, which includes them: every rule has its source, and paths are spelled
as there. All messages are ours but the marked one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from catalog.srt_output import LISTENER_PORTS

Members = Mapping[str, Any]
SettingsProblem = tuple[str, str]

_HTTP = ("HlsBasicPutSettings", "HlsWebdavSettings", "HlsAkamaiSettings")
_S3 = ("s3ssl://", "s3://")
_HTTP_URL = re.compile(r"https?://[^/?#]+/.+")

# In AWS's words (awsdocs/aws-elemental-medialive-user-guide issue 4).
_HTTP_FORM = "Locations should be of the form https://<hostname>/<path>"


def problems(members: Members) -> Iterator[SettingsProblem]:
    """Yield the problems that AWS answers with 422 (UnprocessableEntityException)."""
    yield from _srt_destinations(members)
    yield from _channel_security_groups(members)
    yield from _buckets(members)
    yield from _archives(members)
    yield from _http_servers(members)


def _srt_destinations(members: Members) -> Iterator[SettingsProblem]:
    """Yield what is wrong with destinations of SRT.

    botocore, SrtOutputDestinationSettings: "CALLER mode requires URL, LISTENER mode requires port",
    which "must not be provided when connectionMode is CALLER". MediaLive user guide, creating an
    SRT output group: "must be encrypted"; validation rules for listener mode: ports from 5000 to
    5200, each once in a channel; selecting the SRT connection mode: "cannot mix connection modes
    within a single output".
    """
    ports: Counter[Any] = Counter()
    for index, destination in enumerate(members.get("Destinations") or []):
        settings = destination.get("SrtSettings") or []
        modes = {_mode(setting) for setting in settings}
        if len(modes) > 1:
            yield f"destinations[{index}].srtSettings", "callers and listeners in one destination"
        own_ports = {setting.get("ListenerPort") for setting in settings} - {None}
        ports.update(own_ports)
        if any(ports[port] > 1 for port in own_ports):
            yield f"destinations[{index}].srtSettings", "another listener has this port"
        for number, setting in enumerate(settings):
            path = f"destinations[{index}].srtSettings[{number}]"
            port = setting.get("ListenerPort")
            if not setting.get("EncryptionPassphraseSecretArn"):
                yield f"{path}.encryptionPassphraseSecretArn", "SRT needs a passphrase"
            if _mode(setting) == "LISTENER":
                if port not in LISTENER_PORTS:
                    first, last = LISTENER_PORTS[0], LISTENER_PORTS[-1]
                    yield f"{path}.listenerPort", f"a listener needs a port of {first} to {last}"
            elif port is not None:
                yield f"{path}.listenerPort", "a caller has no port to listen at"
            elif not str(setting.get("Url", "")).startswith("srt://"):
                yield f"{path}.url", "a caller needs a URL that begins with srt://"


def _channel_security_groups(members: Members) -> Iterator[SettingsProblem]:
    """Yield groups of callers that are missing or have no listener.

    MediaLive user guide, channel security groups, rules and constraints: at most one; required for
    listeners, and "not allowed" without them or with delivery to a VPC.
    """
    groups = members.get("ChannelSecurityGroups") or []
    listens = any(
        _mode(setting) == "LISTENER"
        for destination in members.get("Destinations") or []
        for setting in destination.get("SrtSettings") or []
    )
    if len(groups) > 1:
        yield "channelSecurityGroups", "a channel takes one security group"
    if groups and (not listens or members.get("Vpc")):
        yield "channelSecurityGroups", "only for listeners of SRT, and not in a VPC"
    if listens and not groups and not members.get("Vpc"):
        yield "channelSecurityGroups", "a listener of SRT needs a channel security group"


def _buckets(members: Members) -> Iterator[SettingsProblem]:
    """Yield the buckets whose name has a dot.

    MediaLive user guide, HLS output group to Amazon S3: "the Amazon S3 bucket name must not use dot
    notation".
    """
    for index, destination in enumerate(members.get("Destinations") or []):
        for number, setting in enumerate(destination.get("Settings") or []):
            scheme, _, rest = str(setting.get("Url", "")).partition("://")
            if scheme in {"s3", "s3ssl"} and "." in rest.partition("/")[0]:
                path = f"destinations[{index}].settings[{number}].url"
                yield path, "the name of a bucket must not have a dot"


def _archives(members: Members) -> Iterator[SettingsProblem]:
    """Yield the archives that do not go to S3, and those of two pipelines at one place.

    MediaLive user guide, archive, fields for the output destination: "The protocol is always
    s3ssl://"; archive or frame capture output group: "the destination paths must be different".
    The API takes s3:// too: terraform-provider-aws, TestAccMediaLiveChannel_basic.
    """
    for index, _, destination in _group_destinations(members, "ArchiveGroupSettings"):
        urls = [str(setting.get("Url", "")) for setting in destination.get("Settings") or []]
        path = f"outputGroups[{index}].outputGroupSettings.destination.uri"
        if not all(url.startswith(_S3) for url in urls):
            yield path, "an archive needs a URL that begins with s3ssl:// or s3://"
        if len(set(urls)) < len(urls):
            yield path, "two pipelines need two places"


def _http_servers(members: Members) -> Iterator[SettingsProblem]:
    """Yield the HLS groups that send to a server and have no URL of one.

    AWS's path and message: awsdocs/aws-elemental-medialive-user-guide issue 4, recorded of a group
    with HlsWebdavSettings; that other servers are alike is inferred.
    """
    for index, group, destination in _group_destinations(members, "HlsGroupSettings"):
        servers = group.get("HlsCdnSettings") or {}
        if not any(servers.get(kind) is not None for kind in _HTTP):
            continue
        urls = [str(setting.get("Url", "")) for setting in destination.get("Settings") or []]
        if not all(_HTTP_URL.fullmatch(url) for url in urls):
            yield f"outputGroups[{index}].outputGroupSettings.destination.uri", _HTTP_FORM


def _group_destinations(members: Members, kind: str) -> Iterator[tuple[int, Members, Members]]:
    """Yield (index, settings, destination) of the groups of a *kind* whose destination exists."""
    by_id = {item.get("Id"): item for item in members.get("Destinations") or []}
    groups = (members.get("EncoderSettings") or {}).get("OutputGroups") or []
    for index, group in enumerate(groups):
        settings = (group.get("OutputGroupSettings") or {}).get(kind)
        reference = ((settings or {}).get("Destination") or {}).get("DestinationRefId")
        if settings is not None and reference in by_id:
            yield index, settings, by_id[reference]


def _mode(setting: Members) -> str:
    """Return the mode of a destination; without one it calls, as before there were listeners."""
    return str(setting.get("ConnectionMode") or "CALLER")
