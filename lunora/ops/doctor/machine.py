"""Checks of the machine: Python, the Pulumi CLI and the plugins."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from lunora import pulumi_cli
from lunora.ops.doctor.check import Check

_OLDEST_PYTHON = (3, 11)
_OLDEST_ENGINE = (3, 276)
_AWS_PLUGIN = "pulumi-resource-aws"
_OUR_PLUGIN = Path("provider/pulumi-resource-livestream")


def check(project: Path) -> Iterator[Check]:
    """Check Python, the Pulumi CLI and the plugins for the project in the folder *project*."""
    version = platform.python_version()
    if sys.version_info >= _OLDEST_PYTHON:
        yield Check("python", "ok", version)
    else:
        yield Check("python", "critical", f"{version} is too old; install 3.11 or newer")
    yield from _engine()
    if (project / _OUR_PLUGIN).is_file():
        yield Check("plugin livestream", "ok", str(_OUR_PLUGIN))
    else:
        reason = f"{_OUR_PLUGIN} is not there; run this in the project's folder"
        yield Check("plugin livestream", "critical", reason)


def _engine() -> Iterator[Check]:
    try:
        version = pulumi_cli.version()
        plugins = pulumi_cli.plugins()
    except pulumi_cli.PulumiCliError as error:
        yield Check("pulumi", "critical", str(error))
        return
    if pulumi_cli.at_least(version, _OLDEST_ENGINE):
        yield Check("pulumi", "ok", version)
    else:
        yield Check("pulumi", "critical", f"{version} is too old; install 3.276 or newer")
    if "aws" in plugins:
        yield Check("plugin aws", "ok", plugins["aws"])
    elif shutil.which(_AWS_PLUGIN):
        yield Check("plugin aws", "ok", "the one on PATH")
    else:
        yield Check("plugin aws", "warning", "not installed yet; `pulumi install` gets it")
