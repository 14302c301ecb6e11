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
from urllib.parse import unquote

import botocore.session
import yaml
from botocore.model import OperationModel
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule

from localaws.errors import AwsError, bad_request, not_found, not_implemented, unprocessable
from provider import channel_rules
from provider.channel_rules import SettingsProblem
from provider.service_model import GREATEST, REQUIRED, problems

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
        """Return the operation that *method* and *path* name, with its members.

        Args:
            method: of HTTP.
            path: percent-encoded as it came, so that a slash in an ARN parts nothing.
            query: the values by name.
            body: as it came.

        Raises:
            AwsError: 404 for a path that is none, 400 for members that do not fit the model, 501
                for members that the emulator does not act on.
        """
        try:
            operation, labels = self._routes.match(path, method)
        except HTTPException:
            raise not_found(f"no operation of {self.service} is at {method} {path}") from None
        return Request(operation.name, self._members(operation, labels, query, body))

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
    def _routes(self) -> MapAdapter:
        operations = map(self._model.operation_model, self._model.operation_names)
        return Map([_rule(operation) for operation in operations], strict_slashes=False).bind("")

    def _members(
        self,
        operation: OperationModel,
        labels: Mapping[str, str],
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
                document[wire_name] = unquote(labels[_group(wire_name)])
            elif location == "querystring" and wire_name in query:
                values = query[wire_name]
                document[wire_name] = _from_query(member.type_name, values)
        members: dict[str, Any] = _api_form(shape, document, operation.name)
        if misfits := list(problems(shape, members, operation.name)):
            raise _refusal(misfits, f"{operation.name}.EncoderSettings.")
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


def _refusal(misfits: list[SettingsProblem], settings: str) -> AwsError:
    """Return 422 where nothing but required members below the path *settings* is missing."""
    if all(path.startswith(settings) and message == REQUIRED for path, message in misfits):
        paths = (path.removeprefix(settings) for path, _ in misfits)
        return unprocessable([error for path in paths for error in channel_rules.missing(path)])
    path, message = misfits[0]
    return bad_request(f"{path} {message}")


def _rule(operation: OperationModel) -> Rule:
    parts = re.split(r"\{([^}]+)\}", operation.http["requestUri"])
    labelled = (f"<{_group(part)}>" if index % 2 else part for index, part in enumerate(parts))
    rule = Rule("".join(labelled), endpoint=operation)
    # As it is: the constructor adds HEAD to GET.
    rule.methods = {operation.http["method"]}
    return rule


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


def _api_form(shape: Any, value: Any, path: str) -> Any:
    """Return *value* under the names of the API, as far as it has the structure of *shape*."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        members = {
            member.serialization.get("name", name): (name, member)
            for name, member in shape.members.items()
        }
        unknown = sorted(value.keys() - members.keys())
        if unknown:
            raise bad_request(f"{path} has no member {unknown[0]}")
        given = ((*members[key], item) for key, item in value.items() if item is not None)
        return {name: _api_form(member, item, f"{path}.{name}") for name, member, item in given}
    if kind == "list" and isinstance(value, list):
        items = enumerate(value)
        return [_api_form(shape.member, item, f"{path}[{index}]") for index, item in items]
    if kind == "map" and isinstance(value, dict):
        return {key: _api_form(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    # JSON does not tell 2 from 2.0; the model does. What is too large is refused as it is.
    if kind in {"integer", "long"} and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind in {"float", "double"} and type(value) is int and abs(value) <= GREATEST:
        return float(value)
    return value


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
