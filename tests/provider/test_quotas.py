"""Usage and quotas of a region."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from provider.aws import AwsClients
from provider.flow import GetFlow
from provider.quotas import GetQuotas
from provider.resource import ResourceError
from tests.support.medialive import idle_channel, push_input


def test_what_there_is_and_may_be(aws: AwsClients, client: Callable[[str], Any]) -> None:
    idle_channel(client("medialive"), "one")
    push_input(client("medialive"), "spare")
    assert GetQuotas(aws)({}) == {
        "channels": {"names": ["one"], "destinations": {}, "limit": 5},
        "pushInputs": {"names": ["one", "spare"], "destinations": {}, "limit": 5},
    }


def test_the_quota_of_uhd_channels_is_read_where_it_is_asked_for(aws: AwsClients) -> None:
    assert GetQuotas(aws)({"uhd": True})["uhdLimit"] == 1
    assert "uhdLimit" not in GetQuotas(aws)({})


def test_a_quota_that_cannot_be_read_is_unknown(
    aws: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = aws.call

    def denied(operation: Callable[[], Any], *, action: str, deadline: float = math.inf) -> Any:
        if action.startswith("read quota"):
            assert deadline < aws.clock() + 60, (
                "a run does not wait long for what it can do without"
            )
            raise ResourceError("LUN310", "access denied")
        return call(operation, action=action)

    monkeypatch.setattr(aws, "call", denied)
    assert GetQuotas(aws)({}) == {
        "channels": {"names": [], "destinations": {}},
        "pushInputs": {"names": [], "destinations": {}},
    }


def test_what_is_of_the_stack_says_of_which_destination(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    ours = {"ManagedBy": "lunora", "Project": "p", "Stack": "s"}
    idle_channel(client("medialive"), "one", Tags={**ours, "Destination": "show"})
    idle_channel(client("medialive"), "two", Tags={**ours, "Stack": "t", "Destination": "show"})
    idle_channel(client("medialive"), "three", Tags=ours)
    usage = GetQuotas(aws)({"project": "p", "stack": "s"})["channels"]
    assert usage["destinations"] == {"one": "show"}


def test_strangers_may_have_the_same_name(aws: AwsClients, client: Callable[[str], Any]) -> None:
    medialive = client("medialive")
    for number in range(2):
        idle_channel(medialive, "test", Tags={"Name": str(number)})
    assert GetQuotas(aws)({})["channels"]["names"] == ["test", "test"]


def test_of_two_flows_of_one_name_the_arn_decides(
    aws: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MediaConnect allows several flows of one name (user guide, creating a flow)."""
    monkeypatch.setattr("provider.flow.flow_arns", lambda _: {"router": ["arn:1", "arn:2"]})
    with pytest.raises(ResourceError, match=r"^LUN342"):
        GetFlow(aws)({"name": "router"})
