"""Set-up takes the official engine and plugin, and names the offline fallback where it does not."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from catalog.errors import LunoraError
from offline.pulumi_engine import build, cache, install, official

ROOT = Path(__file__).parents[2]
PINNED = official.aws_plugin_version()


def test_what_pulumi_installs_is_what_is_locked() -> None:
    runtime = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["runtime"]
    # Its pip toolchain runs `pip install -r requirements.txt`, and nothing without that file
    # (pulumi/sdk 3.276, python/toolchain/pip.go).
    assert runtime["options"]["toolchain"] == "pip"
    assert (ROOT / "requirements.txt").read_text() == "-r requirements.lock\n"


def write_command(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def write_engine(folder: Path, version: str = build.VERSION) -> None:
    """Write an engine that installs a plugin as the official one does."""
    plugin = f"$PULUMI_HOME/plugins/resource-aws-v{PINNED}"
    write_command(
        folder / "pulumi",
        f'case $1 in version) echo v{version};; plugin) test -n "$CAN_DOWNLOAD" || exit 1;'
        f' mkdir -p {plugin}; echo "$@" > {plugin}/{official.AWS_PLUGIN};; esac',
    )
    write_command(folder / official.LANGUAGE_HOST, "true")


def write_offline_parts(folder: Path) -> None:
    """Write the commands of another checkout whose set-up took the fallback."""
    folder.mkdir(parents=True)
    write_engine(folder)
    for name, module in (
        (official.LANGUAGE_HOST, "offline.pulumi_engine.language_host"),
        (official.AWS_PLUGIN, "offline.aws_plugin"),
    ):
        install._write_script(folder / name, module)


class Machine:
    """A machine without network, with a PATH, a home of Pulumi and a built engine."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands = folder / "checkout" / ".local" / "bin"
        self.path = folder / "path"
        self.pulumi_home = folder / "pulumi-home"
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("PULUMI_HOME", str(self.pulumi_home))
        monkeypatch.delenv("CAN_DOWNLOAD", raising=False)
        monkeypatch.setattr(cache, "root", lambda: folder / "cache")
        self.set_path(self.path)
        self.serve({})
        built = folder / "built"
        for name in ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST):
            write_command(built / name, "true")
        monkeypatch.setattr(build, "built_engine", lambda _: built)

    def set_path(self, *folders: Path) -> None:
        path = ":".join(map(str, (*folders, "/usr/bin", "/bin")))
        self._monkeypatch.setenv("PATH", path)

    def serve(self, files: Mapping[str, bytes]) -> None:
        """Let these files be downloadable, by their names."""

        def fetch(url: str, seconds: float) -> bytes:
            try:
                return files[url.rpartition("/")[2]]
            except KeyError:
                raise OSError(url) from None

        self._monkeypatch.setattr(official, "_fetch", fetch)

    def install_plugin(self, version: str = PINNED) -> None:
        plugin = self.pulumi_home / "plugins" / f"resource-aws-v{version}" / official.AWS_PLUGIN
        write_command(plugin, "true")

    def set_up(self, *, official_only: bool = False) -> str:
        return install.fill(self.commands, lambda _: None, official_only=official_only)

    def origin(self, name: str) -> str:
        command = self.commands / name
        return "offline" if install._is_script(command) else str(command.resolve())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_an_installed_official_engine_and_plugin_are_taken(machine: Machine) -> None:
    write_engine(machine.path)
    machine.install_plugin()
    assert "offline" not in machine.set_up(official_only=True)
    assert machine.origin("pulumi") == str(machine.path / "pulumi")
    assert machine.origin(official.LANGUAGE_HOST) == str(machine.path / official.LANGUAGE_HOST)
    assert machine.origin(official.AWS_PLUGIN).startswith(str(machine.pulumi_home))


@pytest.mark.parametrize("version", ["3.1.0", "3.999.0", f"{build.VERSION}-dev"])
def test_an_engine_of_another_version_is_not_taken(machine: Machine, version: str) -> None:
    write_engine(machine.path, version)
    assert "engine: offline fallback" in machine.set_up()
    assert machine.origin(official.LANGUAGE_HOST) == "offline"


def test_a_plugin_of_another_version_is_not_taken(machine: Machine) -> None:
    write_engine(machine.path)
    machine.install_plugin("7.0.0")
    assert "AWS plugin: offline fallback" in machine.set_up()
    assert machine.origin(official.AWS_PLUGIN) == "offline"


def test_the_offline_parts_of_another_checkout_are_never_official(
    machine: Machine, tmp_path: Path
) -> None:
    other = tmp_path / "other" / ".local" / "bin"
    write_offline_parts(other)
    machine.set_path(other, machine.path)
    origins = machine.set_up()
    assert "official" not in origins
    assert origins.count("offline fallback") == 2
    with pytest.raises(LunoraError) as refused:
        machine.set_up(official_only=True)
    assert refused.value.code == "LUN503"


def test_an_official_engine_behind_another_checkout_is_taken(
    machine: Machine, tmp_path: Path
) -> None:
    other = tmp_path / "other" / ".local" / "bin"
    write_offline_parts(other)
    write_engine(machine.path)
    machine.install_plugin()
    machine.set_path(other, machine.path)
    assert "offline" not in machine.set_up(official_only=True)
    assert machine.origin(official.LANGUAGE_HOST) == str(machine.path / official.LANGUAGE_HOST)


def engine_archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        for name in ("pulumi", official.LANGUAGE_HOST):
            content = b"#!/bin/sh\nexit 1\n"
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size, member.mode = len(content), 0o755
            files.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def archive_name() -> str:
    system, machine = official._system(), official._machine(amd64="x64")
    return f"pulumi-v{build.VERSION}-{system}-{machine}.tar.gz"


def served_engine(checksum: str) -> dict[str, bytes]:
    return {
        f"pulumi-{build.VERSION}-checksums.txt": f"{checksum}  {archive_name()}\n".encode(),
        archive_name(): engine_archive(),
    }


def test_a_download_with_its_published_checksum_is_taken(machine: Machine) -> None:
    machine.serve(served_engine(hashlib.sha256(engine_archive()).hexdigest()))
    assert "engine: official" in machine.set_up()
    assert machine.origin("pulumi").endswith(f"{build.VERSION}-official/pulumi/pulumi")
    machine.serve({})
    assert "engine: official" in machine.set_up()


def test_a_download_with_another_checksum_is_refused(machine: Machine) -> None:
    machine.serve(served_engine("0" * 64))
    with pytest.raises(LunoraError) as refused:
        machine.set_up()
    assert refused.value.code == "LUN502"


def test_an_engine_that_differs_from_the_locked_checksum_is_refused(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The publisher's own list agrees with the archive: it may have been exchanged with it.
    machine.serve(served_engine(hashlib.sha256(engine_archive()).hexdigest()))
    lock(tmp_path, monkeypatch, f"{'0' * 64}  {archive_name()}\n")
    with pytest.raises(LunoraError) as refused:
        machine.set_up()
    assert refused.value.code == "LUN502"


def lock(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = folder / "official.lock"
    path.write_text(text)
    monkeypatch.setattr(official, "_LOCK", path)


@pytest.mark.parametrize("origin", ["published", "locked"])
def test_the_plugin_is_downloaded_by_checksum(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    write_engine(machine.path)
    monkeypatch.setenv("CAN_DOWNLOAD", "yes")
    checksums = f"{'a' * 64}  {official.aws_plugin_archive(PINNED)}\n"
    if origin == "locked":
        lock(tmp_path, monkeypatch, checksums)
        checksums = checksums.replace("a", "b")
    machine.serve({f"pulumi-aws_{PINNED}_checksums.txt": checksums.encode()})
    assert "offline" not in machine.set_up(official_only=True)
    arguments = (machine.commands / official.AWS_PLUGIN).read_text().split()
    assert arguments[:5] == ["plugin", "install", "resource", "aws", PINNED]
    assert arguments[5:] == ["--checksum", "a" * 64]


def test_a_plugin_without_any_checksum_is_not_downloaded(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_engine(machine.path)
    monkeypatch.setenv("CAN_DOWNLOAD", "yes")
    with pytest.raises(LunoraError) as refused:
        machine.set_up(official_only=True)
    assert refused.value.code == "LUN503"


def test_the_lock_has_the_archives_of_all_systems(machine: Machine) -> None:
    engine = f"{'a' * 64}  pulumi-v{build.VERSION}-linux-x64.tar.gz\n"
    windows = f"{'b' * 64}  pulumi-v{build.VERSION}-windows-x64.zip\n"
    plugin = f"{'c' * 64}  {official.AWS_PLUGIN}-v{PINNED}-darwin-arm64.tar.gz\n"
    machine.serve(
        {
            f"pulumi-{build.VERSION}-checksums.txt": (engine + windows).encode(),
            f"pulumi-aws_{PINNED}_checksums.txt": plugin.encode(),
        }
    )
    assert official.lock().splitlines()[1:] == [engine.strip(), plugin.strip()]


def test_commands_of_an_earlier_set_up_go_and_are_never_missing(machine: Machine) -> None:
    machine.set_up()
    write_engine(machine.path)
    machine.set_up()
    assert {path.name for path in machine.commands.iterdir()} == {
        "pulumi",
        official.LANGUAGE_HOST,
        official.AWS_PLUGIN,
    }


def test_a_script_runs_from_a_checkout_with_an_apostrophe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "it's here"
    write_command(checkout / "said.py", "").write_text("print('runs')")
    monkeypatch.setattr(install, "_CHECKOUT", checkout)
    install._write_script(tmp_path / "script", "said")
    done = subprocess.run([tmp_path / "script"], capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    assert done.stdout == "runs\n"


@pytest.mark.parametrize("name", [official.LANGUAGE_HOST, official.AWS_PLUGIN])
def test_the_offline_parts_serve_from_anywhere(machine: Machine, tmp_path: Path, name: str) -> None:
    machine.set_up()
    command = [str(machine.commands / name), "127.0.0.1:1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as serving:  # noqa: S603 - our own file
        assert serving.stdout is not None
        port = serving.stdout.readline()
        serving.terminate()
    assert port.strip().isdigit()
    assert serving.returncode == 0


@pytest.mark.parametrize("missing", ["pulumi", official.LANGUAGE_HOST])
def test_half_an_engine_is_not_taken(machine: Machine, missing: str) -> None:
    write_engine(machine.path)
    (machine.path / missing).unlink()
    assert "engine: offline fallback" in machine.set_up()


def test_a_set_up_does_not_take_its_own_commands(machine: Machine) -> None:
    write_engine(machine.commands)
    machine.set_path(machine.commands)
    assert "engine: offline fallback" in machine.set_up()


def test_our_own_folders_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, link = tmp_path / "bin", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    ours = [folder, link, folder / "../bin", install._CHECKOUT / ".venv/bin"]
    monkeypatch.setenv("PATH", ":".join(["/usr/bin", *map(str, ours), "/bin"]))
    assert install.path_of_others(folder) == "/usr/bin:/bin"


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("")
    words = [sys.executable, "-m", "offline.pulumi_engine", "--bin", str(tmp_path / ".local/bin")]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert ended.returncode == 1
    assert ended.stderr.startswith("LUN504: ")
