"""A channel shows its logo, whatever AWS does with images at a stop."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.resource import Change, CreateResult, ResourceError
from tests.provider.channels import (
    URN,
    created,
    describe,
    edited,
    inputs_of,
    interrupted,
    refuse,
    start,
    state_of,
    stop,
    writes_during,
)

Inputs = dict[str, Any]
FEATURES = {"OutputStaticImageOverlayScheduleActions": "ENABLED"}
SHOW = "BatchUpdateSchedule"


def without_logo(inputs: Inputs) -> Inputs:
    encoder = {k: v for k, v in inputs["encoderSettings"].items() if k != "FeatureActivations"}
    others = {name: value for name, value in inputs.items() if name != "logo"}
    return {**others, "encoderSettings": encoder}


def with_logo(inputs: Inputs, image: str = "a", **more: Any) -> Inputs:
    uri = f"s3ssl://logos/{image}.png"
    encoder = {**inputs["encoderSettings"], "FeatureActivations": FEATURES}
    logo = {"Image": {"Uri": uri}, "OutputNames": ["main"], **more}
    return {**inputs, "encoderSettings": encoder, "logo": logo}


@pytest.fixture
def inputs(medialive: Any) -> Inputs:
    plain = inputs_of(medialive, state="running")
    plain["encoderSettings"]["OutputGroups"][0]["Outputs"][0]["OutputName"] = "main"
    return with_logo(plain)


def on_air(embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs) -> CreateResult:
    """Create a channel, and let time pass, by which the emulator tells a later start from it."""
    made = created(aws, inputs)
    embedded.clock.advance(1)
    return made


def shown(embedded: EmbeddedAws, channel_id: str) -> list[str]:
    """Return the images on a channel by layer."""
    embedded.settle()
    schedule = embedded.medialive().region.schedules.get(channel_id)
    images = schedule.images if schedule else {}
    return [images[key]["Image"]["Uri"] for key in sorted(images, key=str)]


LOGO_A, LOGO_B = "s3ssl://logos/a.png", "s3ssl://logos/b.png"


def test_a_new_channel_shows_its_logo(
    embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
) -> None:
    made = on_air(embedded, aws, inputs)
    assert made.state["logo"] == inputs["logo"]
    assert shown(embedded, made.id) == [LOGO_A]


def test_a_stopped_channel_shows_it_once_it_is_started(
    embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
) -> None:
    made = on_air(embedded, aws, {**inputs, "state": "stopped"})
    assert shown(embedded, made.id) == []
    start(medialive, made.id)
    assert shown(embedded, made.id) == [LOGO_A]


@pytest.mark.parametrize("reading", ["gone", "kept"])
class TestEitherReading:
    @pytest.fixture(autouse=True)
    def _choose(self, embedded: EmbeddedAws, reading: str) -> None:
        embedded.readings.choose({"image-after-stop": reading})

    def test_it_is_shown_again_after_an_update_that_stops_the_channel(
        self, embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
    ) -> None:
        made = on_air(embedded, aws, inputs)
        after = edited(inputs, GopSize=1)
        calls = writes_during(
            embedded, lambda: Channel(aws).update(made.id, inputs, made.state, after)
        )
        assert calls == [*interrupted("UpdateChannel"), SHOW]
        assert shown(embedded, made.id) == [LOGO_A]

    def test_a_channel_that_somebody_stopped_shows_it_again(
        self, embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
    ) -> None:
        made = on_air(embedded, aws, inputs)
        stop(medialive, made.id)
        Channel(aws).update(made.id, inputs, made.state, inputs)
        assert shown(embedded, made.id) == [LOGO_A]

    def test_another_one_takes_its_place_without_a_stop(
        self, embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
    ) -> None:
        made, after = on_air(embedded, aws, inputs), with_logo(inputs, "b")
        diff = Channel(aws).diff(made.id, inputs, made.state, after)
        assert (set(diff.changes), diff.warning) == ({"logo.Image.Uri"}, "")
        calls = writes_during(
            embedded, lambda: Channel(aws).update(made.id, inputs, made.state, after)
        )
        assert calls == [SHOW]
        assert shown(embedded, made.id) == [LOGO_B]

    def test_one_that_is_removed_is_hidden_without_a_stop(
        self, embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
    ) -> None:
        made, after = on_air(embedded, aws, inputs), without_logo(inputs)
        diff = Channel(aws).diff(made.id, inputs, made.state, after)
        assert diff.changes["logo"] is Change.DELETE
        assert diff.warning == ""
        calls = writes_during(
            embedded, lambda: Channel(aws).update(made.id, inputs, made.state, after)
        )
        assert calls == [SHOW]
        stop(medialive, made.id)
        start(medialive, made.id)
        assert shown(embedded, made.id) == []

    def test_one_that_is_removed_from_a_stopped_channel_does_not_come_back(
        self, embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
    ) -> None:
        made = on_air(embedded, aws, inputs)
        stop(medialive, made.id)
        after = {**without_logo(inputs), "state": "stopped"}
        Channel(aws).update(made.id, inputs, made.state, after)
        start(medialive, made.id)
        assert shown(embedded, made.id) == []

    def test_one_that_is_removed_with_an_update_does_not_come_back(
        self, embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
    ) -> None:
        made, after = on_air(embedded, aws, inputs), edited(without_logo(inputs), GopSize=1)
        calls = writes_during(
            embedded, lambda: Channel(aws).update(made.id, inputs, made.state, after)
        )
        assert calls == interrupted("UpdateChannel")
        assert shown(embedded, made.id) == []

    def test_one_on_another_layer_replaces_the_former(
        self, embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
    ) -> None:
        made, after = on_air(embedded, aws, inputs), with_logo(inputs, "b", Layer=4)
        Channel(aws).update(made.id, inputs, made.state, after)
        assert shown(embedded, made.id) == [LOGO_B]


def test_the_next_update_resets_what_a_removed_logo_needed(
    embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
) -> None:
    made, removed = on_air(embedded, aws, inputs), without_logo(inputs)
    state = Channel(aws).update(made.id, inputs, made.state, removed)
    assert describe(medialive, made.id)["EncoderSettings"]["FeatureActivations"]
    diff = Channel(aws).diff(made.id, removed, state, removed)
    assert not diff.changes
    Channel(aws).update(made.id, removed, state, edited(removed, GopSize=1))
    assert "FeatureActivations" not in describe(medialive, made.id)["EncoderSettings"]
    assert shown(embedded, made.id) == []


def test_the_first_logo_of_a_channel_on_air_interrupts_it(
    embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
) -> None:
    before = without_logo(inputs)
    made = on_air(embedded, aws, before)
    diff = Channel(aws).diff(made.id, before, made.state, inputs)
    assert "encoderSettings.FeatureActivations" in diff.warning


def test_a_logo_that_aws_refuses_keeps_no_stream_from_running(
    embedded: EmbeddedAws, aws: AwsClients, medialive: Any, inputs: Inputs
) -> None:
    before = {**without_logo(inputs), "state": "stopped"}
    made = on_air(embedded, aws, before)
    refuse(aws, SHOW, 403, "not allowed")
    with pytest.raises(ResourceError):
        Channel(aws).update(made.id, before, made.state, inputs)
    assert state_of(medialive, made.id) == "RUNNING"


def test_a_lost_answer_is_made_up_for(
    embedded: EmbeddedAws, aws: AwsClients, inputs: Inputs
) -> None:
    error = {"Code": "UnprocessableEntityException", "Message": "the name is taken"}
    parsed = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 422}}
    answers = iter([(SimpleNamespace(status_code=422), parsed)])

    def answer(**_: Any) -> Any:
        return next(answers, None)

    aws.medialive.meta.events.register(f"before-call.medialive.{SHOW}", answer)
    made = on_air(embedded, aws, inputs)
    assert shown(embedded, made.id) == [LOGO_A]


@pytest.mark.parametrize(
    ("logo", "code"),
    [
        ({"Image": {"Uri": "s3ssl://logos/a.png"}, "OutputNames": ["another"]}, "LUN322"),
        ({"Image": {"Uri": "s3ssl://logos/a.png"}}, "LUN321"),
        ({"Image": {}, "OutputNames": [], "Opacity": 101}, "LUN321"),
    ],
)
def test_a_logo_is_checked_before_aws_sees_it(
    aws: AwsClients, inputs: Inputs, logo: Inputs, code: str
) -> None:
    failures = Channel(aws).check(URN, None, {**inputs, "logo": logo}).failures
    assert {failure.code for failure in failures} == {code}
