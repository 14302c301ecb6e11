"""Actions, resources and condition keys that a request needs, by reference.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jmespath
import yaml
from pydantic import BaseModel, ConfigDict

from localaws.iam.policy import AuthorizationRequest, listed
from localaws.medialive.service import ACCOUNT

_REFERENCE = Path(__file__).parent / "reference.yaml"
_NO_RESOURCE = "*"
# Members in which requests bring tags: maps, or lists of {Key, Value}.
_TAGS = jmespath.compile(
    "[Tags, tags, ResourceTags, FlowTags, Outputs[].OutputTags[], Source.SourceTags,"
    " Sources[].SourceTags[], Entitlements[].EntitlementTags[], VpcInterfaces[].VpcInterfaceTags[],"
    " MediaStreams[].MediaStreamTags[]][]"
)

Tags = Mapping[str, str]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Action(_Entry):
    asks: str | None = None
    also: Mapping[str, Mapping[str, str]] = {}
    resources: Mapping[str, str] | None = None
    context: Mapping[str, str] = {}
    tags_by: str | None = None
    passes: Mapping[str, str] = {}


class Service(_Entry):
    """One service of reference.yaml, where the keys are explained."""

    signs_as: str | None = None
    model: str | None = None
    open: frozenset[str] = frozenset()
    resources: Mapping[str, str] = {}
    actions: Mapping[str, _Action] = {}


@cache
def reference() -> Mapping[str, Service]:
    """Return all services by the prefix of their actions."""
    document = yaml.safe_load(_REFERENCE.read_text(encoding="utf-8"))
    return {prefix: Service.model_validate(service) for prefix, service in document.items()}


@cache
def prefix_of(signing_name: str) -> str | None:
    """Return the prefix of a service's actions by its name in signatures; None for others."""
    for prefix, service in reference().items():
        if signing_name == (service.signs_as or prefix):
            return prefix
    return None


def questions(
    prefix: str,
    operation: str,
    members: Mapping[str, Any],
    region: str,
    tags_of: Callable[[str], Tags],
) -> Iterator[AuthorizationRequest]:
    """Yield what a request has to be allowed.

    Args:
        prefix: of the service's actions, for example `medialive`.
        operation: its name in the service model.
        members: of the request, under their names in the service model.
        region: that it is sent to.
        tags_of: what the resource with an ARN is tagged with now.
    """
    service = reference()[prefix]
    if operation in service.open:
        return
    rule = service.actions.get(operation, _Action())
    forms = service.resources if rule.resources is None else rule.resources
    groups = [_arns(expression, form, members, region) for expression, form in forms.items()]
    context = _request_context(rule, members)
    for arn in [arn for arns in groups for arn in arns] or [_NO_RESOURCE]:
        carried = {f"aws:ResourceTag/{key}": (value,) for key, value in tags_of(arn).items()}
        yield AuthorizationRequest(
            f"{prefix}:{rule.asks or operation}", arn, {**context, **carried}
        )
    for action, further in rule.also.items():
        for arn in _all_arns(further, members, region):
            yield AuthorizationRequest(f"{prefix}:{action}", arn, context)
    if rule.tags_by and "aws:TagKeys" in context:
        first = next(arns for arns in groups if arns)
        yield from (AuthorizationRequest(f"{prefix}:{rule.tags_by}", arn, context) for arn in first)
    for expression, receiver in rule.passes.items():
        for role in _values(expression, members):
            yield AuthorizationRequest("iam:PassRole", role, {"iam:PassedToService": (receiver,)})


def _all_arns(forms: Mapping[str, str], members: Mapping[str, Any], region: str) -> list[str]:
    return [arn for form in forms.items() for arn in _arns(*form, members, region)]


def _arns(expression: str, form: str, members: Mapping[str, Any], region: str) -> list[str]:
    return [
        form.format(value=value, bare=value.removeprefix("/"), region=region, account=ACCOUNT)
        for value in _values(expression, members)
    ]


def _values(expression: str, members: Mapping[str, Any]) -> list[str]:
    result = _compiled(expression).search(members)
    return [str(value) for value in listed(result)] if result else []


@cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _request_context(rule: _Action, members: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    requested: dict[str, tuple[str, ...]] = {}
    for tags in _TAGS.search(members) or []:
        pairs = {tags["Key"]: tags["Value"]} if tags.keys() == {"Key", "Value"} else tags
        for key, value in pairs.items():
            requested[key] = (*requested.get(key, ()), value)
    context = {f"aws:RequestTag/{key}": values for key, values in requested.items()}
    if keys := (*requested, *members.get("TagKeys", ())):
        context["aws:TagKeys"] = keys
    for key, expression in rule.context.items():
        if values := tuple(_values(expression, members)):
            context[key] = values
    return context
