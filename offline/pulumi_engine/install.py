"""The folder of commands that a run has first on its PATH: official parts, else offline ones."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from catalog.errors import LunoraError
from offline.pulumi_engine import build, official

_CHECKOUT = Path(__file__).parents[2]
# Every script of this module starts with it, in this checkout and in others.
_SCRIPT_START = b"#!/bin/sh\nPYTHONPATH="
_DRAFT = ".draft"

_ENGINE_COMMANDS = ("pulumi", official.LANGUAGE_HOST, build.PYTHON_EXEC, build.DYNAMIC_HOST)


def fill(folder: Path, say: Callable[[str], None], *, official_only: bool = False) -> str:
    """Put the engine's commands and the AWS plugin into *folder*; returns their origins.

    Each command is replaced in one step, so that a run beside it always finds one.

    Raises:
        LunoraError: if there is no engine, or with *official_only* no official part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    engine, is_official = _fill_engine(folder, say)
    plugin = official.installed_aws_plugin()
    if plugin is None and is_official:
        plugin = official.install_aws_plugin(folder / "pulumi", say)
    if official_only and not (is_official and plugin):
        raise LunoraError(
            "LUN503",
            "cannot install the official Pulumi: neither installed nor downloadable here",
            remedy=f"install Pulumi {build.VERSION} and run `pulumi plugin install resource aws"
            f" {official.aws_plugin_version()}`",
        )
    if plugin is not None:
        _link(folder / official.AWS_PLUGIN, plugin)
        return f"{engine}; AWS plugin: official {official.aws_plugin_version()}"
    _write_script(folder / official.AWS_PLUGIN, "offline.aws_plugin")
    return f"{engine}; AWS plugin: offline fallback, the stand-in (serves the emulator only)"


def _fill_engine(folder: Path, say: Callable[[str], None]) -> tuple[str, bool]:
    path = path_of_others(folder)
    installed = official.installed_engine(path)
    if installed is not None:
        commands = {name: shutil.which(name, path=path) for name in _ENGINE_COMMANDS}
        _link_all(folder, {name: Path(file) for name, file in commands.items() if file})
        return f"engine: official {build.VERSION}, {installed}", True
    downloaded = official.downloaded_engine(say)
    if downloaded is not None:
        _link_all(folder, {command.name: command for command in downloaded.iterdir()})
        return f"engine: official {build.VERSION}, {downloaded / 'pulumi'}", True
    built = build.built_engine(say)
    names = ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST)
    _link_all(folder, {name: built / name for name in names}, [official.LANGUAGE_HOST])
    _write_script(
        folder / official.LANGUAGE_HOST,
        "offline.pulumi_engine.language_host",
        "--exec",
        str(built / build.PYTHON_EXEC),
    )
    return f"engine: offline fallback {build.VERSION}, {built / 'pulumi'}", False


def path_of_others(folder: Path) -> str:
    """Return PATH without *folder*, this checkout's .venv and other checkouts' offline parts."""
    ours = {folder.resolve(), (_CHECKOUT / ".venv" / "bin").resolve()}
    entries = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join(
        entry
        for entry in entries
        if Path(entry).resolve() not in ours and not _has_offline_parts(Path(entry))
    )


def _has_offline_parts(folder: Path) -> bool:
    return any(_is_script(folder / name) for name in (official.LANGUAGE_HOST, official.AWS_PLUGIN))


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(_SCRIPT_START)) == _SCRIPT_START
    except OSError:
        return False


def _link_all(folder: Path, commands: dict[str, Path], written: Collection[str] = ()) -> None:
    for name, target in commands.items():
        _link(folder / name, target)
    for old in folder.iterdir():
        if old.name not in {*commands, *written, official.AWS_PLUGIN}:
            old.unlink()


def _link(path: Path, target: Path) -> None:
    draft = path.with_name(path.name + _DRAFT)
    draft.unlink(missing_ok=True)
    draft.symlink_to(target.resolve())
    draft.replace(path)


def _write_script(path: Path, module: str, *arguments: str) -> None:
    words = shlex.join((sys.executable, "-m", module, *arguments))
    draft = path.with_name(path.name + _DRAFT)
    draft.write_text(f'{_SCRIPT_START.decode()}{shlex.quote(str(_CHECKOUT))} exec {words} "$@"\n')
    draft.chmod(0o755)
    draft.replace(path)
