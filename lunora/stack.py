"""Where a stack's resources are: what the command reads of Pulumi.yaml and Pulumi.<stack>.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import yaml


class StackError(Exception):
    """The stack's files do not say what is needed; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of the project.

    Attributes:
        project: the Pulumi project, which is the value of the tag Project.
        name: the stack, which is the value of the tag Stack.
        region: where its resources are.
        endpoint: where an embedded AWS listens; None is Amazon.
    """

    project: str
    name: str
    region: str
    endpoint: str | None

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
        return cls(project, name, region, endpoint)

    def client(self, service: str) -> Any:
        """Return a boto3 client of *service* in the stack's region."""
        credentials = (
            {"aws_access_key_id": "embedded", "aws_secret_access_key": "embedded"}
            if self.endpoint
            else {}
        )
        return boto3.client(
            service,  # type: ignore[call-overload]  # one overload per service, name is a variable
            region_name=self.region,
            endpoint_url=self.endpoint,
            **credentials,
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags that all its resources carry."""
        return {"ManagedBy": "lunora", "Project": self.project, "Stack": self.name}


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
