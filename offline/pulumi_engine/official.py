"""The official engine and AWS plugin: versions, downloads and their published checksums."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import tarfile
import urllib.request
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from catalog.errors import LunoraError
from offline.pulumi_engine import build, cache

AWS_PLUGIN = "pulumi-resource-aws"
LANGUAGE_HOST = "pulumi-language-python"

_RELEASES = "https://get.pulumi.com/releases/sdk"
_AWS_RELEASES = "https://github.com/pulumi/pulumi-aws/releases/download"
_LOCK = Path(__file__).with_name("official.lock")
_LOCK_HEADER = "# Checksums of the official archives: `make lock` reads them from the publisher.\n"
_PROBE_SECONDS = 3
_DOWNLOAD_SECONDS = 60
# A download of the plugin has some hundred megabytes.
_PLUGIN_SECONDS = 600


def installed_engine(path: str) -> Path | None:
    """Return the `pulumi` on *path* if it has the pinned version and its Python language host."""
    pulumi, host = shutil.which("pulumi", path=path), shutil.which(LANGUAGE_HOST, path=path)
    if pulumi is None or host is None:
        return None
    printed = subprocess.run([pulumi, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    return Path(pulumi) if printed.stdout.strip() == f"v{build.VERSION}" else None


def downloaded_engine(say: Callable[[str], None]) -> Path | None:
    """Return the folder of the official engine's commands; None where it cannot be downloaded.

    Raises:
        LunoraError: if the download does not have its published checksum.
    """
    entry = cache.root() / f"{build.VERSION}-official"
    try:
        return cache.obtain(entry, lambda draft: _download_engine(draft, say)) / "pulumi"
    except OSError:
        return None


def _download_engine(draft: Path, say: Callable[[str], None]) -> None:
    checksums = _fetch(f"{_RELEASES}/pulumi-{build.VERSION}-checksums.txt", _PROBE_SECONDS)
    name = f"pulumi-v{build.VERSION}-{_system()}-{_machine(amd64='x64')}.tar.gz"
    say(f"downloading the official Pulumi engine {build.VERSION}")
    archive = _fetch(f"{_RELEASES}/{name}", _DOWNLOAD_SECONDS)
    pinned = locked_checksum(name) or _checksum(checksums, name)
    if hashlib.sha256(archive).hexdigest() != pinned:
        raise _wrong_checksum(name)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(draft, filter="data")


def aws_plugin_version() -> str:
    """Return the version of the AWS plugin that the locked SDK `pulumi-aws` belongs to."""
    return version("pulumi-aws")


def installed_aws_plugin() -> Path | None:
    """Return the official AWS plugin of the pinned version in the engine's plugin folder."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    plugin = home / "plugins" / f"resource-aws-v{aws_plugin_version()}" / AWS_PLUGIN
    return plugin if plugin.is_file() else None


def install_aws_plugin(pulumi: Path, say: Callable[[str], None]) -> Path | None:
    """Return the official AWS plugin, installed by the engine *pulumi*; None where it cannot be.

    The engine refuses a download that does not have the published checksum.
    """
    pinned = aws_plugin_version()
    say(f"downloading the official AWS plugin {pinned}")
    name = aws_plugin_archive(pinned)
    checksum = locked_checksum(name) or _aws_plugin_checksum(pinned, name)
    if checksum is None:
        # The engine itself would take whatever it is sent.
        say(f"no checksum of the AWS plugin {pinned} can be read here; it is not downloaded")
        return None
    command = [str(pulumi), "plugin", "install", "resource", "aws", pinned]
    command += ["--checksum", checksum]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=_PLUGIN_SECONDS)  # noqa: S603 - our own words
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return installed_aws_plugin()


def locked_checksum(name: str) -> str | None:
    """Return the checksum that official.lock pins for the archive *name*; None without one."""
    return _checksum(_LOCK.read_bytes(), name) if _LOCK.is_file() else None


def lock() -> str:
    """Return the text of official.lock: the published checksums of the pinned versions.

    Raises:
        OSError: when they cannot be read.
    """
    pinned = aws_plugin_version()
    texts = (
        (_fetch(f"{_RELEASES}/pulumi-{build.VERSION}-checksums.txt", _DOWNLOAD_SECONDS), "pulumi"),
        (_fetch(_aws_checksums(pinned), _DOWNLOAD_SECONDS), AWS_PLUGIN),
    )
    lines = [
        line
        for text, product in texts
        for line in text.decode().splitlines()
        if re.fullmatch(rf"[0-9a-f]{{64}} [ *]?{product}-v\S+\.tar\.gz", line)
    ]
    return _LOCK_HEADER + "".join(f"{line}\n" for line in sorted(lines, key=str.split))


def write_lock() -> Path:
    """Write official.lock and return its path.

    Raises:
        OSError: when the checksums cannot be read.
    """
    _LOCK.write_text(lock(), encoding="utf-8")
    return _LOCK


def aws_plugin_archive(pinned: str) -> str:
    """Return the name of the AWS plugin's archive for this machine."""
    return f"{AWS_PLUGIN}-v{pinned}-{_system()}-{_machine(amd64='amd64')}.tar.gz"


def _wrong_checksum(name: str) -> LunoraError:
    return LunoraError(
        "LUN502",
        f"cannot install Pulumi: {name} does not have its checksum",
        remedy="run `make setup` again; if it fails again, do not use this network",
    )


def _aws_checksums(pinned: str) -> str:
    return f"{_AWS_RELEASES}/v{pinned}/pulumi-aws_{pinned}_checksums.txt"


def _aws_plugin_checksum(pinned: str, name: str) -> str | None:
    try:
        return _checksum(_fetch(_aws_checksums(pinned), _PROBE_SECONDS), name)
    except OSError:
        return None


def _checksum(checksums: bytes, name: str) -> str | None:
    line = re.search(
        rf"^([0-9a-f]{{64}}) [ *]?{re.escape(name)}$", checksums.decode(), re.MULTILINE
    )
    return line[1] if line else None


def _system() -> str:
    return platform.system().lower()


def _machine(*, amd64: str) -> str:
    return {"x86_64": amd64, "amd64": amd64, "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )


def _fetch(url: str, seconds: float) -> bytes:
    with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310 - https, as written above
        content: bytes = response.read()
    return content
