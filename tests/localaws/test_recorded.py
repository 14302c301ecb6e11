"""Answers of the emulator beside answers that AWS gave, member by member."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.in_process import Service, connect, live
from tests.support.medialive import channel_request

RECORDED = yaml.safe_load(Path(__file__).with_name("recorded.yaml").read_text(encoding="utf-8"))


def paths(answer: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all members, those of all items of a list together."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield f"{path}.{name}".lstrip(".")
            yield from paths(value, f"{path}.{name}".lstrip("."))
    elif isinstance(answer, list):
        for item in answer:
            yield from paths(item, f"{path}[]")


def channel(request: dict[str, Any], **readings: str) -> Any:
    service = live()
    service.backend.region.readings.choose(readings)
    made = service.call(
        "CreateInput",
        {"Name": "in", "Type": "URL_PULL", "Sources": [{"Url": "https://example.org/a"}]},
    )
    made = service.call("CreateChannel", filled(request, input=made["input"]["id"]))
    return service.call("DescribeChannel", {"ChannelId": made["channel"]["id"]})


def flow(request: dict[str, Any]) -> Any:
    service = connect()
    arn = service.call("CreateFlow", request)["flow"]["flowArn"]
    return service.call("DescribeFlow", {"FlowArn": arn})


def outputs(request: dict[str, Any]) -> Any:
    service: Service = connect()
    source = {"Name": "in", "WhitelistCidr": "203.0.113.0/24"}
    made = service.call("CreateFlow", {"Name": "flow", "Source": source})
    return service.call("AddFlowOutputs", filled(request, flow=made["flow"]["flowArn"]))


def running() -> tuple[Service, str]:
    """Make a running channel with thumbnails; returns its id."""
    service = live()
    source = {"Name": "in", "Type": "URL_PULL", "Sources": [{"Url": "https://example.org/a"}]}
    request = channel_request(service.call("CreateInput", source)["input"]["id"])
    request["EncoderSettings"]["ThumbnailConfiguration"] = {"State": "AUTO"}
    made = service.call("CreateChannel", request)["channel"]["id"]
    for operation in ("DescribeChannel", "StartChannel", "DescribeChannel", "DescribeChannel"):
        service.call(operation, {"ChannelId": made})
    return service, made


def schedule(request: dict[str, Any]) -> Any:
    service, made = running()
    service.call("BatchUpdateSchedule", {"ChannelId": made, "Creates": request})
    return service.call("DescribeSchedule", {"ChannelId": made})


def thumbnails(request: dict[str, Any]) -> Any:
    service, made = running()
    return service.call("DescribeThumbnails", {"ChannelId": made, **request})


def filled(request: dict[str, Any], **ids: str) -> dict[str, Any]:
    text = json.dumps(request)
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    result: dict[str, Any] = json.loads(text)
    return result


CALLS: dict[str, Callable[..., Any]] = {
    "CreateChannel": channel,
    "CreateFlow": flow,
    "AddFlowOutputs": outputs,
    "DescribeSchedule": schedule,
    "DescribeThumbnails": thumbnails,
}


@pytest.mark.parametrize("name", RECORDED)
def test_an_answer_has_the_members_of_a_recorded_one(name: str) -> None:
    entry = RECORDED[name]
    recorded = set(paths(entry["answer"]))
    shown = set(paths(CALLS[entry["operation"]](entry["request"], **entry.get("readings", {}))))
    assert sorted(recorded - shown) == []
    more = {path for path in shown - recorded if not path.startswith(tuple(entry.get("newer", [])))}
    assert sorted(more) == []
