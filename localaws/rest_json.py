"""The rest-json protocol of a service, driven by botocore's model of it.

Requests are checked against the model (required members, unknown members, types, enums,
ranges) and answers are serialised by it, so that a misspelt member cannot pass either way.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import botocore.session
import yaml
from botocore.model import OperationModel

from localaws.errors import bad_request, not_found, not_implemented
from provider.service_model import limits

_GREATEST = 2**53
# The ARNs of VPC interfaces and media streams have slashes, which are encoded in a path.
_WITHIN = {"ResourceArn": ".+"}

REFUSED: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("refused_members.yaml").read_text(encoding="utf-8")
)
"""By service, structure and member: what is missing in the emulator."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that fits the model: *operation* and its members under their API names."""

    operation: str
    members: dict[str, Any]


class Wire:
    """One service's protocol.

    Args:
        service: botocore's name of it, `medialive` or `mediaconnect`.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self._model = botocore.session.get_session().get_service_model(service)

    def parse(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Request:
        """Return the operation that *method* and the decoded *path* name, with its members.

        Raises:
            AwsError: 404 for a path that is none, 400 for members that do not fit the model, 501
                for members that the emulator does not act on.
        """
        for allowed, pattern, operation in self._routes:
            match = pattern.fullmatch(path) if allowed == method else None
            if match:
                return Request(
                    operation.name, self._members(operation, match.groupdict(), query, body)
                )
        raise not_found(f"no operation of {self.service} is at {method} {path}")

    def serialise(self, operation: str, members: dict[str, Any]) -> tuple[int, bytes]:
        """Return status and body of the answer to *operation*.

        Raises:
            ValueError: for a member that the model does not have.
        """
        model = self._model.operation_model(operation)
        status = int(model.http.get("responseCode", 200))
        shape = model.output_shape
        wire = {} if shape is None else _to_wire(shape, members, operation)
        return status, json.dumps(wire).encode()

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str], OperationModel]]:
        operations = [self._model.operation_model(name) for name in self._model.operation_names]
        # Literal segments win over labels: /v1/flows/start/{arn} before /v1/flows/{arn}/outputs.
        operations.sort(key=lambda operation: operation.http["requestUri"].count("{"))
        return [
            (operation.http["method"], _pattern(operation.http["requestUri"]), operation)
            for operation in operations
        ]

    def _members(
        self,
        operation: OperationModel,
        labels: dict[str, str],
        query: dict[str, list[str]],
        body: bytes,
    ) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        document = _document(body)
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name)
            location = member.serialization.get("location")
            if location == "uri":
                document[wire_name] = labels[_group(wire_name)]
            elif location == "querystring" and wire_name in query:
                values = query[wire_name]
                document[wire_name] = _from_query(member.type_name, values)
        members: dict[str, Any] = _from_wire(shape, document, operation.name)
        for path, missing in self._refused(shape, members, operation.name):
            raise not_implemented(self.service, f"{path}, for want of {missing}")
        return members

    def _refused(self, shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
        """Yield (path, what is missing) of the members that are given and not acted on."""
        if shape.type_name == "list":
            for index, item in enumerate(value):
                yield from self._refused(shape.member, item, f"{path}[{index}]")
        elif shape.type_name == "structure":
            refused = REFUSED[self.service].get(shape.name, {})
            for name, item in value.items():
                if name in refused and item != []:
                    yield f"{path}.{name}", refused[name]
                yield from self._refused(shape.members[name], item, f"{path}.{name}")


def _pattern(uri: str) -> re.Pattern[str]:
    literal = re.split(r"\{([^}]+)\}", uri)
    return re.compile(
        "".join(
            f"(?P<{_group(part)}>{_WITHIN.get(part, '[^/]+')})" if index % 2 else re.escape(part)
            for index, part in enumerate(literal)
        )
        + "/?"
    )


def _group(label: str) -> str:
    return label.replace("-", "_")


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise bad_request("the body is not JSON") from None
    if not isinstance(document, dict):
        raise bad_request("the body is not a JSON object")
    return document


def _from_query(type_name: str, values: list[str]) -> Any:
    if type_name == "list":
        return values
    whole = type_name in {"integer", "long"} and re.fullmatch(r"-?[0-9]{1,18}", values[0])
    return int(values[0]) if whole else values[0]


def _from_wire(shape: Any, value: Any, path: str) -> Any:
    match shape.type_name:
        case "structure":
            return _structure_from_wire(shape, value, path)
        case "list":
            _expect(isinstance(value, list), path, "a list")
            _expect_length(shape, value, path)
            items = enumerate(value)
            return [_from_wire(shape.member, item, f"{path}[{index}]") for index, item in items]
        case "map":
            _expect(isinstance(value, dict), path, "a map")
            return {key: _from_wire(shape.value, item, path) for key, item in value.items()}
        case "integer" | "long" | "float" | "double":
            return _number_from_wire(shape, value, path)
        case "boolean":
            _expect(isinstance(value, bool), path, "true or false")
        case _:
            # Strings, and timestamps as text.
            _expect(isinstance(value, str), path, "a string")
            allowed = getattr(shape, "enum", None)
            _expect(not allowed or value in allowed, path, f"one of {', '.join(allowed or ())}")
            _expect_length(shape, value, path)
            pattern = shape.metadata.get("pattern")
            fits = pattern is None or re.fullmatch(pattern, value) is not None
            _expect(fits, path, f"of the form {pattern}")
    return value


def _expect_length(shape: Any, value: Any, path: str) -> None:
    lowest, highest = limits(shape)
    if len(value) < (lowest or 0) or (highest is not None and len(value) > highest):
        raise bad_request(f"{path} must have a length from {lowest or 0} to {highest}")


def _structure_from_wire(shape: Any, value: Any, path: str) -> dict[str, Any]:
    _expect(isinstance(value, dict), path, "an object")
    by_wire_name = {
        member.serialization.get("name", name): (name, member)
        for name, member in shape.members.items()
    }
    unknown = sorted(value.keys() - by_wire_name.keys())
    if unknown:
        raise bad_request(f"{path} has no member {unknown[0]}")
    parsed = {}
    for wire_name, item in value.items():
        name, member = by_wire_name[wire_name]
        if item is not None:
            parsed[name] = _from_wire(member, item, f"{path}.{wire_name}")
    missing = sorted(set(shape.required_members) - parsed.keys())
    if missing:
        raise bad_request(f"{path}.{missing[0]} is required")
    return parsed


def _number_from_wire(shape: Any, value: Any, path: str) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    _expect(is_number, path, "a number")
    # Beyond this a double is not exact, and a float of it may not exist.
    _expect(abs(value) <= _GREATEST, path, "a number of a size that can be")
    whole = shape.type_name in {"integer", "long"}
    _expect(not whole or float(value).is_integer(), path, "a whole number")
    lowest, highest = limits(shape)
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        raise bad_request(_out_of_range(path, lowest, highest))
    return int(value) if whole else float(value)


def _out_of_range(path: str, lowest: float | None, highest: float | None) -> str:
    least = "" if lowest is None else f" at least {lowest:g}"
    most = "" if highest is None else f" at most {highest:g}"
    return f"{path} must be{' and'.join(filter(None, (least, most)))}"


def _expect(fits: bool, path: str, expected: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not fits:
        raise bad_request(f"{path} must be {expected}")


def _to_wire(shape: Any, value: Any, path: str) -> Any:
    match shape.type_name:
        case "structure":
            unknown = sorted(value.keys() - shape.members.keys())
            if unknown:
                raise ValueError(f"{path} has no member {unknown[0]} in the model")
            return {
                shape.members[name].serialization.get("name", name): _to_wire(
                    shape.members[name], item, f"{path}.{name}"
                )
                for name, item in value.items()
                if item is not None
            }
        case "list":
            return [_to_wire(shape.member, item, path) for item in value]
        case "map":
            return {key: _to_wire(shape.value, item, path) for key, item in value.items()}
        case "timestamp" if isinstance(value, dt.datetime):
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return value
