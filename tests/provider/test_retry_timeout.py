"""Duration of retries of calls that AWS refuses for now."""

from __future__ import annotations

import itertools

import pytest
from botocore.exceptions import ClientError

from provider.__main__ import Livestream
from provider.aws import DEADLINE_SECONDS, RETRY_TIMEOUT, AwsClients
from provider.layout import LAYOUT
from provider.resource import ResourceError


def asked(status: int, patience: float = DEADLINE_SECONDS) -> int:
    """Return how often a refused call is asked, where ten seconds pass between two."""
    times, clock = itertools.count(1), itertools.count(0, 10)
    last = 0

    def refuse() -> None:
        nonlocal last
        last = next(times)
        answer = {"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "AddFlowOutputs")  # type: ignore[arg-type]  # enough of an answer

    aws = AwsClients(
        "us-west-2", sleep=lambda _: None, clock=lambda: float(next(clock)), patience=patience
    )
    with pytest.raises(ResourceError, match="LUN31"):
        aws.call(refuse, action="add")
    return last


def test_a_conflict_is_asked_again_for_fifteen_minutes() -> None:
    assert asked(409) == 90


def test_a_flow_that_says_it_is_full_is_asked_again_for_a_minute() -> None:
    assert asked(420) == 6


def test_a_shorter_patience_ends_both_sooner() -> None:
    assert (asked(409, 30), asked(420, 30)) == (3, 3)


def test_the_patience_of_a_run_is_its_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RETRY_TIMEOUT, "2.5")
    assert Livestream().configure({"region": "us-west-2", "layout": LAYOUT}).resources


@pytest.mark.parametrize("said", ["", "soon", "0", "-1", "901", "nan"])
def test_a_patience_that_is_none_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv(RETRY_TIMEOUT, said)
    with pytest.raises(ResourceError, match=r"^LUN350"):
        Livestream().configure({"region": "us-west-2", "layout": LAYOUT})
