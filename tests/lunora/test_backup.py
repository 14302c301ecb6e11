"""The content of a backup, and the traces of a failed one."""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog import import_manifest
from catalog.errors import LunoraError
from catalog.stack_files import StackFiles
from lunora.ops.backup import backup

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "destinations").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: lunora-player\n")
    (folder / "Pulumi.local.yaml").write_text("config: {}\n")
    (folder / "destinations/main-stage.yaml").write_text("platform: twitch\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.yaml").write_text("AWS_SESSION_TOKEN=made-up")
    return folder


def _to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize(
    "name", ["destinations/zz.yaml", "Pulumi.yaml", "Pulumi.local.yaml", "adopted.local.json"]
)
@pytest.mark.parametrize(
    "put",
    [_to("../outside/secret.yaml"), _to("/proc/self/environ"), _to("nowhere"), os.mkfifo, os.mkdir],
    ids=["link", "environment", "dangling", "pipe", "folder"],
)
def test_only_plain_files_enter_the_archive(
    project: Path, name: str, put: Callable[[Path], None]
) -> None:
    path = project / name
    path.unlink(missing_ok=True)
    put(path)
    with pytest.raises(LunoraError) as refused:
        backup(project, "local", "{}", project / "kept", NOW)
    assert refused.value.code in {"LUN426", "LUN204"}
    assert not (project / "kept").exists()


def test_no_folder_of_a_file_is_a_link(project: Path) -> None:
    (project / "destinations/main-stage.yaml").unlink()
    (project / "destinations").rmdir()
    (project / "destinations").symlink_to("../outside", target_is_directory=True)
    with pytest.raises(LunoraError) as refused:
        backup(project, "local", "{}", project / "kept", NOW)
    assert refused.value.code == "LUN426"


def test_a_failed_backup_leaves_no_archive(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tarfile.TarFile.addfile", full)
    with pytest.raises(OSError, match="No space"):
        backup(project, "local", "{}", project / "kept", NOW)
    assert list((project / "kept").iterdir()) == []


def test_no_reader_waits_for_a_pipe(project: Path) -> None:
    (project / "Pulumi.local.yaml").unlink()
    os.mkfifo(project / "Pulumi.local.yaml")
    os.mkfifo(project / "adopted.local.json")
    with pytest.raises(LunoraError) as refused:
        StackFiles.read(project, "local")
    assert refused.value.code == "LUN204"
    with pytest.raises(LunoraError) as refused:
        import_manifest.load(project / "adopted.local.json")
    assert refused.value.code == "LUN150"
