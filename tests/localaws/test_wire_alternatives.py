"""Protocol layers of moto and botocore on requests that the emulator refuses (ADR 15).

A case that fails here is an improvement of a dependency: review the decision.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from botocore.validate import ParamValidator
from moto.core.parse import RestJSONParser
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.serialize import RestJSONSerializer
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict

from tests.support.in_process import MODELS
from tests.support.medialive import channel_request
from tests.support.misfits import MISFITS, wire_form

OPERATION = get_service_model("medialive").operation_model("CreateChannel")
# botocore's validator names these; all others pass it.
NAMED_BY_BOTOCORE = {
    "a fraction of a bit",
    "a list for a map",
    "a list for an object",
    "a member in another casing",
    "a failover without a second input",
    "a number for a text",
    "a number in a map of texts",
    "a text for a list",
    "a word for true or false",
    "an unknown member",
}


def request_of(case: str) -> dict[str, object]:
    request = channel_request("1")
    MISFITS[case][0](request)
    return request


@pytest.mark.parametrize("case", MISFITS)
def test_motos_parser_refuses_no_misfit(case: str) -> None:
    sent: Any = {
        "body": json.dumps(wire_form(request_of(case))).encode(),
        "headers": Headers(),
        "method": "POST",
        "url_params": {},
        "url_path": "/prod/channels",
        "values": MultiDict(),
    }
    try:
        parsed = RestJSONParser(OPERATION).parse(sent)
    except (AttributeError, ValueError, OverflowError):
        return  # It stumbles: an answer of 500.
    assert parsed, "it is taken"


@pytest.mark.parametrize("case", MISFITS)
def test_botocores_validator_names_those_of_structure_only(case: str) -> None:
    shape: Any = MODELS["medialive"].operation_model("CreateChannel").input_shape
    errors = ParamValidator().validate(copy.deepcopy(request_of(case)), shape)
    assert errors.has_errors() == (case in NAMED_BY_BOTOCORE)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/prod/channels/1/bogus", "DescribeChannel"),
        ("PUT", "/prod/channels/1/bogus", "UpdateChannel"),
        ("DELETE", "/prod/channels/1/bogus", "DeleteChannel"),
    ],
)
def test_motos_router_takes_paths_that_are_none(method: str, path: str, operation: str) -> None:
    request = Request.from_primitives(method, f"http://127.0.0.1{path}", {})
    request.environ["CONTENT_TYPE"] = "application/json"
    assert get_service_router("medialive").match(request)[0].name == operation


def test_motos_serialiser_drops_what_the_model_lacks() -> None:
    describe = get_service_model("medialive").operation_model("DescribeChannel")
    answer = RestJSONSerializer(describe).serialize({"Id": "1", "Colour": "red"})
    assert json.loads(answer["body"]) == {"id": "1"}
