"""The text of a new destination file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SCHEMA = "# yaml-language-server: $schema=./schema.json\n"
"""The first line of a destination file, which names its schema for editors."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a new file; keys that are None are omitted.

    Attributes:
        platform: a platform.
        preset: a preset; None with `route: flow`.
        url: the ingest, where the platform has no common ingest.
        ssm: an existing SSM parameter that holds the stream key.
        stream_id: the secret with the SRT stream id; None without a stream id.
        encrypted: whether a passphrase encrypts SRT.
        keys: further keys with their values, for example state: stopped.
    """

    platform: str
    preset: str | None
    url: str | None
    ssm: str | None
    stream_id: str | None = None
    encrypted: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The file, in the order of the README; the loader judges it."""
        lines = [f"platform: {_quoted(self.platform)}"]
        if self.url is not None:
            lines.append(f"url: {_quoted(self.url)}")
        lines.append(f"preset: {_quoted(self.preset)}" if self.preset else "route: flow")
        lines += [f"{key}: {_quoted(value)}" for key, value in self.keys.items()]
        if self.stream_id is not None:
            lines.append(f"stream_key: {{config: {_quoted(self.stream_id)}}}")
        if self.encrypted:
            lines.append("srt: {passphrase: {}}")
        if self.ssm is not None:
            lines.append(f"stream_key: {{ssm: {_quoted(self.ssm)}}}")
        return SCHEMA + "".join(f"{line}\n" for line in lines)


def _quoted(value: str) -> str:
    """Return *value* as it is where YAML takes it as text, else between quotes."""
    if value and all(sign.isalnum() or sign in "-_./:" for sign in value) and value[0].isalnum():
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
