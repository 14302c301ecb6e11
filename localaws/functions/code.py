"""A function's archive as a folder that this machine's Python can run.

A package with compiled modules for another platform or another Python is replaced by this
machine's of the same name: an archive for Lambda's arm64 runs on any machine with its packages.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import io
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

# What Lambda's Python brings (developer guide, "Runtime-included SDK versions"), and what runs it.
_RUNTIME = (
    *("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"),
    *("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"),
)
# Of an ELF file: magic number, class and byte order; then the machine.
_HEAD = 20


def unpack(archive: bytes, folder: Path) -> list[str]:
    """Unpack *archive* into the new *folder*; returns the packages that are this machine's."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
        unpacked.extractall(folder)
    replaced = []
    for name in sorted(set(_unfit(folder))):
        if (ours := _place(name)) is not None:
            theirs = folder / name
            shutil.rmtree(theirs) if theirs.is_dir() else theirs.unlink()
            (folder / ours.name).symlink_to(ours)
            replaced.append(ours.name)
    return replaced


def link_runtime(folder: Path) -> None:
    """Fill the new *folder* with the packages of the runtime."""
    folder.mkdir(parents=True)
    for name in _RUNTIME:
        if (place := _place(name)) is not None:
            (folder / place.name).symlink_to(place)


def _unfit(folder: Path) -> Iterator[str]:
    """Yield the top-level files and folders with compiled modules that cannot be loaded here."""
    own = _head(Path(sys.executable))
    for module in folder.rglob("*.so"):
        within = module.relative_to(folder)
        if ".libs" in within.parts[0]:
            continue
        _, dot, tag = module.name.partition(".")
        is_ours = f"{dot}{tag}" in importlib.machinery.EXTENSION_SUFFIXES
        if not is_ours or _head(module) != own:
            yield within.parts[0]


def _head(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return head[:6], head[18:20]


def _place(name: str) -> Path | None:
    """Return the file or folder of this machine's top-level module *name*."""
    spec = importlib.util.find_spec(name.partition(".")[0])
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin
