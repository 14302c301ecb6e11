"""Two pipelines and two inputs, compared with golden files; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from catalog import attachments, encoder, loader
from catalog.encoder import DestinationSecrets
from catalog.model import DestinationSpec
from catalog.rules.flow import one_zone, zones_fit

GOLDEN = Path(__file__).with_name("golden_redundancy")
VARIANTS: dict[str, dict[str, Any]] = {
    "standard": {"redundancy": "standard"},
    "failover": {"flow": ["main", "backup"]},
    "failover-that-sees": {
        "flow": ["main", "backup"],
        "failover": {
            "input_loss_ms": 500,
            "black_seconds": 5,
            "silence_seconds": 20,
            "recovery_seconds": 60,
        },
    },
    "standard-with-failover": {"redundancy": "standard", "flow": ["main", "backup"]},
}


def spec(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def settings(declared: DestinationSpec) -> dict[str, Any]:
    return {
        "ChannelClass": encoder.channel_class(declared),
        "Destinations": encoder.destinations(declared, DestinationSecrets("made-up")),
        "InputAttachments": attachments.input_attachments(
            {flow: f"id-{flow}" for flow in declared.flows}, declared.audio, declared.failover
        ),
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_doubled_is_what_its_golden_file_says(variant: str) -> None:
    golden = GOLDEN / f"{variant}.json"
    text = json.dumps(settings(spec(**VARIANTS[variant])), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_api_takes_it(variant: str) -> None:
    model = botocore.session.get_session().get_service_model("medialive")
    shape: Any = model.operation_model("CreateChannel").input_shape
    members = settings(spec(**VARIANTS[variant]))
    assert ParamValidator().validate(members, shape).generate_report() == ""


def test_the_second_pipeline_has_the_platforms_backup_or_the_given_one() -> None:
    first = "rtmps://a.rtmps.youtube.com:443/live2"
    assert spec().ingests == (first,)
    assert spec(redundancy="standard").ingests == (
        first,
        "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
    )
    given = spec(redundancy="standard", backup_url="rtmps://host/app")
    assert given.ingests == (first, "rtmps://host/app")


@pytest.mark.parametrize("flow", [[], ["a", "b", "c"], 3, ["main", 3], ["main", ""], {}])
def test_a_flow_is_one_name_or_two(flow: object) -> None:
    with pytest.raises(
        ValueError, match=r"must be a flow, or a list of two as in \[main, backup\]"
    ):
        spec(flow=flow)


def test_a_backup_is_another_flow() -> None:
    with pytest.raises(ValueError, match=r"\bLUN115\b"):
        spec(flow=["main", "main"])
    assert (spec().flow, spec().backup_flow) == ("main", None)
    two = spec(flow=["main", "backup"])
    assert (two.flow, two.backup_flow) == ("main", "backup")


ZONES = {"main": "us-west-2a", "backup": "us-west-2b", "beside": "us-west-2a"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, None),
        ({"redundancy": "standard"}, "LUN224"),
        ({"redundancy": "standard", "flow": ["main", "beside"]}, "LUN224"),
        ({"redundancy": "standard", "flow": ["main", "backup"]}, None),
        ({"flow": ["main", "beside"]}, None),
    ],
)
def test_two_pipelines_in_one_zone_are_warned_of(more: dict[str, Any], code: str | None) -> None:
    warning = one_zone(spec(**more), ZONES)
    assert (warning.code if warning else None) == code


@pytest.mark.parametrize(
    ("more", "flows"),
    [
        ({}, (("main",),)),
        ({"input": "mediaconnect"}, (("main",),)),
        ({"flow": ["main", "backup"]}, (("main",), ("backup",))),
        ({"flow": ["main", "backup"], "input": "mediaconnect"}, (("main",), ("backup",))),
        (
            {"flow": ["main", "backup"], "input": "mediaconnect", "redundancy": "standard"},
            (("main", "backup"),),
        ),
        ({"flow": ["main", "backup"], "redundancy": "standard"}, (("main",), ("backup",))),
    ],
)
def test_the_flows_of_each_input(more: dict[str, Any], flows: tuple[tuple[str, ...], ...]) -> None:
    assert spec(**more).input_flows == flows


@pytest.mark.parametrize(
    ("more", "second", "code"),
    [
        ({"redundancy": "standard"}, "backup", None),
        ({"redundancy": "standard"}, "beside", "LUN225"),
        ({}, "beside", None),
        ({}, "backup", "LUN225"),
        ({"input": "push"}, "backup", None),
    ],
)
def test_medialive_takes_flows_of_certain_zones(
    more: dict[str, Any], second: str, code: str | None
) -> None:
    declared = spec(**{"flow": ["main", second], "input": "mediaconnect", **more})
    error = zones_fit(declared, ZONES)
    assert (error.code if error else None) == code


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"transport": "rtp-fec"}, [("LUN139", "transport")]),
        ({"redundancy": "standard"}, [("LUN139", "input")]),
        (
            {"redundancy": "standard", "flow": ["main", "backup"], "failover": {}},
            [("LUN138", "failover")],
        ),
        ({"flow": ["main", "backup"], "failover": {}}, []),
    ],
)
def test_an_input_that_takes_flows_is_refused_what_it_cannot_be(
    more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    findings = loader.findings(spec(input="mediaconnect", **more))
    assert [(finding.code, finding.key) for finding in findings] == expected
