"""The clock, the edits and the comparison of the month."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.soak.files import Files, begin, chance, edit
from bench.soak.recorder import Recorder
from bench.soak.virtual_clock import VirtualClock
from bench.soak.world import fault_plan
from catalog.diagnostics import DestinationValidationError
from localaws.request_log import Call
from localaws.server import LOCAL_REGION


def test_time_stands_still_but_while_a_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([5.0, 6.0, 7.0])
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))
    clock = VirtualClock(1000.0, 20.0)
    assert clock.now() == 1000.0
    with clock.passing():
        assert clock.now() == 1020.0
    assert clock.now() == clock.now() == 1040.0


@pytest.mark.parametrize(
    ("service", "operation", "times"),
    [
        ("mediaconnect", "UpdateFlowOutput", [5.0]),
        ("mediaconnect", "DescribeFlow", []),
        ("scheduler", "show-enable-0929:UpdateFlowOutput", [5.0]),
        ("scheduler", "GET", []),
    ],
)
def test_outputs_are_recorded_after_calls_that_may_change_them(
    service: str, operation: str, times: list[float]
) -> None:
    aws: Any = SimpleNamespace(
        regions={("mediaconnect", LOCAL_REGION): SimpleNamespace(flows={})},
        medialive=lambda: SimpleNamespace(region=SimpleNamespace(channels={})),
    )
    recorder = Recorder(aws)
    recorder.record(Call(service, operation, "arn", 200, time=5.0))
    assert list(recorder.changes("show")) == times


def test_the_month_begins_with_one_of_each_kind(tmp_path: Path) -> None:
    specs = begin(20, chance(1)).specs(tmp_path).values()
    assert len(specs) == 20
    assert {spec.route for spec in specs} == {"channel", "flow"}
    assert {spec.redundancy for spec in specs} == {"single", "standard"}
    assert {spec.state for spec in specs} == {"running", "stopped"}
    assert {len(spec.flows) for spec in specs} == {1, 2}
    assert sum(spec.schedule is not None for spec in specs) > 3
    assert len({spec.platform for spec in specs}) > 3


def by_origin(files: Files) -> dict[str, object]:
    documents = {files.origin(name): (name, document) for name, document in files.documents.items()}
    origins = documents.keys() | files.keys.keys()
    return {origin: (documents.get(origin), files.keys.get(origin)) for origin in origins}


def test_an_edit_changes_the_file_that_it_names_and_no_other() -> None:
    rng, kinds = chance(3), set()
    for _ in range(20):
        files = begin(12, rng)
        for _ in range(50):
            before = files.copied()
            made = edit(files, rng)
            first, second = by_origin(before), by_origin(files)
            changed = {
                origin
                for origin in first.keys() | second.keys()
                if first.get(origin) != second.get(origin)
            }
            assert changed == ({made.origin} if made else set())
            kinds |= {made.kind} if made else set()
    assert len(kinds) == 19, f"not every kind of edit was made: {sorted(kinds)}"


def test_most_edits_are_of_files_that_are_right(tmp_path: Path) -> None:
    rng, right = chance(5), 0
    for _ in range(20):
        files = begin(4, rng)
        edit(files, rng)
        with contextlib.suppress(DestinationValidationError):
            right += len(files.specs(tmp_path)) > 0
    assert right > 15


def test_the_same_seed_does_the_same(tmp_path: Path) -> None:
    def after(seed: int) -> dict[str, object]:
        rng = chance(seed)
        files = begin(5, rng)
        for _ in range(20):
            edit(files, rng)
        return {**files.documents, **files.keys}

    assert after(7) == after(7)
    assert after(7) != after(8)
    assert fault_plan(chance(7)) == fault_plan(chance(7))
