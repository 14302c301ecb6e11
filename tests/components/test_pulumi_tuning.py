"""The SDK does no more for a resource than somebody needs."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from components import lean_outputs, pulumi_tuning


@pytest.fixture
def _process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)
    monkeypatch.setattr(rpc, "transfer_properties", rpc.transfer_properties)
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


class Engine:
    """Notes what it is sent."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def Log(self, request: Any) -> None:  # noqa: N802 - gRPC's name
        self.told.append(request.message)


@pytest.mark.usefixtures("_process_as_it_was")
@pytest.mark.parametrize("version", ["3.271.9", "3.272.1", "4.0.0"])
def test_under_another_version_of_the_sdk_nothing_is_patched_and_one_warning_says_so(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    engine = Engine()
    monkeypatch.setattr(pulumi.log, "get_engine", lambda: engine)
    monkeypatch.setattr(metadata, "version", {"pulumi": version}.__getitem__)
    before = (pulumi.log.debug, rpc.transfer_properties, gc.get_threshold())
    with pulumi_tuning.applied():
        assert len(_taken(20)) > 20
    assert (pulumi.log.debug, rpc.transfer_properties, gc.get_threshold()) == before
    (warning,) = engine.told
    assert warning == (
        f"Pulumi SDK {version}: large stacks take more time and memory, because the patches of"
        " components/pulumi_tuning.py are for 3.272.0; run `make setup` to install it"
    )


@pytest.mark.usefixtures("_process_as_it_was")
def test_under_the_version_that_is_locked_all_is_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")
    assert f"\npulumi=={pulumi_tuning.TESTED_WITH} " in lock
    engine = Engine()
    monkeypatch.setattr(pulumi.log, "get_engine", lambda: engine)
    before = (pulumi.log.debug, gc.get_threshold())
    with pulumi_tuning.applied():
        assert len(_taken(20)) < 10
    assert rpc.transfer_properties is lean_outputs.transferred
    assert pulumi.log.debug is not before[0]
    assert gc.get_threshold() != before[1]
    assert engine.told == []


@pytest.mark.usefixtures("_process_as_it_was")
def test_the_engine_is_sent_warnings_and_no_debug_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine()
    monkeypatch.setattr(pulumi.log, "get_engine", lambda: engine)
    with pulumi_tuning.applied():
        pass
    pulumi.log.debug("of the SDK")
    pulumi.log.warn("of the program")
    assert engine.told == ["of the program"]


@pytest.mark.usefixtures("_process_as_it_was")
def test_garbage_is_looked_for_among_the_youngest_only() -> None:
    with pulumi_tuning.applied():
        pass
    youngest, *older = gc.get_threshold()
    assert gc.isenabled()
    assert 0 < youngest < 100_000
    assert older == [1_000_000, 1_000_000]


def test_what_is_not_given_has_no_output() -> None:
    given: dict[str, Any] = {"name": "one", "arn": None, "threshold": 0, "tags": {}}
    options = pulumi.ResourceOptions()
    args: Any = pulumi.ResourceTransformationArgs
    result = pulumi_tuning.given_only(args(None, "type", "one", given, options))
    assert result.props == {"name": "one", "threshold": 0, "tags": {}}
    assert result.opts is options


def _taken(depth: int) -> list[str]:
    if depth:
        return _taken(depth - 1)
    return [frame.name for frame in traceback.extract_stack()]


def _raised(depth: int) -> None:
    if depth:
        _raised(depth - 1)
    raise LookupError("deep down")


def test_a_stack_is_kept_down_to_the_frames_that_are_nearest() -> None:
    with pulumi_tuning.brief_stack_traces():
        taken = _taken(20)
    assert len(taken) < 10
    assert set(taken) == {"_taken"}


def test_what_is_raised_still_shows_where_it_comes_from() -> None:
    with pytest.raises(LookupError) as raised, pulumi_tuning.brief_stack_traces():
        _raised(20)
    shown = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert shown.count("_raised") == 21


def test_afterwards_stacks_are_as_long_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with pulumi_tuning.brief_stack_traces():
        pass
    assert len(_taken(20)) > 20
    monkeypatch.setattr(sys, "tracebacklimit", 12, raising=False)
    with pulumi_tuning.brief_stack_traces():
        pass
    assert sys.tracebacklimit == 12
