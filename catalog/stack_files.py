"""A stack's configuration in Pulumi.yaml and Pulumi.<stack>.yaml, read as Pulumi reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from catalog import plain_file
from catalog.errors import Location, LunoraError
from catalog.stack_settings import (
    SECRETS,
    StackSettings,
    is_encrypted,
    plain_secret_error,
    plain_secrets,
    setting,
)


@dataclass(frozen=True, slots=True)
class StackFiles:
    """The files of one stack.

    Attributes:
        project: name of the Pulumi project.
        stack: name of the stack, without organization and project.
        path: the stack's file.
        config: its configuration by full key, with the project's defaults.
    """

    project: str
    stack: str
    path: Path
    config: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path, stack: str) -> StackFiles:
        """Read the files of *stack* (`stack`, or `organization/project/stack`) in *folder*.

        Raises:
            LunoraError: when a file is missing or unreadable.
        """
        project_path = folder / "Pulumi.yaml"
        content = _read(project_path)
        project = content.get("name")
        if not isinstance(project, str):
            raise _wrong(project_path, "name is missing", "give the project its name")
        name, path = stack_name(stack), stack_file(folder, stack, content)
        config = _map(path, _read(path).get("config"))
        return cls(project, name, path, {**_defaults(project_path, project, content), **config})

    def check_secrets(self) -> None:
        """Refuse a secret that a file holds in clear.

        Raises:
            LunoraError: names the first, without its value.
        """
        for key in plain_secrets(self.config):
            raise plain_secret_error(key, Location(self.path))

    def settings(self) -> StackSettings:
        """Return the settings, without the secrets, which only Pulumi decrypts.

        Raises:
            LunoraError: for the first wrong setting, or a secret in clear.
        """
        self.check_secrets()
        where = Location(self.path)
        values: dict[str, object] = {}
        for key, value in self.config.items():
            if key in map(setting, SECRETS):
                continue
            if _has_secret(value):
                if key in {setting("flows"), setting("endpoint")} or key.startswith("aws:"):
                    remedy = f"set it again without --secret: `pulumi config set {key}`"
                    message = f"{key} is encrypted, and the command reads it"
                    raise LunoraError("LUN200", message, remedy=remedy, where=where)
                continue
            values[key] = value if isinstance(value, dict | list) else _text(value)
        return StackSettings.parse(values, where)


def stack_name(stack: str) -> str:
    """Return the stack's own name of *stack*, which may be `organization/project/stack`."""
    return stack.rpartition("/")[2]


def stack_file(folder: Path, stack: str, project: Mapping[str, Any] | None = None) -> Path:
    """Return the path of the file of *stack*; *project* is the content of Pulumi.yaml if known.

    Raises:
        LunoraError: when Pulumi.yaml is missing or unreadable.
    """
    content = _read(folder / "Pulumi.yaml") if project is None else project
    # An older Pulumi.yaml has the folder in place of the defaults.
    in_config = content.get("config")
    place = content.get("stackConfigDir") or (in_config if isinstance(in_config, str) else "")
    return folder / str(place) / f"Pulumi.{stack_name(stack)}.yaml"


def _defaults(path: Path, project: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration that Pulumi.yaml gives to all stacks, by full key."""
    config = content.get("config")
    if isinstance(config, str):
        return {}
    defaults: dict[str, Any] = {}
    for name, declared in _map(path, config).items():
        key = name if ":" in name else f"{project}:{name}"
        if not isinstance(declared, dict):
            defaults[key] = declared
            continue
        member = "default" if key.startswith(f"{project}:") else "value"
        if member in declared:
            defaults[key] = declared[member]
    return defaults


def _map(path: Path, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong(path, "config is no map of keys", "correct it")
    return {str(key): entry for key, entry in value.items()}


def _has_secret(value: object) -> bool:
    if is_encrypted(value):
        return True
    if isinstance(value, dict):
        return any(map(_has_secret, value.values()))
    return isinstance(value, list) and any(map(_has_secret, value))


def _text(value: object) -> object:
    """Return *value* as Pulumi hands a scalar to the program: as text."""
    return value if value is None or isinstance(value, str) else json.dumps(value, default=str)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(plain_file.read(path.resolve()).decode())
    except FileNotFoundError:
        raise _wrong(path, "does not exist", "run the command in the project's folder") from None
    except (OSError, UnicodeDecodeError):
        raise _wrong(path, "is not a readable text file", "correct it") from None
    except yaml.YAMLError:
        raise _wrong(path, "is not valid YAML", "correct it") from None
    return content if isinstance(content, dict) else {}


def _wrong(path: Path, message: str, remedy: str) -> LunoraError:
    return LunoraError("LUN204", message, remedy=remedy, where=Location(path))
