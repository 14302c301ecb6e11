"""Members of CreateChannel that a destination file declares, checked against the API's model.

The catalog merges them without knowing the API. What is left out of the check is whether AWS takes
a combination of values: a preview's `check` of the channel, and AWS itself, say that.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session

from catalog import encoder
from catalog.channel_members import channel_members
from catalog.encoder import DestinationSecrets
from catalog.flow_source import FlowSource
from catalog.medialive_members import Path
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding
from catalog.rules.members import KEY, key_of
from provider import channel_rules, service_model

_INVALID = "LUN157"
_MADE_UP = DestinationSecrets("key", "/parameter", "arn:secret", "/password")
_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def findings(spec: DestinationSpec) -> Iterator[Finding]:
    """Yield what the API's model refuses in the members of *spec*, and in the merged settings."""
    if not spec.medialive or spec.route == "flow":
        return
    shape = _create_channel()
    wrong = [
        (path, message)
        for path, message in service_model.problems(shape, _without_none(spec.medialive))
        # The generated settings have what a part of a structure leaves out.
        if message != service_model.REQUIRED
    ]
    yield from (Finding(_INVALID, key_of(_steps(path)), message) for path, message in wrong)
    if wrong or not spec.has_known_encoding:
        return
    request = _request(spec)
    problems = list(service_model.problems(shape, request)) or channel_rules.problems(request)
    for path, message in problems:
        yield Finding(_INVALID, KEY, f"makes settings that AWS refuses: {path} {message}")


def _request(spec: DestinationSpec) -> dict[str, Any]:
    """Return a CreateChannel of *spec* with placeholders for what only a deployment knows."""
    inputs = {f"{spec.original_name}-{number}": "1" for number, _ in enumerate(spec.input_flows)}
    return {
        "ChannelClass": encoder.channel_class(spec),
        "Destinations": encoder.destinations(spec, _MADE_UP),
        **({"ChannelSecurityGroups": ["1"]} if spec.srt.callers else {}),
        **channel_members(spec, inputs, FlowSource()),
    }


def _without_none(value: Any) -> Any:
    """Return *value* without members that are to be removed, which have no type."""
    if isinstance(value, Mapping):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value


def _steps(path: str) -> Path:
    return tuple(name or int(index) for name, index in _STEP.findall(path))


@functools.cache
def _create_channel() -> Any:
    model = botocore.session.get_session().get_service_model("medialive")
    return model.operation_model("CreateChannel").input_shape
