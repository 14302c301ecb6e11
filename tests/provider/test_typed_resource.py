from __future__ import annotations

from typing import Any

import pytest

from provider.aws import AwsClients
from provider.flow_output import FlowOutput
from provider.push_input import PushInput
from provider.resource import UNKNOWN, Change, changed_paths, root_of
from provider.typed_resource import TypedResource

AWS = AwsClients("us-west-2")

OUTPUT = {
    "flowArn": "arn:flow",
    "name": "n",
    "protocol": "rtp",
    "destination": "198.51.100.1",
    "port": 5000,
    "description": "d",
    "tags": {"Stack": "s"},
}
INPUT = {"name": "n", "securityGroupIds": ["1"], "tags": {"Stack": "s"}}


@pytest.mark.parametrize(
    ("resource", "old", "change", "replaces"),
    [
        pytest.param(PushInput(AWS), INPUT, {"name": "m"}, False, id="input name"),
        pytest.param(PushInput(AWS), INPUT, {"securityGroupIds": ["2"]}, False, id="input group"),
        pytest.param(PushInput(AWS), INPUT, {"tags": {"Stack": "t"}}, False, id="input tags"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"flowArn": "arn:other"}, True, id="flow"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"name": "m"}, True, id="output name"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"destination": "198.51.100.2"}, False, id="ip"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"port": 5002}, False, id="port"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"protocol": "rtp-fec"}, False, id="protocol"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"description": "e"}, False, id="description"),
        pytest.param(FlowOutput(AWS), OUTPUT, {"tags": {}}, False, id="output tags"),
    ],
)
def test_the_diff_table_says_what_replaces(
    resource: TypedResource[Any],
    old: dict[str, Any],
    change: dict[str, Any],
    replaces: bool,  # noqa: FBT001
) -> None:
    difference = TypedResource.diff(resource, "id", old, old, {**old, **change})
    (path,) = difference.changes
    assert root_of(path) == next(iter(change))
    assert bool(difference.replaces) is replaces


@pytest.mark.parametrize("resource", [PushInput(AWS), FlowOutput(AWS)])
def test_equal_inputs_are_no_change(resource: TypedResource[Any]) -> None:
    inputs = INPUT if isinstance(resource, PushInput) else OUTPUT
    assert not TypedResource.diff(resource, "id", inputs, inputs, inputs).changed


def test_a_tag_change_is_named_by_its_path() -> None:
    new = {**INPUT, "tags": {"Owner": "x"}}
    difference = TypedResource.diff(PushInput(AWS), "id", INPUT, INPUT, new)
    assert difference.changes == {"tags.Owner": Change.ADD, "tags.Stack": Change.DELETE}


def test_check_fills_in_defaults() -> None:
    checked = FlowOutput(AWS).check(
        "urn", None, {"flowArn": "a", "name": "n", "destination": "198.51.100.1"}
    )
    assert checked.failures == ()
    assert (checked.inputs["port"], checked.inputs["protocol"]) == (5000, "rtp")


def test_check_lets_pass_what_a_preview_does_not_know_yet() -> None:
    checked = FlowOutput(AWS).check(
        "urn", None, {"flowArn": "a", "name": "n", "destination": UNKNOWN, "port": UNKNOWN}
    )
    assert checked.failures == ()
    assert checked.inputs["destination"] is UNKNOWN
    assert checked.inputs["protocol"] == "rtp"


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        pytest.param({"protocol": "zixi"}, "protocol", id="wrong choice"),
        pytest.param({"port": "no"}, "port", id="wrong type"),
        pytest.param({"surprise": 1}, "surprise", id="unknown property"),
        pytest.param({"name": None}, "name", id="missing"),
    ],
)
def test_check_names_the_property_that_is_wrong(change: dict[str, Any], property_: str) -> None:
    new = {key: value for key, value in {**OUTPUT, **change}.items() if value is not None}
    (failure,) = FlowOutput(AWS).check("urn", None, new).failures
    assert failure.path == property_


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {"a[1]": Change.UPDATE}),
        ({"a": [1]}, {"a": [1, 2]}, {"a[1]": Change.ADD}),
        ({"a": [1, 2]}, {"a": [2]}, {"a[0]": Change.UPDATE, "a[1]": Change.DELETE}),
        ({"a": [{"b": {"c": 1}}]}, {"a": [{"b": {"c": 2}}]}, {"a[0].b.c": Change.UPDATE}),
        ({"a": [1]}, {"a": "1"}, {"a": Change.UPDATE}),
        ({"a": []}, {}, {"a": Change.DELETE}),
        ({}, {"a": {}}, {"a": Change.ADD}),
        ({"a": [1]}, {"a": UNKNOWN}, {"a": Change.UPDATE}),
        ({"a": [1]}, {"a": [UNKNOWN]}, {"a[0]": Change.UPDATE}),
    ],
)
def test_a_change_is_named_by_the_path_of_its_value(
    old: dict[str, Any], new: dict[str, Any], changes: dict[str, Change]
) -> None:
    assert changed_paths(old, new) == changes


@pytest.mark.parametrize("path", ["a", "a.b", "a[0]", "a[0].b", "a.b[0]"])
def test_a_path_begins_with_its_property(path: str) -> None:
    assert root_of(path) == "a"
