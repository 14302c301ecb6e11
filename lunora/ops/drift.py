"""Where a channel in AWS is not what its file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore import xform_name

from catalog import encoder
from catalog.model import DestinationSpec


def differences(spec: DestinationSpec, described: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what differs, one phrase each, without any key.

    Args:
        spec: the file.
        described: DescribeChannel's answer.
    """
    found = list(
        _differing("", encoder.encoder_settings(spec), _snake(described.get("EncoderSettings")))
    )
    targets = [
        one.get("Url")
        for target in described.get("Destinations", [])
        for one in target.get("Settings", [])
    ]
    if spec.ingest_url not in targets:
        found.append("it streams to another address")
    return tuple(found)


def _differing(path: str, declared: Any, actual: Any) -> Iterator[str]:
    """Yield the leaves of *declared* that *actual* has otherwise; what it has beyond is AWS's."""
    if isinstance(declared, Mapping):
        there = actual if isinstance(actual, Mapping) else {}
        for key, value in declared.items():
            yield from _differing(f"{path}.{key}" if path else key, value, there.get(key))
    elif isinstance(declared, Sequence) and not isinstance(declared, str):
        listed = actual if isinstance(actual, Sequence) else []
        for index, value in enumerate(declared):
            other = listed[index] if index < len(listed) else None
            yield from _differing(f"{path}[{index}]", value, other)
    elif declared != actual:
        yield f"{path} is {actual} and should be {declared}"


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {xform_name(key): _snake(member) for key, member in value.items()}
    return [_snake(member) for member in value] if isinstance(value, list) else value
