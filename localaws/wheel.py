"""A wheel of the emulator alone, for those who have no checkout.

It holds `localaws` and the few modules of `catalog` and `provider` that it uses. They move below
`localaws/_shared`, because a package index has other packages of these names.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from catalog.errors import LunoraError

ROOT = Path(__file__).parents[1]
SHARED = ("catalog", "provider")
_PLACE = "localaws/_shared"
_IMPORT = re.compile(rf"^(\s*)(from|import) ({'|'.join(SHARED)})\b", re.MULTILINE)
_DATA = (".yaml", ".html", ".j2", ".typed")

# Of the project's dependencies, those of the command alone stay out.
_NOT_OURS = ("grpcio", "protobuf", "pulumi", "pulumi-aws", "rich")
# What moto calls like this changes between versions, and the emulator changes moto.
_PINNED = "moto"

_SETTINGS = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "lunora-localaws"
version = "{version}"
description = "An AWS on 127.0.0.1 for MediaLive and MediaConnect; moto does the rest."
requires-python = ">=3.11"
dependencies = {dependencies}

[project.scripts]
localaws = "localaws.__main__:app"

[project.entry-points.pytest11]
localaws = "localaws.pytest_plugin"

[tool.setuptools.packages.find]
include = ["localaws*"]

[tool.setuptools.package-data]
"*" = ["*.yaml", "*.html", "*.j2"]
"""


def build(folder: Path) -> Path:
    """Build the wheel into *folder*; return its path.

    Raises:
        LunoraError: where it cannot be built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="localaws-wheel-") as stage:
        stage_into(Path(stage))
        pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check")
        options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder))
        ran = subprocess.run(  # noqa: S603 - our own words
            [*pip, *options, stage], capture_output=True, text=True, check=False
        )
    wheels = sorted(folder.glob("lunora_localaws-*.whl"), key=lambda path: path.stat().st_mtime)
    if ran.returncode or not wheels:
        cause = (ran.stderr.strip().splitlines() or ["pip made no wheel"])[-1]
        raise LunoraError(
            "LUN519",
            f"cannot build the emulator's wheel: {cause}",
            remedy="run `make setup`, which installs setuptools, in the checkout",
        )
    return wheels[-1]


def stage_into(folder: Path) -> None:
    """Write the source of the wheel into *folder*."""
    for path in sorted(_files()):
        relative = path.relative_to(ROOT)
        place = folder / (relative if relative.parts[0] == "localaws" else _PLACE / relative)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            place.write_text(_IMPORT.sub(_moved, text), encoding="utf-8")
        else:
            shutil.copy(path, place)
    (folder / _PLACE / "__init__.py").write_text('"""Modules that the emulator shares."""\n')
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # A list of JSON is one of TOML; requirements have quotes of their own.
    required = json.dumps(dependencies())
    text = _SETTINGS.format(version=project["version"], dependencies=required)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def dependencies() -> list[str]:
    """Return what the wheel requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(rf"^{_PINNED}==(\S+)", lock, re.MULTILINE)
    pinned = {_PINNED: f"{_PINNED}=={version[1]}"} if version else {}
    return sorted(pinned.get(name, name) for name in names if name not in _NOT_OURS)


def _moved(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]} {_PLACE.replace('/', '.')}.{match[3]}"


def _files() -> Iterator[Path]:
    """Yield the files of the emulator, and those of what it imports."""
    yield from (path for path in (ROOT / "localaws").rglob("*") if path.suffix in _DATA)
    yield from (ROOT / "catalog/error_codes").glob("*.yaml")
    waiting = [path for path in (ROOT / "localaws").rglob("*.py") if path != Path(__file__)]
    waiting += [ROOT / name / "__init__.py" for name in SHARED]
    known: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in known:
            known.add(path)
            waiting += _imported(path)
    yield from known


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in (node.module, *(f"{node.module}.{item.name}" for item in node.names)):
                module = ROOT.joinpath(*name.split(".")).with_suffix(".py")
                if name.partition(".")[0] in SHARED and module.exists():
                    yield module
