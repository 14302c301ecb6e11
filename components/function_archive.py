"""The archive of a function: our own files, and pinned wheels of packages that Lambda lacks.

Lambda's Python brings boto3. pydantic is compiled, so its wheel has to be Lambda's, not this
machine's; versions and hashes are those of requirements.lock.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from catalog import import_manifest
from catalog.errors import LunoraError
from catalog.stack_settings import DESTINATIONS

RUNTIME, ARCHITECTURE = "python3.13", "arm64"
VENDORED = (
    "annotated-types",
    "pydantic",
    "pydantic-core",
    "pyyaml",
    "tenacity",
    "typing-extensions",
    "typing-inspection",
)

_PLATFORMS = ("manylinux_2_28_aarch64", "manylinux2014_aarch64")
_OURS = (
    "catalog/**/*",
    "lunora/__init__.py",
    "lunora/aws_errors.py",
    "lunora/stack.py",
    "lunora/stack_report.py",
    "lunora/api/*",
    "lunora/cost/__init__.py",
    "lunora/cost/flows.py",
    "lunora/cost/measured.py",
    "lunora/ops/**/*",
    "lunora/report/*",
    "lunora/watchdog/*",
    "provider/*",
)
_SUFFIXES = frozenset({".py", ".yaml", ".json"})


def own_files(root: Path) -> dict[str, Path]:
    """Return the files of the project that the functions need, by their path in the archive."""
    paths = (path for pattern in _OURS for path in root.glob(pattern))
    files = (path for path in paths if path.suffix in _SUFFIXES)
    return dict(sorted((str(path.relative_to(root)), path) for path in files))


def destination_files(folder: Path) -> dict[str, Path]:
    """Return the destination files of *folder*, which hold no secrets, by path in the archive."""
    return {f"{DESTINATIONS}/{path.name}": path for path in sorted(folder.glob("*.yaml"))}


def import_file(root: Path, stack: str) -> dict[str, Path]:
    """Return the import file of *stack*, by its path in the archive; none without adoption."""
    path = import_manifest.path(root, stack)
    return {path.name: path} if path.is_file() else {}


def requirements(lock: str) -> str:
    """Return the part of *lock* that pins vendored packages, with its hashes.

    Raises:
        LunoraError: when a package is not pinned.
    """
    blocks = dict(_blocks(lock))
    missing = sorted(set(VENDORED) - blocks.keys())
    if missing:
        message = f"requirements.lock does not pin {', '.join(missing)}"
        raise LunoraError("LUN214", message, remedy="run `make lock`")
    return "".join(blocks[name] for name in VENDORED)


def folder(lock: Path, cache: Path) -> Path:
    """Return the folder in *cache* of the wheels that *lock* pins.

    Raises:
        LunoraError: when a package is not pinned.
    """
    pinned = requirements(lock.read_text(encoding="utf-8"))
    return cache / hashlib.sha256(f"{RUNTIME} {_PLATFORMS} {pinned}".encode()).hexdigest()[:16]


def vendored(lock: Path, cache: Path) -> dict[str, Path]:
    """Return the files of the wheels, by their path in the archive; fetched once into *cache*.

    Raises:
        LunoraError: when a wheel cannot be downloaded.
    """
    place = folder(lock, cache)
    if not place.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as unfinished:
            _install(requirements(lock.read_text(encoding="utf-8")), Path(unfinished) / "site")
            (Path(unfinished) / "site").rename(place)
    files = sorted(path for path in place.rglob("*") if path.is_file())
    within = {str(path.relative_to(place)): path for path in files}
    # pip's records of the installation differ from machine to machine.
    return {name: path for name, path in within.items() if ".dist-info/" not in name}


def _install(pinned: str, target: Path) -> None:
    listed = target.with_suffix(".txt")
    listed.write_text(pinned, encoding="utf-8")
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    options = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"]
    options += ["--only-binary=:all:", "--require-hashes", "--implementation", "cp", *platforms]
    options += ["--python-version", RUNTIME.removeprefix("python"), "--target", str(target)]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "pip", "install", *options, "-r", str(listed)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip printed nothing"])[-1]
        message = f"cannot download the wheels of functions from the package registry: {last}"
        raise LunoraError("LUN214", message)


def _blocks(lock: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"(?m)^(?=\S)", lock):
        name, pin, _ = block.partition("==")
        if pin:
            yield (
                name,
                "".join(
                    f"{line}\n" for line in block.splitlines() if not line.lstrip().startswith("#")
                ),
            )
