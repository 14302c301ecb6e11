"""Desired processes, derived from the state of MediaLive and MediaConnect."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localaws.media import desired_state
from localaws.media.desired_state import DesiredState, Pipeline, Router
from localaws.media.images import Images
from localaws.server import EmbeddedAws
from tests.support.broadcast import Destinations


def of(embedded: EmbeddedAws) -> DesiredState:
    return desired_state.of(embedded.regions, lambda _: None)


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


def test_a_pipeline_listens_at_the_input_that_its_channel_is_switched_to(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    destinations.destination("stage", "480p30", runs=False)
    second = destinations.attach("stage", "second")
    destinations.start("stage")
    first = only_pipeline(embedded)
    destinations.act(
        "stage", "over", InputSwitchSettings={"InputAttachmentNameReference": "second"}
    )
    (end, _) = destinations.medialive.describe_input(InputId=second)["Destinations"]
    assert only_pipeline(embedded).endpoint == (end["Ip"], 5000) != first.endpoint
    assert only_pipeline(embedded).pushes == first.pushes


def test_a_paused_pipeline_listens_and_pushes_nothing(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    destinations.destination("stage", "480p30")
    before = only_pipeline(embedded)
    named = [{"PipelineId": "PIPELINE_0"}]
    destinations.act("stage", "pause", PauseStateSettings={"Pipelines": named})
    assert only_pipeline(embedded).pushes == ()
    assert only_pipeline(embedded).endpoint == before.endpoint
    destinations.act("stage", "on", PauseStateSettings={})
    assert only_pipeline(embedded) == before


def test_images_of_a_schedule_are_shown_by_layer_until_they_end(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    def shown() -> list[str]:
        desired = desired_state.of(embedded.regions, lambda uri: Path(uri.rpartition("/")[2]))
        ((push,),) = (pipeline.pushes for pipeline in desired.pipelines.values())
        return [file for word, file in itertools.pairwise(push.arguments) if word == "-i"]

    def activate(name: str, **more: Any) -> None:
        image = {"Image": {"Uri": f"s3ssl://bucket/{name}"}, **more}
        destinations.act("stage", name, StaticImageActivateSettings=image)

    destinations.destination("stage", "480p30")
    assert shown() == []
    activate("b.png", Layer=1, Duration=4000, FadeOut=1000)
    activate("a.png")
    assert shown() == ["a.png", "b.png"]
    embedded.advance(5)
    assert shown() == ["a.png"]
    activate("c.png", Duration=60000)
    assert shown() == ["c.png"], "in the place of the other of its layer"
    destinations.act("stage", "off", StaticImageDeactivateSettings={"Layer": 0})
    assert shown() == []
    activate("d.png")
    destinations.stop("stage")
    destinations.start("stage")
    assert shown() == []


def test_an_image_is_read_from_the_emulators_buckets_alone(
    client: Callable[[str], Any], tmp_path: Path
) -> None:
    bucket = {"LocationConstraint": "us-west-2"}
    client("s3").create_bucket(Bucket="images", CreateBucketConfiguration=bucket)
    client("s3").put_object(Bucket="images", Key="a/b.tga", Body=b"picture")
    images = Images(tmp_path)
    file = images.file("s3ssl://images/a/b.tga")
    assert file is not None
    assert (file.read_bytes(), file.suffix, file.parent) == (b"picture", ".tga", tmp_path)
    for uri in ("s3://images/none.png", "s3://none/a.png", "https://example.org/a.png", "a.png"):
        assert images.file(uri) is None


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


def test_an_input_that_takes_a_flow_listens_within_aws_and_lets_in_the_flow_alone(
    embedded: EmbeddedAws, destinations: Destinations
) -> None:
    key = destinations.destination("stage", "480p30", runs=False)
    destinations.take_flow("stage")
    destinations.start("stage")
    pipeline = only_pipeline(embedded)
    assert pipeline.endpoint in only_router(embedded).outputs
    assert pipeline.endpoint[0].startswith("10.")
    assert pipeline.allowed == ("203.0.113.10/32",)
    assert [push.key for push in pipeline.pushes] == [key]


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
