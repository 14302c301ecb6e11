"""Two days of three destinations: a small month, from its first `up` to its comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.soak.availability import EDIT
from bench.soak.simulation import Month, simulate

pytestmark = pytest.mark.e2e

SMALL = Month(
    seed=4, days=2, destinations=3, edits=1, mishaps=2, meddling=0.5, operating=0, speed=60
)


def test_streams_live_through_edits_faults_and_people_and_everything_agrees(
    tmp_path: Path,
) -> None:
    found = simulate(SMALL, tmp_path, lambda _: None)
    assert found.touched == ()
    assert found.disagreements == ()
    assert found.complaints == ()
    assert found.account.availability >= 0.999
    kinds = {what.partition(":")[0] for what in found.counts}
    assert {"edit", "mishap", "by hand", "repair"} <= kinds, "too little happened"
    assert found.account.seconds[EDIT] > 0, "no edit interrupted its own stream"
    assert found.account.on < 1
