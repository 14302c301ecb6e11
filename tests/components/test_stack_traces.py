"""The engine is sent no more of a stack than tells a resource's place."""

from __future__ import annotations

import sys
import traceback

import pytest

from components import stack_traces


def _taken(depth: int) -> list[str]:
    if depth:
        return _taken(depth - 1)
    return [frame.name for frame in traceback.extract_stack()]


def _raised(depth: int) -> None:
    if depth:
        _raised(depth - 1)
    raise LookupError("deep down")


def test_a_stack_is_kept_down_to_the_frames_that_are_nearest() -> None:
    with stack_traces.brief():
        taken = _taken(20)
    assert len(taken) < 10
    assert set(taken) == {"_taken"}


def test_what_is_raised_still_shows_where_it_comes_from() -> None:
    with pytest.raises(LookupError) as raised, stack_traces.brief():
        _raised(20)
    shown = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert shown.count("_raised") == 21


def test_afterwards_stacks_are_as_long_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with stack_traces.brief():
        pass
    assert len(_taken(20)) > 20
    monkeypatch.setattr(sys, "tracebacklimit", 12, raising=False)
    with stack_traces.brief():
        pass
    assert sys.tracebacklimit == 12
