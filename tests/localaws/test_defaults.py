"""Defaults of a channel's settings: in the model, and under what a request gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from localaws.medialive import defaults
from provider import service_model
from tests.support.in_process import MODELS, live
from tests.support.medialive import channel_request

DATA = yaml.safe_load(
    Path(defaults.__file__).with_name("defaults.yaml").read_text(encoding="utf-8")
)
TREES = {"filled": DATA["filled"], **DATA["disputed"]}
MODEL = MODELS["medialive"]


def leaves(shape: Any, tree: Mapping[str, Any]) -> Iterator[tuple[Any, str, Any]]:
    """Yield (structure, member, value) of the defaults below *shape*; lists stand for items."""
    while shape.type_name == "list":
        shape = shape.member
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(shape.members[name], value)
        else:
            yield shape, name, value


@pytest.mark.parametrize("tree", TREES)
def test_a_default_is_a_value_of_the_model(tree: str) -> None:
    created = MODEL.operation_model("CreateChannel").input_shape
    values = list(leaves(created, TREES[tree]))
    assert values
    for shape, name, value in values:
        assert list(service_model.problems(shape.members[name], value, name)) == []


def test_what_is_unknown_is_of_the_model_and_has_no_default() -> None:
    created = MODEL.operation_model("CreateChannel").input_shape
    given = {
        (shape.name, name) for tree in TREES.values() for shape, name, _ in leaves(created, tree)
    }
    unknown = {(structure, name) for structure, names in DATA["unknown"].items() for name in names}
    shapes: dict[str, Any] = {structure: MODEL.shape_for(structure) for structure, _ in unknown}
    assert [entry for entry in unknown if entry[1] not in shapes[entry[0]].members] == []
    assert given & unknown == set()


GROUPS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # Kind -> (settings of the group, of its output, and what is shown of both)
    "Hls": (
        {"Destination": {"DestinationRefId": "rtmp"}, "KeepSegments": 5},
        {"HlsSettings": {"StandardHlsSettings": {"M3u8Settings": {"PmtPid": "481"}}}},
        {"KeepSegments": 5, "IndexNSegments": 10, "ClientCache": "ENABLED", "Mode": "LIVE"},
        {
            "H265PackagingType": "HVC1",
            "HlsSettings": {
                "StandardHlsSettings": {
                    "M3u8Settings": {
                        "AudioFramesPerPes": 4,
                        "AudioPids": "492-498",
                        "NielsenId3Behavior": "NO_PASSTHROUGH",
                        "PcrControl": "PCR_EVERY_PES_PACKET",
                        "PmtPid": "481",
                        "ProgramNum": 1,
                        "Scte35Behavior": "NO_PASSTHROUGH",
                        "Scte35Pid": "500",
                        "TimedMetadataBehavior": "NO_PASSTHROUGH",
                        "TimedMetadataPid": "502",
                        "VideoPid": "481",
                    }
                }
            },
        },
    ),
    "Udp": (
        {},
        {
            "Destination": {"DestinationRefId": "rtmp"},
            "ContainerSettings": {"M2tsSettings": {"VideoPid": "500"}},
        },
        {"InputLossAction": "EMIT_PROGRAM"},
        {
            "Destination": {"DestinationRefId": "rtmp"},
            "ContainerSettings": {
                "M2tsSettings": {
                    "AbsentInputAudioBehavior": "ENCODE_SILENCE",
                    "AribCaptionsPid": "507",
                    "AudioPids": "482-498",
                    "DvbSubPids": "460-479",
                    "DvbTeletextPid": "499",
                    "EtvPlatformPid": "504",
                    "EtvSignalPid": "505",
                    "KlvDataPids": "501",
                    "PmtPid": "480",
                    "Scte27Pids": "450-459",
                    "Scte35Pid": "500",
                    "TimedMetadataPid": "502",
                    "VideoPid": "500",
                }
            },
        },
    ),
    "MsSmooth": (
        {"Destination": {"DestinationRefId": "rtmp"}},
        {"NameModifier": "_1"},
        {"Destination": {"DestinationRefId": "rtmp"}},
        {"NameModifier": "_1"},
    ),
}


@pytest.mark.parametrize("kind", GROUPS)
def test_an_output_group_is_filled_in_where_the_request_gives_nothing(kind: str) -> None:
    group, output, group_shown, output_shown = GROUPS[kind]
    backend = live().backend
    source = {"Name": "in", "Type": "URL_PULL", "Sources": [{"Url": "https://example.org/a"}]}
    request = channel_request(backend.create_input(source)["Input"]["Id"])
    (asked,) = request["EncoderSettings"]["OutputGroups"]
    asked["OutputGroupSettings"] = {f"{kind}GroupSettings": group}
    asked["Outputs"][0]["OutputSettings"] = {f"{kind}OutputSettings": output}
    (made,) = backend.create_channel(request)["Channel"]["EncoderSettings"]["OutputGroups"]
    settings = made["OutputGroupSettings"][f"{kind}GroupSettings"]
    assert {name: settings[name] for name in group_shown} == group_shown
    assert made["Outputs"][0]["OutputSettings"][f"{kind}OutputSettings"] == output_shown
