"""The limits of tags, from tag_limits.yaml: how many, how long, and which keys are AWS's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from localaws.errors import AwsError

_DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
_LIMITS: Mapping[str, Any] = _DATA["limits"]
_SERVICES: Mapping[str, Mapping[str, str]] = _DATA["services"]

# Members that hold tags, and those that name what gets more of them.
_TAGS = re.compile(r"[Tt]ags|Resource[Tt]ags|[A-Z]\w*Tags|TagList")
_RESOURCE = re.compile(r"[Rr]esource(ARN|Arn)")
_FIELD = re.compile(r"Tags\.(?:member|entry)\.(\d+)\.(Key|Value)")

Tags = Mapping[str, str]


def check(service: str, members: Mapping[str, Any], tags_of: Callable[[str], Tags]) -> None:
    """Refuse tags in *members* of a request that AWS would not take.

    Args:
        service: as it is signed for; one without limits here is not checked.
        members: of the request.
        tags_of: returns the tags that the resource of an ARN has.

    Raises:
        AwsError: as the service names it.
    """
    if service not in _SERVICES:
        return
    present: dict[str, str] = {}
    for name, value in members.items():
        if _RESOURCE.fullmatch(name) and isinstance(value, str):
            present = dict(tags_of(value))
    for member, tags in _tagged(members):
        _check(service, member, tags, {**present, **tags})


def check_body(service: str, body: bytes, tags_of: Callable[[str], Tags]) -> None:
    """Refuse tags in the *body* of a request, JSON or a form; as `check` does."""
    if service not in _SERVICES or (b"ags" not in body and b"TagList" not in body):
        return
    try:
        members = json.loads(body)
    except ValueError:
        members = _of_form(body)
    if isinstance(members, dict):
        check(service, members, tags_of)


def _check(service: str, member: str, tags: Tags, together: Tags) -> None:
    invalid = _SERVICES[service]["invalid"]
    at = member[:1].lower() + member[1:]
    for number, (key, value) in enumerate(tags.items(), start=1):
        if key.lower().startswith(_LIMITS["reserved"]):
            raise AwsError(invalid, 400, f"aws: prefixed tag key names are not allowed: {key}")
        for part, text in (("key", key), ("value", value)):
            if len(text) > _LIMITS[part]:
                raise AwsError(
                    invalid,
                    400,
                    f"1 validation error detected: Value '{text}' at '{at}.{number}.member.{part}' "
                    "failed to satisfy constraint: Member must have length less than or equal to "
                    f"{_LIMITS[part]}",
                )
    if len(together) > _LIMITS["tags"]:
        code = _SERVICES[service].get("too_many", invalid)
        raise AwsError(code, 400, f"A resource has at most {_LIMITS['tags']} tags")


def _tagged(members: Mapping[str, Any]) -> Iterator[tuple[str, Tags]]:
    """Yield the tags in *members* and in the parts that they list, with the name of the member."""
    for name, value in members.items():
        if _TAGS.fullmatch(name):
            tags = _as_map(value)
            if tags is not None:
                yield name, tags
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and not _TAGS.fullmatch(name):
                yield from _tagged(part)


def _as_map(value: object) -> Tags | None:
    """Return tags in either form as a map; None for what is no tags."""
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    if isinstance(value, list):
        pairs = [tag for tag in value if isinstance(tag, dict) and {"Key", "Value"} <= tag.keys()]
        return {str(tag["Key"]): str(tag["Value"]) for tag in pairs}
    return None


def _of_form(body: bytes) -> dict[str, Any]:
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    tags: dict[str, dict[str, str]] = {}
    for name, text in fields:
        match = _FIELD.fullmatch(name)
        if match is not None:
            tags.setdefault(match[1], {"Key": "", "Value": ""})[match[2]] = text
    plain = {name: text for name, text in fields if _RESOURCE.fullmatch(name)}
    return {**plain, "Tags": list(tags.values())}
