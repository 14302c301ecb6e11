"""The order in which the AWS provider sends what it keeps as a set: by hash, not as written.

Source: terraform-plugin-sdk/v2 v2.36.1, helper/schema: serialize.go writes an element as text,
set.go sorts by its CRC-32 as decimal text. The contract test compares it with the provider.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

_OF_SETTINGS = ("passwordParam", "streamName", "url", "username")


def as_sent(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a channel's properties with their sets in the order in which they are sent."""
    sent = dict(members)
    if "destinations" in sent:
        sent["destinations"] = [
            {**one, "settings": settings_as_sent(one["settings"])} if "settings" in one else one
            for one in sent["destinations"]
        ]
    if "inputAttachments" in sent:
        # Their hash covers some fifty keys; any order that is not the written one does here.
        sent["inputAttachments"] = sorted(sent["inputAttachments"], key=_hash_of_json)
    return sent


def settings_as_sent(settings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the settings of a destination in the order in which they are sent."""
    return sorted(settings, key=_hash_of_settings)


def _hash_of_settings(one: Mapping[str, Any]) -> str:
    names = {"passwordParam": "password_param", "streamName": "stream_name"}
    text = "".join(f"{names.get(key, key)}:{one.get(key) or ''};" for key in _OF_SETTINGS)
    return _hash(text)


def _hash_of_json(one: Mapping[str, Any]) -> str:
    return _hash(json.dumps(one, sort_keys=True, default=repr))


def _hash(text: str) -> str:
    return str(zlib.crc32(text.encode()))
