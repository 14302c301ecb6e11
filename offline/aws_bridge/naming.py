"""Translate names of pulumi-aws into the bridge's and back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic.alias_generators import to_camel, to_pascal

_FILE = Path(__file__).with_name("names.yaml")
_PACKAGE = "aws_"


@dataclass(frozen=True, slots=True)
class Naming:
    """Names of one type.

    Attributes:
        terraform: Terraform's name of it.
        properties: pulumi-aws' name of a property -> the bridge's.
        archive: the property that is an archive to pulumi-aws and a zip file's path to the bridge.
    """

    terraform: str
    properties: Mapping[str, str] = field(default_factory=dict)
    archive: str = ""

    @property
    def resource_token(self) -> str:
        """The bridge's token of the resource."""
        name = self.terraform.removeprefix(_PACKAGE)
        return f"aws:index/{to_camel(name)}:{to_pascal(name)}"

    @property
    def function_token(self) -> str:
        """The bridge's token of the data source."""
        name = f"get_{self.terraform.removeprefix(_PACKAGE)}"
        return f"aws:index/{to_camel(name)}:{to_camel(name)}"

    @property
    def to_bridge(self) -> Mapping[str, str]:
        """Every property that is renamed on the way to the bridge."""
        return {**self.properties, **({self.archive: "filename"} if self.archive else {})}

    @property
    def from_bridge(self) -> Mapping[str, str]:
        """Every property that is renamed on the way back."""
        return {there: here for here, there in self.to_bridge.items()}


@functools.cache
def resources() -> Mapping[str, Naming]:
    """Return every resource type by pulumi-aws' token."""
    return _read("resources")


@functools.cache
def functions() -> Mapping[str, Naming]:
    """Return every function by pulumi-aws' token."""
    return _read("functions")


def included() -> str:
    """Return Terraform's names of everything, as `--include` of the bridge takes them."""
    return ",".join(sorted({n.terraform for n in (*resources().values(), *functions().values())}))


def of_urn(urn: str) -> tuple[str, Naming]:
    """Return a URN as the bridge knows it, and how its type is called.

    Raises:
        KeyError: for a type that is not in names.yaml.
    """
    stack, project, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
    parents, dollar, token = types.rpartition("$")
    naming = resources()[token]
    return (
        f"urn:pulumi:{stack}::{project}::{parents}{dollar}{naming.resource_token}::{name}",
        naming,
    )


def renamed_path(path: str, names: Mapping[str, str]) -> str:
    """Return a property path whose first name is translated by *names*."""
    head = path.partition(".")[0].partition("[")[0]
    return names.get(head, head) + path[len(head) :]


def _read(section: str) -> dict[str, Naming]:
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {token: Naming(**entry) for token, entry in document[section].items()}
