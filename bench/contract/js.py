"""The AWS SDK for JavaScript: the steps of js.mjs, under Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench.contract.case import Case
from bench.contract.cli import environment
from localaws.server import EmbeddedAws

CLIENT = "AWS SDK for JavaScript"
STEPS = Path(__file__).with_name("js.mjs")
PACKAGES: Mapping[str, str] = {
    "@aws-sdk/client-medialive": "3.1136.0",
    "@aws-sdk/client-mediaconnect": "3.654.0",
}
_CACHE = Path("~/.cache/lunora/clients").expanduser()
_SECONDS = 300


def run() -> list[Case]:
    """Run the steps one after another."""
    client = f"{CLIENT} {PACKAGES['@aws-sdk/client-medialive']}"
    try:
        folder = _installed()
    except OSError as error:
        return [Case(client, "all", skipped=str(error))]
    # Node looks for packages from the folder of the file.
    shutil.copy(STEPS, folder)
    with EmbeddedAws() as aws:
        ran = subprocess.run(  # noqa: S603 - our own words
            [_program("node"), STEPS.name],
            cwd=folder,
            env=environment(aws.endpoint),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    steps = [json.loads(line) for line in ran.stdout.splitlines()]
    cases = [Case(client, step["name"], tuple(step["problems"])) for step in steps]
    if ran.returncode:
        cases.append(Case(client, "all", (" ".join(ran.stderr.split())[-300:],)))
    return cases


def _installed() -> Path:
    """Return the folder with the packages.

    Raises:
        OSError: where they cannot be installed.
    """
    packages = [f"{name}@{version}" for name, version in PACKAGES.items()]
    folder = _CACHE / f"js-{'-'.join(PACKAGES.values())}"
    folder.mkdir(parents=True, exist_ok=True)
    if all((folder / "node_modules" / name).is_dir() for name in PACKAGES):
        return folder
    words = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    ran = subprocess.run(  # noqa: S603 - our own words
        [_program("npm"), *words, *packages], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise OSError(f"{', '.join(packages)} cannot be installed: {ran.stderr[-200:]}")
    return folder


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise OSError(f"{name} is not installed")
    return path
