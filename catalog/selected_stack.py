"""The stack that Pulumi has selected for a project, as `pulumi stack select` left it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from catalog import plain_file
from catalog.stack_files import stack_name


def selected_stack(folder: Path, environment: Mapping[str, str]) -> str | None:
    """Return the selected stack of the project in *folder*; None where none is.

    Pulumi keeps it in a file that is named for the project and the path of its Pulumi.yaml
    (pulumi/sdk, go/common/workspace, settingsPath).
    """
    if stack := environment.get("PULUMI_STACK"):
        return stack_name(stack)
    project_file = folder.resolve() / "Pulumi.yaml"
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    digest = hashlib.sha1(str(project_file).encode(), usedforsecurity=False).hexdigest()
    try:
        project = yaml.safe_load(plain_file.read(project_file).decode())["name"]
        workspace = json.loads(
            plain_file.read(home / f"workspaces/{project}-{digest}-workspace.json")
        )
        return stack_name(workspace["stack"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        return None
