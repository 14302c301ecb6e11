"""Channels and flow outputs for the tests of the plugin."""

from __future__ import annotations

from typing import Any

import pytest

from provider.aws import AwsClients
from provider.channel_resource import Channel
from tests.provider import channels


@pytest.fixture
def channel_inputs(medialive: Any) -> dict[str, Any]:
    """The inputs of a stopped channel, on an input that is there."""
    return channels.inputs_of(medialive)


@pytest.fixture
def pushed(mediaconnect: Any) -> dict[str, Any]:
    """The inputs of a flow output that pushes RTMP."""
    return {
        "flowArn": mediaconnect.list_flows()["Flows"][0]["FlowArn"],
        "name": "one",
        "protocol": "rtmp-push",
        "destination": "live.example.org",
        "port": 443,
        "rtmpPush": {"application": "app", "streamName": "made-up", "tls": True},
        "status": "ENABLED",
        "description": "d",
        "tags": {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"},
    }


@pytest.fixture
def resource(aws: AwsClients) -> Channel:
    """The channel resource."""
    return Channel(aws)
