"""Where the engine comes from, and the folder of commands that a run has first on its PATH."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

import semver

from offline.pulumi_engine import build, cache

_CHECKOUT = Path(__file__).parents[2]
_OLDEST = semver.Version.parse(build.VERSION)
_INSTALLER = "https://get.pulumi.com"
_HOST = "pulumi-language-python"
_AWS_PLUGIN = "pulumi-resource-aws"


def fill(folder: Path, say: Callable[[str], None]) -> str:
    """Make *folder* hold every command a run needs that is not installed; returns a sentence.

    Raises:
        build.BuildError: when no engine can be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    sentence = _fill_engine(folder, say)
    if has_official_aws_plugin(_elsewhere(folder), plugins_folder()):
        return f"{sentence}; the official AWS plugin is installed"
    _script(folder / _AWS_PLUGIN, "offline.aws_plugin")
    return f"{sentence}; AWS resources by the stand-in plugin"


def _fill_engine(folder: Path, say: Callable[[str], None]) -> str:
    installed = installed_engine(_elsewhere(folder))
    if installed is not None:
        (folder / "pulumi").symlink_to(installed)
        return f"engine: {installed}"
    official = _official_engine(say)
    if official is not None:
        for command in official.iterdir():
            (folder / command.name).symlink_to(command)
        return f"engine: {official / 'pulumi'}"
    built = build.built_engine(say)
    for name in ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST):
        (folder / name).symlink_to(built / name)
    _script(
        folder / _HOST,
        "offline.pulumi_engine.language_host",
        "--exec",
        str(built / build.PYTHON_EXEC),
    )
    return f"engine: {built / 'pulumi'}"


def installed_engine(path: str) -> Path | None:
    """Return a `pulumi` on *path* that is new enough and has its Python language host."""
    pulumi, host = shutil.which("pulumi", path=path), shutil.which(_HOST, path=path)
    if pulumi is None or host is None:
        return None
    printed = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    version = parsed_version(printed.stdout)
    return Path(pulumi) if version is not None and version >= _OLDEST else None


def parsed_version(printed: str) -> semver.Version | None:
    """Return the version that `pulumi version` *printed*; None when it is none."""
    match = re.match(r"v?(\d+\.\d+\.\d+)", printed.strip())
    return semver.Version.parse(match[1]) if match else None


def has_official_aws_plugin(path: str, plugins: Path) -> bool:
    """Tell whether pulumi-aws 7 is on *path* or among the installed *plugins*."""
    if shutil.which(_AWS_PLUGIN, path=path):
        return True
    return any(plugins.glob("resource-aws-v7.*/pulumi-resource-aws"))


def plugins_folder() -> Path:
    """Return where the engine keeps installed plugins."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"


def _official_engine(say: Callable[[str], None]) -> Path | None:
    try:
        urllib.request.urlopen(_INSTALLER, timeout=3).close()
    except OSError:
        return None
    say(f"installing the official Pulumi engine {build.VERSION}")
    from pulumi.automation import PulumiCommand  # noqa: PLC0415 - slow to import, seldom needed

    def install(draft: Path) -> None:
        PulumiCommand.install(root=str(draft), version=_OLDEST)

    with contextlib.suppress(Exception):
        return cache.obtain(cache.root() / f"{build.VERSION}-official", install) / "bin"
    return None


def _elsewhere(folder: Path) -> str:
    # What an earlier set-up put into the folder is not an installed engine.
    entries: Iterable[str] = os.environ.get("PATH", "").split(os.pathsep)
    ours = {folder.resolve(), (_CHECKOUT / ".venv" / "bin").resolve()}
    return os.pathsep.join(entry for entry in entries if Path(entry).resolve() not in ours)


def _script(path: Path, module: str, *arguments: str) -> None:
    words = " ".join(f"'{word}'" for word in (sys.executable, "-m", module, *arguments))
    path.write_text(f"#!/bin/sh\nPYTHONPATH='{_CHECKOUT}' exec {words} \"$@\"\n")
    path.chmod(0o755)
