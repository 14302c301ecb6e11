"""Where a stack's resources are: what the command reads of Pulumi.yaml and Pulumi.<stack>.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from catalog.flow_source import FlowSource
from provider.aws import AwsClients


class StackError(Exception):
    """The stack's files do not say what is needed; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class FlowRef:
    """A flow that the configuration names.

    Attributes:
        key: what destination files call it.
        region: where it is.
        name: its name, or None where it is named by its ARN.
        arn: its ARN, or None.
        source: what it carries.
    """

    key: str
    region: str
    name: str | None = None
    arn: str | None = None
    source: FlowSource = field(default_factory=FlowSource)


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of the project.

    Attributes:
        project: the Pulumi project, which is the value of the tag Project.
        name: the stack, which is the value of the tag Stack.
        region: where its resources are.
        endpoint: where an embedded AWS listens; None is Amazon.
        flows: the flows that feed it.
        boundary: ARN of the policy that its roles stay within; None is none.
        role_arn: ARN of the existing role that its channels run under; None is one of its own.
    """

    project: str
    name: str
    region: str
    endpoint: str | None = None
    flows: tuple[FlowRef, ...] = ()
    boundary: str | None = None
    role_arn: str | None = None

    @classmethod
    def read(cls, folder: Path, name: str) -> Stack:
        """Read the stack *name* of the project in *folder*.

        Raises:
            StackError: when a file is missing or has no region.
        """
        project = _read(folder / "Pulumi.yaml").get("name")
        if not isinstance(project, str):
            raise StackError("Pulumi.yaml: name is missing; give the project its name")
        file = f"Pulumi.{name}.yaml"
        config = _read(folder / file).get("config") or {}
        if not isinstance(config, dict):
            raise StackError(f"{file}: config is no map of keys; correct it")
        region, endpoint = config.get("aws:region"), config.get(f"{project}:endpoint")
        if not isinstance(region, str):
            raise StackError(f"{file}: aws:region is missing; set it with `pulumi config`")
        if endpoint is not None and not _is_address(endpoint):
            raise StackError(
                f"{file}: {project}:endpoint is no address; write it as http://127.0.0.1:4566"
            )
        flows = tuple(_flows(file, config.get(f"{project}:flows"), region))
        boundary, role_arn = (
            value if isinstance(value := config.get(f"{project}:{key}"), str) else None
            for key in ("permissionsBoundaryArn", "mediaLiveRoleArn")
        )
        return cls(project, name, region, endpoint, flows, boundary, role_arn)

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that holds something of it, its own first."""
        return tuple(dict.fromkeys([self.region, *(flow.region for flow in self.flows)]))

    def aws(self, region: str | None = None) -> AwsClients:
        """Return AWS in *region*, the stack's own when not given; the same one every time."""
        return _aws(region or self.region, self.endpoint)

    @property
    def tags(self) -> dict[str, str]:
        """The tags that all its resources carry."""
        return {"ManagedBy": "lunora", "Project": self.project, "Stack": self.name}


@functools.cache
def _aws(region: str, endpoint: str | None) -> AwsClients:
    return AwsClients(region, endpoint=endpoint)


def _flows(file: str, listed: object, home: str) -> Iterator[FlowRef]:
    if not isinstance(listed, dict):
        return
    for key, one in listed.items():
        named = one if isinstance(one, dict) else {}
        name, arn, region = (named.get(member) for member in ("name", "arn", "region"))
        if not (name or arn):
            raise StackError(f"{file}: flows.{key} has neither name nor arn; give it one")
        if region is None and arn:
            region = str(arn).split(":")[3]
        try:
            source = FlowSource.model_validate(named.get("source", {}))
        except ValidationError:
            raise StackError(
                f"{file}: flows.{key}.source is not of the form that docs/reference/cost.md shows;"
                " correct it"
            ) from None
        yield FlowRef(str(key), region or home, name, arn, source)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StackError(
            f"{path} does not exist; run the command in the project's folder"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise StackError(f"{path} is not a readable text file; correct it") from None
    except yaml.YAMLError:
        raise StackError(f"{path} is not valid YAML; correct it") from None
    return content if isinstance(content, dict) else {}


def _is_address(value: object) -> bool:
    try:
        url = urlsplit(value if isinstance(value, str) else "")
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
