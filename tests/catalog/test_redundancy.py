"""Two pipelines and two inputs, compared with golden files; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from catalog import attachments, encoder
from catalog.encoder import DestinationSecrets
from catalog.model import DestinationSpec

GOLDEN = Path(__file__).with_name("golden_redundancy")
VARIANTS: dict[str, dict[str, Any]] = {
    "standard": {"redundancy": "standard"},
    "failover": {"flow": ["main", "backup"]},
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
            {flow: f"id-{flow}" for flow in declared.flows}, declared.audio
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
    with pytest.raises(ValueError, match="LUN115"):
        spec(flow=["main", "main"])
    assert (spec().flow, spec().backup_flow) == ("main", None)
    two = spec(flow=["main", "backup"])
    assert (two.flow, two.backup_flow) == ("main", "backup")
