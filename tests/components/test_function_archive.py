"""The archive of a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import LunoraError
from components import function_archive

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"


def test_it_holds_what_the_handler_is_made_of_and_nothing_of_the_command() -> None:
    assert "destinations/twitch-main.yaml" in function_archive.destination_files(ROOT / "examples")
    files = function_archive.own_files(ROOT)
    assert {"lunora/api/handler.py", "lunora/ops/status.py", "catalog/presets.yaml"} <= files.keys()
    assert not [name for name in files if "__pycache__" in name or "cli" in name]
    assert "lunora/render/tables.py" not in files
    assert list(files) == sorted(files)


def test_it_holds_the_import_file_of_its_stack(tmp_path: Path) -> None:
    assert function_archive.import_file(tmp_path, "prod") == {}
    file = tmp_path / "adopted.prod.json"
    file.write_text("{}")
    assert function_archive.import_file(tmp_path, "prod") == {"adopted.prod.json": file}


def test_all_that_is_vendored_is_pinned_with_hashes() -> None:
    pinned = function_archive.requirements(LOCK.read_text(encoding="utf-8"))
    named = [line.partition("==")[0] for line in pinned.splitlines() if "==" in line]
    assert named == list(function_archive.VENDORED)
    assert pinned.count("--hash=sha256:") >= len(named)
    assert "#" not in pinned


def test_what_is_not_pinned_is_said() -> None:
    with pytest.raises(LunoraError) as error:
        function_archive.requirements("boto3==1.0 \\\n    --hash=sha256:00\n")
    assert error.value.code == "LUN214"


def cached(cache: Path, files: dict[str, str]) -> None:
    (cache / "unused").mkdir(parents=True)
    folder = function_archive.folder(LOCK, cache)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_wheels_are_fetched_once_and_what_pip_notes_down_is_left_out(tmp_path: Path) -> None:
    cached(tmp_path, {"yaml/__init__.py": "", "PyYAML-6.dist-info/RECORD": "of this machine"})
    assert list(function_archive.vendored(LOCK, tmp_path)) == ["yaml/__init__.py"]


def test_wheels_that_cannot_be_had_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(LunoraError) as error:
        function_archive.vendored(LOCK, tmp_path)
    assert error.value.code == "LUN214"
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == [], "an unfinished folder would count as whole"
