"""A cache entry is used only when it is whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from filelock import FileLock

from offline.pulumi_engine import cache


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "1.0"


def maker(made: list[Path]) -> Callable[[Path], None]:
    def make(draft: Path) -> None:
        made.append(draft)
        (draft / "bin").mkdir()
        (draft / "bin/tool").write_text("tool")

    return make


def test_it_is_made_once(entry: Path) -> None:
    made: list[Path] = []
    for _ in range(2):
        assert (cache.obtain(entry, maker(made)) / "bin/tool").read_text() == "tool"
    assert len(made) == 1


@pytest.mark.parametrize("damage", ["changed", "missing", "surplus", "no manifest", "bad manifest"])
def test_a_damaged_entry_is_made_again(entry: Path, damage: str) -> None:
    cache.obtain(entry, maker([]))
    match damage:
        case "changed":
            (entry / "bin/tool").write_text("to")
        case "missing":
            (entry / "bin/tool").unlink()
        case "surplus":
            (entry / "bin/other").write_text("")
        case "no manifest":
            (entry / "manifest.json").unlink()
        case "bad manifest":
            (entry / "manifest.json").write_text("{")
    assert not cache.is_whole(entry)
    made: list[Path] = []
    cache.obtain(entry, maker(made))
    assert len(made) == 1
    assert cache.is_whole(entry)


def test_a_failure_leaves_nothing_that_could_be_taken_for_an_entry(entry: Path) -> None:
    def fail(draft: Path) -> None:
        (draft / "half").write_text("")
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        cache.obtain(entry, fail)
    assert [path.name for path in entry.parent.iterdir() if path.is_dir()] == []
    made: list[Path] = []
    assert cache.is_whole(cache.obtain(entry, maker(made)))
    assert len(made) == 1


def test_what_a_damaged_entry_held_is_gone_when_it_is_made_again(entry: Path) -> None:
    cache.obtain(entry, maker([]))
    (entry / "bin/other").write_text("")
    cache.obtain(entry, maker([]))
    assert sorted(path.name for path in entry.rglob("*")) == ["bin", "manifest.json", "tool"]


def test_an_entry_is_not_there_before_it_is_whole(entry: Path) -> None:
    seen: list[bool] = []

    def look(draft: Path) -> None:
        maker([])(draft)
        seen.append(entry.exists())

    cache.obtain(entry, look)
    assert seen == [False]


def test_two_that_want_it_at_once_make_it_once(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    begun, second_came, go_on = threading.Event(), threading.Event(), threading.Event()
    real = FileLock.acquire

    def acquire(lock: FileLock, **options: Any) -> Any:
        if begun.is_set():
            second_came.set()
        return real(lock, **options)

    def slow(draft: Path) -> None:
        begun.set()
        go_on.wait(10)
        maker(made)(draft)

    monkeypatch.setattr(FileLock, "acquire", acquire)
    first = threading.Thread(target=cache.obtain, args=(entry, slow))
    second = threading.Thread(target=cache.obtain, args=(entry, maker(made)))
    first.start()
    assert begun.wait(10)
    second.start()
    came = second_came.wait(10)
    go_on.set()
    first.join()
    second.join()
    assert came
    assert len(made) == 1
    assert cache.is_whole(entry)


def test_the_cache_is_in_the_folder_of_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.root() == platformdirs.user_cache_path("lunora") / "engine"
