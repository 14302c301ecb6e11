"""The HTTP API answers as docs/reference/openapi.yaml describes, and without a key."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from werkzeug.wrappers import Request, Response

from catalog import suspension
from components import api_bundle
from components.api import _TIMEOUT_SECONDS as _LIFE_SECONDS
from localaws.faults import CallFault, FaultPlan
from lunora.api import handler
from lunora.ops import lambda_function
from tests.support.http_api import Invocation, ask, environment
from tests.support.stage import TAGS, Stage, run

ROOT = Path(__file__).parents[2]
CONTRACT = yaml.safe_load((ROOT / "docs/reference/openapi.yaml").read_text(encoding="utf-8"))
OPERATIONS = [
    (method, path)
    for path, item in CONTRACT["paths"].items()
    for method in item
    if method != "parameters"
]

# What a file does is documented and always refused.
_WHERE_FILES_DECIDE: list[Any] = [positive_data_acceptance]


@pytest.fixture
def api(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Two destinations, one on air, and the function's environment."""
    stage.destination("one")
    stage.destination("two", runs=False)
    for name, value in {**environment(stage), "LAMBDA_TASK_ROOT": str(stage.folder)}.items():
        monkeypatch.setenv(name, value)
    lambda_function.stack_of_function.cache_clear()
    return stage


def content(method: str, path: str) -> Any:
    answer = ask(method, path)
    assert answer["statusCode"] in {200, 202}, answer
    return json.loads(answer["body"])


@Request.application
def application(request: Request) -> Response:
    """Serve the handler as a function URL would."""
    answer = ask(request.method, request.environ.get("REQUEST_URI", request.path).split("?")[0])
    return Response(answer["body"], answer["statusCode"], answer["headers"])


@pytest.mark.fuzz
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_documented(api: Stage, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(CONTRACT)[path][method.upper()]

    # Each operation gets its share of a profile's examples.
    @settings(max_examples=settings().max_examples // 20)
    @given(case=operation.as_strategy())
    def any_name(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(app=application, excluded_checks=_WHERE_FILES_DECIDE)

    any_name()
    of_one = {"name": "one"} if "{name}" in path else {}
    case = operation.Case(path_parameters=of_one)
    case.call_and_validate(app=application, excluded_checks=_WHERE_FILES_DECIDE)


def test_no_answer_holds_a_key(api: Stage) -> None:
    api.aws.trigger("alert", "*one")
    shown = content("GET", "/api/destinations/status")["destinations"][0]["alerts"]
    assert shown, "there is no alert whose message could hold a key"
    keys = list(api.keys.values())
    for method, path in OPERATIONS:
        answer = ask(method.upper(), path.replace("{name}", "one"))
        assert not [key for key in keys if key in json.dumps(answer)], path
        assert answer["headers"]["Cache-Control"] == "no-store"


def test_all_destinations_by_name(api: Stage) -> None:
    destinations = content("GET", "/api/destinations")["destinations"]
    assert [(destination["name"], destination["channelState"]) for destination in destinations] == [
        ("one", "RUNNING"),
        ("two", "IDLE"),
    ]


def test_the_status_is_that_of_the_command(api: Stage) -> None:
    document = content("GET", "/api/destinations/status")
    assert [destination["name"] for destination in document["destinations"]] == ["one", "two"]
    assert document["stack"] == "local"


def test_a_stream_that_should_run_and_does_not_is_failed(api: Stage) -> None:
    api.medialive.stop_channel(ChannelId=api.ids["one"])
    api.until("one", "IDLE")
    status = content("GET", "/api/destinations/one")
    assert (status["condition"], status["severity"]) == ("failed", "critical")
    assert content("GET", "/api/destinations/status")["severity"] == "critical"
    assert content("GET", "/api/destinations/two")["condition"] == "stopped"
    assert ask("GET", "/api/destinations/three")["statusCode"] == 404


def test_a_lost_output_is_critical_in_the_status(api: Stage) -> None:
    api.aws.clock.advance(600)
    assert content("GET", "/api/destinations/status")["severity"] == "ok"
    api.aws.trigger("output-lost", "*-one")
    api.aws.clock.advance(150)
    document = content("GET", "/api/destinations/status")
    destination = document["destinations"][0]
    assert (document["severity"], destination["condition"], destination["severity"]) == (
        "critical",
        "degraded",
        "critical",
    )
    assert destination["megabits_out"] == pytest.approx(0.02)


def test_a_stop_and_a_start_touch_no_other(api: Stage) -> None:
    before = len(api.aws.calls)
    stopped = content("POST", "/api/destinations/one/stop")
    assert (stopped["asked"], stopped["channelState"]) == (True, "RUNNING")
    api.until("one", "IDLE")
    content("POST", "/api/destinations/one/start")
    api.until("one", "RUNNING")
    requests = [
        call for call in api.aws.calls[before:] if call.operation.startswith(("Start", "Stop"))
    ]
    assert {call.resource for call in requests} == {api.ids["one"]}
    switched = ("StartChannel", "StopChannel", "UpdateFlowOutput")
    order = [call.operation for call in api.aws.calls[before:] if call.operation in switched]
    assert order == ["StopChannel", "UpdateFlowOutput", "UpdateFlowOutput", "StartChannel"]
    assert (api.output("one")["OutputStatus"], api.output("two")["OutputStatus"]) == (
        "ENABLED",
        "DISABLED",
    )
    assert content("POST", "/api/destinations/one/start")["asked"] is False


def test_a_channel_that_changes_is_left_alone_with_its_output(api: Stage) -> None:
    api.aws.medialive().region.channels[api.ids["two"]].enter("UPDATE_FAILED", 0.0)
    assert content("POST", "/api/destinations/two/start")["asked"] is False
    assert api.output("two")["OutputStatus"] == "DISABLED"


def test_an_output_that_cannot_be_switched_is_one_sentence(api: Stage) -> None:
    (flow,) = api.aws.regions["mediaconnect", api.stack.region].flows.values()
    flow.enter("ERROR", api.aws.clock.now())
    answer = ask("POST", "/api/destinations/two/start")
    assert answer["statusCode"] == 502
    assert json.loads(answer["body"])["error"].startswith("LUN317")
    assert api.state("two") == "IDLE"


@pytest.mark.parametrize("action", ["start", "stop"])
def test_a_destination_that_is_not_there_is_said(api: Stage, action: str) -> None:
    answer = ask("POST", f"/api/destinations/three/{action}")
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["error"].startswith("LUN450")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/destinations"),
        ("PUT", "/api/destinations/one"),
        ("DELETE", "/api/destinations/one"),
    ],
)
def test_what_a_file_does_is_refused_with_the_way_to_do_it(
    api: Stage, method: str, path: str
) -> None:
    answer = ask(method, path)
    assert answer["statusCode"] == 405
    assert "destinations/<name>.yaml" in json.loads(answer["body"])["error"]


def test_another_method_is_told_which_there_are(api: Stage) -> None:
    answer = ask("DELETE", "/api/presets")
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET")


def test_an_aws_that_does_not_answer_is_one_sentence(
    api: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Any:
        raise EndpointConnectionError(endpoint_url="https://medialive.example.org")

    monkeypatch.setattr("lunora.api.routes.overview", refuse)
    answer = ask("GET", "/api/destinations/status")
    assert answer["statusCode"] == 502
    assert json.loads(answer["body"]) == {"error": "AWS does not answer: EndpointConnectionError"}


def test_the_archive_works_with_what_lambda_has_and_nothing_else(tmp_path: Path) -> None:
    for name, path in api_bundle.own_files(ROOT).items():
        place = tmp_path / "task" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path)
    packages = ROOT / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    brought = ["annotated_types", "pydantic", "pydantic_core", "yaml", "_yaml", "tenacity"]
    brought += ["typing_extensions.py", "typing_inspection"]
    runtime = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]
    for name in brought + runtime:
        (tmp_path / "task" / name).symlink_to(packages / name)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-S", "-c", IMPORT, str(tmp_path / "task")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
import lunora.api.handler
import lunora.watchdog.handler
"""


def test_an_answer_comes_before_the_function_ends(
    api: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(handler, "respond", lambda *_: never.wait())
    event = {"rawPath": "/api/destinations", "requestContext": {"http": {"method": "GET"}}}
    answer = handler.handle(event, Invocation(milliseconds=1_500))
    never.set()
    assert answer["statusCode"] == 504
    assert "LUN459" in json.loads(answer["body"])["error"]


@pytest.mark.parametrize(("verb", "name"), [("start", "two"), ("stop", "one")])
def test_a_refusing_aws_is_told_within_the_life_of_the_function(
    api: Stage, monkeypatch: pytest.MonkeyPatch, verb: str, name: str
) -> None:
    action = f"medialive:{verb.title()}Channel"
    api.aws.load_faults(FaultPlan(calls=(CallFault(operation=action, fault="throttled"),)))
    seconds = iter(range(1000))
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    clients = lambda_function.stack_of_function().aws()
    clients.clock, clients._sleep = lambda: float(next(seconds)), lambda _: None
    answer = ask("POST", f"/api/destinations/{name}/{verb}")
    assert answer["statusCode"] == 502
    assert "LUN314" in json.loads(answer["body"])["error"]
    assert next(seconds) < _LIFE_SECONDS


def send_directly(api: Stage, name: str = "direct") -> None:
    """Make the flow output of a destination with `route: flow`."""
    output = {
        "Name": f"lunora-player-local-{name}",
        "Protocol": "rtmp-push",
        "Destination": "live.restream.io",
        "Port": 1935,
        "RtmpPushSettings": {"ApplicationName": "live", "StreamName": "made-up"},
        "OutputTags": {**TAGS, "Destination": name, "Platform": "restream"},
    }
    api.mediaconnect.add_flow_outputs(FlowArn=api.flow_arn, Outputs=[output])


def test_what_a_flow_sends_by_itself_is_a_destination_too(api: Stage) -> None:
    send_directly(api)
    api.aws.clock.advance(600)
    listed = content("GET", "/api/destinations")["destinations"]
    assert [entry["name"] for entry in listed] == ["direct", "one", "two"]
    assert {**listed[0]} == {
        "name": "direct",
        "platform": "restream",
        "route": "flow",
        "channelId": None,
        "channelState": "ENABLED",
    }
    status = content("GET", "/api/destinations/status")["destinations"][0]
    assert (status["name"], status["platform"], status["route"]) == ("direct", "restream", "flow")
    assert (status["condition"], status["flow_output"]) == ("live", "ENABLED")
    metrics = content("GET", "/api/destinations/direct/metrics")
    assert (metrics["name"], metrics["channel_id"]) == ("direct", None)
    assert metrics["metrics"]["bits_in"]
    command = json.loads(run("metrics", "direct", "--json").stdout)
    assert command["metrics"].keys() == metrics["metrics"].keys()


def test_a_stop_of_what_a_flow_sends_says_who_stopped_it(api: Stage) -> None:
    send_directly(api)
    assert content("POST", "/api/destinations/direct/stop")["asked"] is True
    arn = api.output("direct")["OutputArn"]
    stopped = suspension.read(api.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"])
    assert stopped is not None
    status = content("GET", "/api/destinations/status")["destinations"][0]
    assert (status["condition"], status["severity"]) == ("stopped", "ok")
    assert status["reason"].endswith(str(stopped))
    content("POST", "/api/destinations/direct/start")
    tags = api.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert suspension.KEY not in tags
