"""Guards of the program refuse with a code and never with a traceback."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pytest

from catalog.arriving_source import ArrivingSource
from catalog.errors import LunoraError
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from components import guards, lookups
from components.errors import reported
from components.region_providers import RegionProviders
from components.stack_flows import StackFlow


@pytest.mark.parametrize(("text", "number"), [("", None), ("0", None), ("3", 3)])
def test_removals_are_confirmed_by_a_number(
    monkeypatch: pytest.MonkeyPatch, text: str, number: int | None
) -> None:
    monkeypatch.setenv(guards.CONFIRM_REMOVALS, text)
    assert guards.confirmed_removals() == number


@pytest.mark.parametrize("text", ["three", "-1", "1.5", "٣"])
def test_another_confirmation_of_removals_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(guards.CONFIRM_REMOVALS, text)
    with pytest.raises(LunoraError) as error:
        guards.confirmed_removals()
    assert error.value.code == "LUN209"


def fed(declared: dict[str, object], frame_rate: str, preset: str = "1080p30") -> list[str]:
    """Return the warnings about a flow whose source arrives at *frame_rate*."""
    spec = DestinationSpec.model_validate({"name": "one", "platform": "youtube", "preset": preset})
    arriving = ArrivingSource.reported(
        codec="AVC", frame_rate=frame_rate, scan_mode=None, size=(1920, 1080)
    )
    arn = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:router"
    flow = lookups.Flow(arn, "router", "203.0.113.10", "us-west-2a", (), arriving)
    region_providers = RegionProviders.__new__(RegionProviders)
    source = FlowSource.model_validate(declared)
    stack_flow = StackFlow("main", flow, source, region_providers, (spec,))
    return [str(warning) for warning in guards.source_warnings(stack_flow)]


def test_a_source_that_arrives_otherwise_is_a_warning() -> None:
    (warning,) = fed({"framesPerSecond": 30}, "25")
    assert warning.startswith("LUN221: flow main receives 25 frames/s instead of 30;")
    assert fed({"framesPerSecond": 25}, "25", "1080p25") == []


def test_a_source_without_a_declared_rate_is_converted_from_what_arrives() -> None:
    (warning,) = fed({}, "29.97")
    assert warning.startswith("LUN152: one: flow main carries 29.97 frames/s")
    assert warning.endswith("use preset 1080p29.97")
    assert fed({}, "30") == []


def test_a_missing_parameter_is_named_with_its_destination(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(**_: object) -> None:
        raise Exception("invoke of aws:ssm/getParameter:getParameter returned an error: not found")  # noqa: TRY002 - as the SDK does

    monkeypatch.setattr(aws.ssm, "get_parameter", missing)
    region_providers = RegionProviders.__new__(RegionProviders)
    region_providers.region = "us-west-2"
    region_providers.aws = None  # type: ignore[assignment]
    with pytest.raises(LunoraError) as error:
        lookups.get_parameter("show", "/media/missing", region_providers)
    assert error.value.code == "LUN208"
    assert "show" in error.value.message
    assert "/media/missing" in error.value.message


def test_an_error_of_the_plugin_keeps_its_own_code() -> None:
    error = "invocation of x returned an error: LUN100: wrong"
    assert lookups.plugin_message("LUN212", error) == "LUN100: wrong"
    assert lookups.plugin_message("LUN212", "wrong") == "LUN212: wrong"


def test_the_program_ends_without_a_traceback() -> None:
    with pytest.raises(pulumi.RunError, match=r"^LUN209: no"), reported():
        raise LunoraError("LUN209", "no")
