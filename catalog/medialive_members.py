"""The key `medialive` of a destination file: members of CreateChannel over the generated ones.

It reaches what no key of its own covers. Members are written as boto3 and the API reference name
them. The API's model validates them (provider/declared_members.py); the rules without it are here
and in catalog/rules/members.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from catalog import package_data

REFUSED: Final = {
    "Destinations": "holds stream keys; use url, stream_key, backup_url and authentication",
    "Name": "is the name of the stack's resource",
    "RoleArn": "is the stack's; use lunora-player:mediaLiveRoleArn",
    "Tags": "are the stack's; use tags",
    "ChannelClass": "follows the pipelines; use redundancy",
    "RequestId": "belongs to a request, not to a channel",
    "DryRun": "belongs to a request, not to a channel; use lunora-player:dryRun",
    "Reserved": "is reserved by AWS",
}
"""Members of CreateChannel that the program alone declares -> the reason."""

_SECRETS: Final = frozenset(
    {"ConstantInitializationVector", "Password", "PasswordParam", "StaticKeyValue"}
    | {"StreamName", "Username"}
)
_NAMES: Final = ("Name", "OutputName", "InputAttachmentName", "Id")
_ATTACHMENTS: Final = "InputAttachments"

Path = tuple[str | int, ...]


def refused(members: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield (path, reason) of each of the *members* that is not to be declared in a file."""
    for path, _ in _walk(members):
        if len(path) == 1 and path[0] in REFUSED:
            yield path, REFUSED[str(path[0])]
        elif path[-1] in _SECRETS:
            yield path, "holds a secret or a part of it, which no file may hold"


def with_own_key(members: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield (path, key) of each of the *members* that a key of the destination file declares."""
    for path, value in _walk(members):
        name = ".".join(str(step) for step in path if isinstance(step, str))
        key = keys().get(name)
        if key is not None and value is not None:
            yield path, key


@functools.cache
def keys() -> Mapping[str, str]:
    """Return the key of the destination file by the path of the member that it declares."""
    return dict(package_data.read("medialive_keys.yaml"))


def merged(generated: Mapping[str, Any], members: Mapping[str, Any], name: str) -> Any:
    """Return the member *name* of *generated* settings with the declared *members* over it.

    Maps are merged. In a list, an element with a name replaces members of the generated element of
    that name, or is added; any other list replaces the generated one. None removes a member.
    """
    value, declared = generated.get(name), members.get(name)
    if declared is None:
        return value
    if name == _ATTACHMENTS:
        return _attachments(value or [], declared)
    return _merge(value, declared)


def _attachments(generated: Sequence[Any], declared: Sequence[Any]) -> Any:
    """Merge input attachments; one without a name stands for every attachment of the channel."""
    shared = [element for element in declared if "InputAttachmentName" not in element]
    attachments = list(generated)
    for element in shared:
        attachments = [_merge(attachment, element) for attachment in attachments]
    named = [element for element in declared if "InputAttachmentName" in element]
    return _merge(attachments, named) if named else attachments


def _merge(value: Any, declared: Any) -> Any:
    if isinstance(declared, Mapping):
        result = dict(value) if isinstance(value, Mapping) else {}
        for name, member in declared.items():
            if member is None:
                result.pop(name, None)
            else:
                result[name] = _merge(result.get(name), member)
        return result
    if isinstance(declared, list):
        identity = _identity(declared)
        if isinstance(value, list) and identity is not None:
            return _merge_by(identity, value, declared)
        return [_merge(None, element) for element in declared]
    return declared


def _merge_by(identity: str, value: Sequence[Any], declared: Sequence[Any]) -> list[Any]:
    remaining = {element[identity]: element for element in declared}
    elements = [_merge(element, remaining.pop(element.get(identity), {})) for element in value]
    return [*elements, *(_merge(None, element) for element in remaining.values())]


def _identity(elements: Sequence[Any]) -> str | None:
    """Return the member that names each of the *elements*; None without a common one."""
    if not elements or not all(isinstance(element, Mapping) for element in elements):
        return None
    return next((name for name in _NAMES if all(name in each for each in elements)), None)


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of every member below *value*."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield (*path, name), member
            yield from _walk(member, (*path, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _walk(element, (*path, index))
