"""A channel leaves its feed of AWS Elemental Inference with the crop that used it."""

from __future__ import annotations

from typing import Any

import pytest

from provider.aws import AwsClients
from provider.channel_resource import Channel
from tests.provider.channels import created, describe

FEED = "arn:aws:elemental-inference:us-west-2:123456789012:feed/f1a2b3c4d5e6f7g8h9j"

Inputs = dict[str, Any]


def scaled(inputs: Inputs, behavior: str) -> Inputs:
    (video,) = inputs["encoderSettings"]["VideoDescriptions"]
    descriptions = [{**video, "ScalingBehavior": behavior}]
    encoder = {**inputs["encoderSettings"], "VideoDescriptions": descriptions}
    return {**inputs, "encoderSettings": encoder}


@pytest.fixture
def smart(channel_inputs: Inputs) -> Inputs:
    return {**scaled(channel_inputs, "SMART_CROP"), "inferenceSettings": {"FeedArn": FEED}}


def test_a_feed_is_taken(aws: AwsClients, medialive: Any, smart: Inputs) -> None:
    made = created(aws, smart)
    assert describe(medialive, made.id)["InferenceSettings"] == {"FeedArn": FEED}
    assert not Channel(aws).diff(made.id, smart, made.state, smart).changes


def test_a_crop_that_is_declared_no_more_leaves_the_feed(
    aws: AwsClients, medialive: Any, smart: Inputs, channel_inputs: Inputs
) -> None:
    made, plain = created(aws, smart), scaled(channel_inputs, "DEFAULT")
    state = Channel(aws).update(made.id, smart, made.state, plain)
    assert not describe(medialive, made.id).get("InferenceSettings")
    assert not Channel(aws).diff(made.id, plain, state, plain).changes


def test_a_feed_that_somebody_else_gave_stays(
    aws: AwsClients, medialive: Any, smart: Inputs, channel_inputs: Inputs
) -> None:
    plain = scaled(channel_inputs, "DEFAULT")
    made = created(aws, plain)
    medialive.update_channel(ChannelId=made.id, InferenceSettings={"FeedArn": FEED})
    describe(medialive, made.id)
    Channel(aws).update(made.id, plain, made.state, scaled(channel_inputs, "STRETCH_TO_OUTPUT"))
    assert describe(medialive, made.id)["InferenceSettings"] == {"FeedArn": FEED}
