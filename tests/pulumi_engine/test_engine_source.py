"""Which engine is taken, and what the folder of commands then holds."""

from __future__ import annotations

import platform
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pulumi.automation
import pytest

from offline.pulumi_engine import build, cache, install


def command(folder: Path, name: str, prints: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)
    return path


def built_engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the build give the folder that this returns."""
    for name in ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST):
        command(folder, name, "v3.276.0")
    monkeypatch.setattr(build, "built_engine", lambda _: folder)
    return folder


class NothingToClose:
    def close(self) -> None:
        """Be what an answer of the installer's server is here."""


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH is one empty folder; returns that folder."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(install, "_official_engine", lambda _: None)
    return tmp_path / "path"


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("v3.276.0\n", "3.276.0"),
        ("3.277.1", "3.277.1"),
        ("v3.276.0-dev.0", "3.276.0"),
        (" v3.276.0+dirty", "3.276.0"),
        ("no version", None),
        ("warning: v3.276.0", None),
        ("v3.276", None),
        ("", None),
    ],
)
def test_the_version_that_an_engine_prints(printed: str, version: str | None) -> None:
    parsed = install.parsed_version(printed)
    assert (None if parsed is None else str(parsed)) == version


@pytest.mark.parametrize(
    ("version", "commands", "taken"),
    [
        ("v3.276.0", {"pulumi", "pulumi-language-python"}, True),
        ("v3.300.1", {"pulumi", "pulumi-language-python"}, True),
        ("v4.0.0", {"pulumi", "pulumi-language-python"}, True),
        ("v3.275.9", {"pulumi", "pulumi-language-python"}, False),
        ("v3.99.9", {"pulumi", "pulumi-language-python"}, False),
        ("who knows", {"pulumi", "pulumi-language-python"}, False),
        ("v3.276.0", {"pulumi"}, False),
        ("v3.276.0", {"pulumi-language-python"}, False),
        ("v3.276.0", set(), False),
    ],
)
def test_an_installed_engine_is_taken_when_new_and_whole(
    tmp_path: Path, version: str, commands: set[str], *, taken: bool
) -> None:
    for name in commands:
        command(tmp_path, name, version)
    expected = tmp_path / "pulumi" if taken else None
    assert install.installed_engine(str(tmp_path)) == expected


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("path", True),
        ("plugins/resource-aws-v7.1.0", True),
        ("plugins/resource-aws-v6.1.0", False),
        ("plugins/resource-aws-native-v7.1.0", False),
        ("plugins", False),
        (None, False),
    ],
)
def test_where_the_official_aws_plugin_is_found(
    tmp_path: Path, where: str | None, *, found: bool
) -> None:
    if where is not None:
        command(tmp_path / where, "pulumi-resource-aws")
    path, plugins = str(tmp_path / "path"), tmp_path / "plugins"
    assert install.has_official_aws_plugin(path, plugins) == found


def test_plugins_are_where_the_engine_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    assert install.plugins_folder() == tmp_path / "plugins"
    monkeypatch.delenv("PULUMI_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert install.plugins_folder() == tmp_path / ".pulumi/plugins"


def test_a_built_engine_comes_with_our_language_host_and_the_stand_in(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = built_engine(tmp_path / "built", monkeypatch)
    folder = tmp_path / "bin"
    command(folder, "left-from-an-earlier-setup")
    said = install.fill(folder, lambda _: None)
    assert said.endswith("AWS resources by the stand-in plugin")
    assert {path.name for path in folder.iterdir()} == {
        "pulumi",
        build.PYTHON_EXEC,
        build.DYNAMIC_HOST,
        "pulumi-language-python",
        "pulumi-resource-aws",
    }
    assert (folder / "pulumi").resolve() == made / "pulumi"


@pytest.mark.parametrize("name", ["pulumi-language-python", "pulumi-resource-aws"])
def test_the_plugins_it_writes_serve_from_anywhere(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    built_engine(tmp_path / "built", monkeypatch)
    install.fill(tmp_path / "bin", lambda _: None)
    serving = subprocess.Popen(  # noqa: S603 - our own file
        [tmp_path / "bin" / name, "127.0.0.1:1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    with serving:
        assert serving.stdout is not None
        port = serving.stdout.readline()
        serving.terminate()
    assert port.strip().isdigit()
    assert serving.returncode == 0


def test_an_engine_is_set_up_twice_in_the_same_folder(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    sentences = set()
    for _ in range(2):
        made = built_engine(tmp_path / "built", monkeypatch)
        sentences.add(install.fill(folder, lambda _: None))
        assert (made / "pulumi").read_text().startswith("#!/bin/sh")
    assert sentences == {f"engine: {made / 'pulumi'}; AWS resources by the stand-in plugin"}


def test_an_official_engine_comes_with_all_its_commands(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    official = tmp_path / "official"
    for name in ("pulumi", "pulumi-language-python", "pulumi-language-go"):
        command(official, name, "v3.276.0")
    command(tmp_path / "home/plugins/resource-aws-v7.1.0", "pulumi-resource-aws")
    monkeypatch.setattr(install, "_official_engine", lambda _: official)
    monkeypatch.delattr(build, "built_engine")
    said = install.fill(tmp_path / "bin", lambda _: None)
    assert said == f"engine: {official / 'pulumi'}; the official AWS plugin is installed"
    assert {path.name: path.resolve() for path in (tmp_path / "bin").iterdir()} == {
        path.name: path for path in official.iterdir()
    }


class TestOfficialEngine:
    @pytest.fixture
    def said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        monkeypatch.setattr(cache, "root", lambda: tmp_path / "cache")
        monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: NothingToClose())
        return []

    def test_it_is_none_without_a_way_to_the_installer(
        self, said: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise urllib.error.URLError("no route")

        monkeypatch.setattr(urllib.request, "urlopen", refuse)
        assert install._official_engine(said.append) is None
        assert said == []

    def test_it_is_installed_once(
        self, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        roots: list[str] = []

        def installed(*, root: str, version: Any) -> None:
            roots.append(root)
            command(Path(root) / "bin", "pulumi", f"v{version}")

        monkeypatch.setattr(pulumi.automation.PulumiCommand, "install", installed)
        folders = {install._official_engine(said.append) for _ in range(2)}
        assert len(roots) == 1
        (folder,) = folders
        assert folder is not None
        assert folder.is_relative_to(tmp_path / "cache")
        assert f"v{build.VERSION}" in (folder / "pulumi").read_text()

    def test_it_is_none_when_it_cannot_be_installed(
        self, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def installed(**_: object) -> None:
            raise RuntimeError("the installer failed")

        monkeypatch.setattr(pulumi.automation.PulumiCommand, "install", installed)
        assert install._official_engine(said.append) is None
        assert [path for path in (tmp_path / "cache").iterdir() if path.is_dir()] == []


def test_an_installed_engine_and_plugin_are_left_as_they_are(
    tmp_path: Path, nothing_installed: Path
) -> None:
    for name in ("pulumi", "pulumi-language-python", "pulumi-resource-aws"):
        command(nothing_installed, name, "v3.277.0")
    said = install.fill(tmp_path / "bin", lambda _: None)
    assert said.endswith("the official AWS plugin is installed")
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["pulumi"]


def test_what_an_earlier_setup_made_is_no_installed_engine(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    for name in ("pulumi", "pulumi-language-python"):
        command(folder, name, "v3.277.0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    made = built_engine(tmp_path / "built", monkeypatch)
    assert str(made) in install.fill(folder, lambda _: None)


def test_our_own_folders_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, link = tmp_path / "bin", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    ours = [folder, link, folder / "../bin", install._CHECKOUT / ".venv/bin"]
    monkeypatch.setenv("PATH", ":".join(["/usr/bin", *map(str, ours), "/bin"]))
    assert install._elsewhere(folder) == "/usr/bin:/bin"


def test_a_command_it_writes_finds_this_checkout_first(tmp_path: Path) -> None:
    install._script(tmp_path / "say", "site")
    done = subprocess.run(  # noqa: S603 - our own file
        [tmp_path / "say"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("'")[1:4:2] == [str(tmp_path), str(install._CHECKOUT)]


def test_the_commands_it_writes_can_be_run(tmp_path: Path) -> None:
    install._script(tmp_path / "say", "platform")
    done = subprocess.run([tmp_path / "say"], capture_output=True, text=True, check=True)  # noqa: S603 - our own file
    assert done.stdout.strip() == platform.platform()
