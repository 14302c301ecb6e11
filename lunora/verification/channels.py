"""Checks of a stack's channels: settings, thumbnails and DryRun."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from catalog.unverified import UnverifiedFact
from lunora.ops.channels import Channel
from lunora.verification.finding import Account, Finding, impossible, reading
from provider.aws_errors import error_code, status_of

_REFUSED, _CONFLICT, _INVALID = 400, 409, 422
_NOT_RUNNING = "no channel of the stack is RUNNING"
_NOT_IDLE = "no channel of the stack is IDLE"
# Start of frame of a JPEG: the baseline, extended and progressive ones.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})


def dry_run(account: Account, fact: UnverifiedFact) -> Finding:
    """Send the name and the role that a channel has with DryRun.

    An update without a role might take it away, and one of a running channel is refused, should
    AWS ever pass over DryRun.
    """
    channel = account.channel("RUNNING", "IDLE")
    if channel is None:
        return impossible(_NOT_RUNNING)
    members: dict[str, Any] = {"Name": channel.name}
    if channel.role_arn:
        members["RoleArn"] = channel.role_arn
    try:
        account.stack.aws().medialive.update_channel(ChannelId=channel.id, DryRun=True, **members)
    except ClientError as error:
        readings = {_REFUSED: "refused", _CONFLICT: "idle-only", _INVALID: "checked"}
        if (name := readings.get(status_of(error))) is None:
            raise
        return reading(fact, name, error_code(error))
    if channel.state == "RUNNING":
        return reading(fact, "checked")
    return impossible(f"accepted of an idle channel; {_NOT_RUNNING}")


def input_settings(account: Account, fact: UnverifiedFact) -> Finding:
    """Look for members of InputSettings that this program does not send."""
    channel = account.channel("RUNNING", "IDLE", standard=True)
    if channel is None:
        return impossible("the stack has no channel of this program")
    filled = {
        member
        for attachment in account.describe(channel)["InputAttachments"]
        for member in attachment.get("InputSettings", {})
        if member not in {"AudioSelectors", "CaptionSelectors"}
    }
    return reading(fact, "filled" if filled else "as-given", ", ".join(sorted(filled)))


def empty_lists(account: Account, fact: UnverifiedFact) -> Finding:
    """Look for empty lists of captions, of which this program sends none."""
    channel = account.channel("RUNNING", "IDLE", standard=True)
    if channel is None:
        return impossible("the stack has no channel of this program")
    settings = account.describe(channel)["EncoderSettings"]
    return reading(fact, "filled" if "CaptionDescriptions" in settings else "as-given")


def thumbnails_idle(account: Account, fact: UnverifiedFact) -> Finding:
    """Ask for a thumbnail of a channel that does not run."""
    channel = account.channel("IDLE")
    if channel is None:
        return impossible(_NOT_IDLE)
    try:
        details = _thumbnails(account, channel)
    except ClientError as error:
        if status_of(error) != _REFUSED:
            raise
        return reading(fact, "bad-request", error_code(error))
    return impossible("it has a thumbnail") if any(details) else reading(fact, "empty")


def thumbnails_unset(account: Account, fact: UnverifiedFact) -> Finding:
    """Ask for a thumbnail of a channel whose settings do not name thumbnails."""
    channel, reason = _running(account, thumbnails=False)
    if channel is None:
        return impossible(reason)
    return reading(fact, "shown" if any(_thumbnails(account, channel)) else "none")


def thumbnail_rights(account: Account, fact: UnverifiedFact) -> Finding:
    """Ask for a thumbnail of a channel whose role has no rights for it."""
    channel, reason = _running(account, thumbnails=True)
    if channel is None or account.stack.role_arn:
        return impossible(reason or "the stack's channels have a role of mediaLiveRoleArn")
    if any(_thumbnails(account, channel)):
        return reading(fact, "none")
    return impossible("a running channel has no thumbnail; its role may need rights")


def thumbnail_size(account: Account, fact: UnverifiedFact) -> Finding:
    """Measure the thumbnail of a running channel."""
    channel, reason = _running(account, thumbnails=True)
    if channel is None:
        return impossible(reason)
    size = next(filter(None, map(_size, _thumbnails(account, channel))), None)
    if size is None:
        return impossible("a running channel has no thumbnail")
    if size == fact.assumed:
        return reading(fact, size)
    return reading(fact, "others", size)


def engine_versions(account: Account, fact: UnverifiedFact) -> Finding:
    """Count the engine versions, and those that expire."""
    versions = account.stack.aws().medialive.list_versions()["Versions"]
    expiring = sum("ExpirationDate" in version for version in versions)
    detail = f"{len(versions)} versions, {expiring} of them expire"
    is_single = len(versions) == 1 and not expiring
    return reading(fact, "one without expiration" if is_single else "others", detail)


def _running(account: Account, *, thumbnails: bool) -> tuple[Channel | None, str]:
    """Return a running channel that configures thumbnails, or not; else None and the reason."""
    for channel in account.channels:
        if channel.state == "RUNNING":
            settings = account.describe(channel)["EncoderSettings"]
            if ("ThumbnailConfiguration" in settings) == thumbnails:
                return channel, ""
    return None, f"no running channel configures {'' if thumbnails else 'no '}thumbnails"


def _thumbnails(account: Account, channel: Channel) -> Iterator[bytes]:
    answer: dict[str, Any] = {
        **account.stack.aws().medialive.describe_thumbnails(
            ChannelId=channel.id, PipelineId="0", ThumbnailType="CURRENT_ACTIVE"
        )
    }
    return (
        base64.b64decode(thumbnail.get("Body", ""))
        for detail in answer.get("ThumbnailDetails", [])
        for thumbnail in detail.get("Thumbnails", [])
    )


def _size(jpeg: bytes) -> str | None:
    """Return width and height of a JPEG, which stand in its start of frame; None without one."""
    stream = io.BytesIO(jpeg)
    stream.seek(2)
    while len(head := stream.read(4)) == len(b"\xff\xc0\x00\x11"):
        body = stream.read(int.from_bytes(head[2:]) - 2)
        if head[1] in _FRAMES:
            return f"{int.from_bytes(body[3:5])} x {int.from_bytes(body[1:3])}"
    return None
