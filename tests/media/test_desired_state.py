"""Desired processes, derived from the state of MediaLive and MediaConnect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localaws.media import desired_state
from localaws.media.desired_state import DesiredState, Pipeline, Router
from localaws.server import EmbeddedAws
from tests.support.broadcast import Destinations


def of(embedded: EmbeddedAws) -> DesiredState:
    return desired_state.of(embedded.regions)


@pytest.fixture
def destinations(embedded: EmbeddedAws) -> Destinations:
    return Destinations(embedded.endpoint, set())


def only_router(embedded: EmbeddedAws) -> Router:
    (router,) = of(embedded).routers.values()
    return router


def only_pipeline(embedded: EmbeddedAws) -> Pipeline:
    (pipeline,) = of(embedded).pipelines.values()
    return pipeline


def test_an_active_flow_sends_from_its_egress_address_to_its_enabled_outputs(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    destinations.destination("stage", "480p30", runs=False)
    router, (output,) = only_router(embedded), only_router(embedded).outputs
    assert router.egress_ip == "203.0.113.10"
    (end,) = destinations.medialive.list_inputs()["Inputs"]
    assert output == (end["Destinations"][0]["Ip"], 5000)

    flow = destinations.mediaconnect.describe_flow(FlowArn=destinations.flow_arn)["Flow"]
    about = {"FlowArn": router.arn, "OutputArn": flow["Outputs"][0]["OutputArn"]}
    destinations.mediaconnect.update_flow_output(**about, OutputStatus="DISABLED")
    assert only_router(embedded).outputs == ()
    embedded.trigger("standby", "*")
    assert of(embedded).routers == {}


def test_a_flow_listens_for_both_sources_and_prefers_the_primary(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    assert (only_router(embedded).sources, only_router(embedded).primary) == (("srt",), None)
    destinations.second_source("backup")
    router = only_router(embedded)
    assert (router.sources, router.primary) == (("srt", "backup"), "srt")


def test_a_running_channel_listens_where_its_input_does_and_lets_in_whom_its_group_allows(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    key = destinations.destination("stage", "480p30")
    pipeline = only_pipeline(embedded)
    assert pipeline.endpoint == only_router(embedded).outputs[0]
    assert pipeline.allowed == ("203.0.113.10/32",)
    assert [push.key for push in pipeline.pushes] == [key]
    assert key not in repr(pipeline)


def test_a_channel_that_does_not_run_is_not_wanted(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    destinations.destination("stage", "480p30", runs=False)
    assert of(embedded).pipelines == {}


def without_attachments(channel: dict[str, Any]) -> None:
    channel["InputAttachments"] = []


def without_any_word_of_them(channel: dict[str, Any]) -> None:
    del channel["InputAttachments"]


@pytest.mark.parametrize("change", [without_attachments, without_any_word_of_them])
def test_a_channel_without_a_push_input_is_left_alone(
    embedded: EmbeddedAws,
    destinations: Destinations,
    change: Callable[[dict[str, Any]], None],
) -> None:
    destinations.destination("stage", "480p30")
    change(embedded.medialive().region.channels[destinations.ids["stage"]].members)
    assert of(embedded).pipelines == {}


def test_settings_that_cannot_be_encoded_are_a_problem_of_their_channel_alone(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    destinations.destination("stage", "480p30")
    members = embedded.medialive().region.channels[destinations.ids["stage"]].members
    codec = members["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]
    del codec["H264Settings"]["Bitrate"]
    assert only_pipeline(embedded).problem == (
        "the media plane encodes nothing without 'Bitrate' in the channel's settings"
    )
    codec.clear()
    assert only_pipeline(embedded).problem == "the media plane encodes video as H.264 only"
    assert only_pipeline(embedded).pushes == ()
