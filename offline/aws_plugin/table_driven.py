"""Resource types that are a row in a table: which calls make, read, change and remove them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

from offline.aws_plugin.api_mapping import declared_part, from_api, normalised, to_api
from offline.aws_plugin.base import AwsResource, canonical_json, once, tag_changes
from provider.aws import AwsClients
from provider.resource import CreateResult, Properties, ReadResult, ResourceError


@dataclass(frozen=True, slots=True)
class Call:
    """One operation.

    It sends every property that its request has a member for, and what `about` says.

    Attributes:
        operation: the API's name for it.
        about: members; in their texts `{name}` stands for a property and `{id}` for the id.
        answer: JMESPath of the part of the answer that matters, with the same placeholders.
    """

    operation: str
    about: Mapping[str, Any] = field(default_factory=dict)
    answer: str = "@"


@dataclass(frozen=True, slots=True)
class Tagging:
    """Tagging calls of a service.

    Attributes:
        member: what takes the ARN.
        read: the call whose answer is a member with the tags; ListTagsForResource where it is None.
    """

    member: str = "ResourceArn"
    read: Call | None = None


@dataclass(frozen=True, slots=True)
class ResourceDefinition:
    """A type of resource.

    Attributes:
        token: the type token.
        service: boto3's name of the service.
        required, optional, replace_on: see `AwsResource`.
        id: the id, in which `{name}` stands for a property, or `{answer}` for what the first
            call of *create* answered; the further ones have the id.
        id_holds: a pattern whose groups are the properties in an id, where *id* is none.
        outputs: what is read besides the properties that are served.
        create, update: calls in their order; without an update all but tags replaces.
        read, delete: one call each.
        read_until_gone: whether the real provider reads after a deletion until nothing is left.
        read_too: calls that the real provider makes as well when it reads, for what is not
            served here; it needs leave for them.
        names: what the API calls a property, where that is another name.
        documents: properties whose text is JSON, equal when they say the same.
        sent_as: turns a property into what the API takes.
        read_as: turns it back.
        tagging: None where the type has no tags.
    """

    token: str
    service: str
    id: str
    required: frozenset[str]
    create: tuple[Call, ...]
    read: Call
    delete: Call
    update: tuple[Call, ...] = ()
    read_until_gone: bool = False
    read_too: tuple[Call, ...] = ()
    id_holds: str = ""
    outputs: frozenset[str] = frozenset({"arn"})
    optional: frozenset[str] = frozenset()
    replace_on: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    sent_as: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    read_as: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    tagging: Tagging | None = None


class Simple(AwsResource):
    """A resource of a *kind*."""

    def __init__(self, aws: AwsClients, kind: ResourceDefinition) -> None:
        super().__init__(aws)
        self.kind = kind
        self.token, self.required, self.optional = (  # type: ignore[misc]  # one class, many types
            kind.token,
            kind.required,
            kind.optional | ({"tags"} if kind.tagging else frozenset()),
        )
        self._served = self.required | self.optional
        self._kept = self._served | kind.outputs
        # Without an update and without a word about it, all but tags replaces.
        self.replace_on = (  # type: ignore[misc]  # likewise
            kind.replace_on if kind.update or kind.replace_on else kind.required | kind.optional
        )
        self.canonical = dict.fromkeys(kind.documents, canonical_json)  # type: ignore[misc]  # likewise

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Make it exist."""
        del urn
        first, *rest = self.kind.create
        answer = self._send(first, inputs, inputs)
        resource_id = str(_filled(self.kind.id, {**inputs, "answer": answer}))
        for call in rest:
            self._send(call, inputs, {**inputs, "id": resource_id})
        return CreateResult(resource_id, self._state(resource_id, inputs))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it; a document that says the same in other words is the same."""
        del urn
        actual = self._look(resource_id, {**state, **inputs})
        if actual is None:
            return None
        served = {key: actual[key] for key in self._served if key in actual}
        if not inputs:
            return ReadResult(resource_id, actual, served)
        declared = declared_part(normalised(inputs), normalised({**inputs, **served}))
        return ReadResult(resource_id, {**state, **actual}, declared)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Send it whole again if more than its tags changed, then its tags."""
        if {**old_inputs, "tags": None} != {**inputs, "tags": None}:
            for call in self.kind.update:
                self._send(call, inputs, {**state, **inputs, "id": resource_id})
        if self.kind.tagging:
            self._retag(self.kind.tagging, state["arn"], *tag_changes(old_inputs, inputs))
        return self._state(resource_id, inputs)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Remove it."""
        known = {**state, "id": resource_id}
        try:
            self._send(self.kind.delete, {}, known)
            if self.kind.read_until_gone:
                self.aws.wait(
                    lambda: None if self._send(self.kind.read, {}, known) else True,
                    action=f"delete {resource_id}",
                )
        except ClientError:
            return

    def _send(self, call: Call, sent: Properties, known: Properties) -> Any:
        about = _filled(call.about, known, self.kind.sent_as)
        shape = self._model(call.operation).input_shape
        members = {}
        for key, value in sent.items():
            member = _member(shape, self.kind.names.get(key, key))
            if member is not None and member not in about:
                members[member] = self.kind.sent_as.get(key, _same)(value)
        request = to_api(shape, {**members, **about})
        method = getattr(self.aws.client(self.kind.service), xform_name(call.operation))
        what = f"{xform_name(call.operation).replace('_', ' ')} {known.get('name', '')}".strip()
        answer = once(lambda: method(**request), what)
        return jmespath.search(str(_filled(call.answer, known)), answer)

    def _look(self, resource_id: str, known: Properties) -> dict[str, Any] | None:
        from_id = self._in_id(resource_id)
        known = {**from_id, **known, "id": resource_id}
        call = self.kind.read
        try:
            answer = self._send(call, {}, known)
        except ClientError:
            return None
        if not answer:
            return None
        shape = _shape_at(self._model(call.operation).output_shape, call.answer)
        back = {member: key for key, member in self.kind.names.items()}
        members = getattr(shape, "members", {})
        # An id can be taken apart in more ways than one; what is known is right.
        properties = {key: known[key] for key in from_id}
        for member, value in answer.items():
            key = back.get(member, member[0].lower() + member[1:])
            if value is not None and key in self._kept:
                read = from_api(members[member], value) if member in members else value
                properties[key] = self.kind.read_as.get(key, _same)(read)
        for key in self.kind.documents & properties.keys():
            properties[key] = _same_document(known.get(key), properties[key])
        if self.kind.tagging:
            properties["tags"] = properties["tagsAll"] = self._tags(
                self.kind.tagging, known, properties["arn"]
            )
        for more in self.kind.read_too:
            self._send(more, {}, known)
        return properties

    def _state(self, resource_id: str, inputs: Properties) -> dict[str, Any]:
        actual = self._look(resource_id, inputs)
        if actual is None:
            raise ResourceError(
                "LUN330",
                f"{resource_id} does not exist any more",
                remedy="run `pulumi up --refresh`",
            )
        return {**inputs, **actual}

    def _tags(self, tagging: Tagging, known: Properties, arn: str) -> Any:
        if tagging.read is not None:
            response = self._send(tagging.read, {}, {**known, "arn": arn})
            output = self._model(tagging.read.operation).output_shape
            return from_api(output.members[tagging.read.answer], response) if response else {}
        listing = "ListTagsForResource"
        answer = self._send(Call(listing, {tagging.member: arn}), {}, {})
        return from_api(self._model(listing).output_shape, answer).get("tags", {})

    def _retag(
        self, tagging: Tagging, arn: str, wrong: Mapping[str, str], surplus: list[str]
    ) -> None:
        if wrong:
            self._send(Call("TagResource", {tagging.member: arn, "tags": wrong}), {}, {})
        if surplus:
            self._send(Call("UntagResource", {tagging.member: arn, "tagKeys": surplus}), {}, {})

    def _in_id(self, resource_id: str) -> dict[str, str]:
        template = re.sub(r"\{(\w+)\}", r"(?P<\1>.+?)", self.kind.id)
        match = re.fullmatch(self.kind.id_holds or template, resource_id)
        groups = match.groupdict() if match else {}
        return {key: value for key, value in groups.items() if key in self._kept}

    def _model(self, operation: str) -> Any:
        return self.aws.client(self.kind.service).meta.service_model.operation_model(operation)


def _member(shape: Any, key: str) -> str | None:
    for name in (key, key[0].upper() + key[1:]):
        if name in shape.members:
            return name
    return None


def _same(value: Any) -> Any:
    return value


def _filled(
    template: Any, known: Properties, sent_as: Mapping[str, Callable[[Any], Any]] | None = None
) -> Any:
    match template:
        case Mapping():
            filled = {key: _filled(item, known, sent_as) for key, item in template.items()}
            return {key: item for key, item in filled.items() if item is not None}
        case list():
            return [_filled(item, known, sent_as) for item in template]
        case str() if whole := re.fullmatch(r"\{(\w+)\}", template):
            name = whole[1]
            return (sent_as or {}).get(name, _same)(known[name]) if name in known else None
        case str():
            return re.sub(r"\{(\w+)\}", lambda match: str(known.get(match[1], "")), template)
        case _:
            return template


def _shape_at(shape: Any, path: str) -> Any:
    for name in re.findall(r"\w+", re.sub(r"\[.*?\]|\|.*", "", path)):
        shape = shape.members[name]
        shape = shape.member if shape.type_name == "list" else shape
    return shape


def _same_document(declared: Any, actual: Any) -> str:
    document = json.loads(actual) if isinstance(actual, str) else actual
    if isinstance(declared, str) and json.loads(declared) == document:
        return declared
    return json.dumps(document)
