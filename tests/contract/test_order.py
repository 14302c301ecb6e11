"""What the real AWS provider does to the order of pipelines, and to the order that we put right."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from localaws.standin.sets import settings_as_sent
from provider.aws import Aws
from provider.channel_state import ChannelState
from tests.contract.declarations import STANDARD, Variant, resources
from tests.contract.terraform import Terraform

pytestmark = pytest.mark.contract

# Of made-up keys, one whose hash is in the written order and one whose is not.
KEYS = ("made-up", "made-up-2", "made-up-3", "made-up-4", "made-up-5", "made-up-6")
KINDS = (
    "aws_medialive_input_security_group",
    "aws_medialive_input",
    "aws_medialive_channel",
    "aws_iam_role",
)


def declared(key: str) -> dict[str, Any]:
    """Return the channel of two pipelines and what it needs, in Terraform's words."""
    everything = resources(Variant(key=key))
    chosen = {kind: dict(everything[kind]) for kind in KINDS}
    for kind in ("aws_medialive_input", "aws_medialive_channel"):
        chosen[kind] = {STANDARD: chosen[kind][STANDARD]}
    return chosen


def written(key: str) -> list[dict[str, Any]]:
    """Return the two settings as they are declared, in our words."""
    (destination,) = declared(key)["aws_medialive_channel"][STANDARD]["destinations"]
    return [{"url": one["url"], "streamName": key} for one in destination["settings"]]


def reversed_by_hash(key: str) -> bool:
    return settings_as_sent(written(key)) != written(key)


def test_pipelines_arrive_in_the_order_of_hashes_and_may_be_put_right(
    tf: Terraform, real: EmbeddedAws
) -> None:
    keys = (
        next(key for key in KEYS if not reversed_by_hash(key)),
        next(key for key in KEYS if reversed_by_hash(key)),
    )
    aws = Aws("us-west-2", endpoint=real.endpoint)
    for key in keys:
        tf.apply(declared(key))
        (channel,) = real.medialive().region.channels.values()
        assert urls(channel.members) == [one["url"] for one in settings_as_sent(written(key))]

        ingests = [one["url"] for one in written(key)]
        state = {"channelId": channel.members["Id"], "state": "stopped", "ingests": ingests}
        ChannelState(aws).create("urn", state)
        assert urls(channel.members) == ingests
        again = tf.run("plan", "-detailed-exitcode")
        assert again.code == 0, again.text


def urls(channel: dict[str, Any]) -> list[str]:
    return [one["Url"] for one in channel["Destinations"][0]["Settings"]]
