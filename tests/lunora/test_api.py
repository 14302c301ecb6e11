"""The HTTP API answers as docs/reference/openapi.yaml describes, and without a key."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, settings
from PIL import Image
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from werkzeug.wrappers import Request, Response

from catalog import names, suspension
from components import function_archive
from components.api import TIMEOUT_SECONDS
from localaws.faults import CallFault, FaultPlan
from lunora.api import handler
from lunora.ops import lambda_function
from tests.support.http_api import VENDORED, Invocation, ask, content_of, send_directly
from tests.support.openapi import CONTRACT, OPERATIONS, PARAMETERS
from tests.support.stage import Stage, run

ROOT = Path(__file__).parents[2]

# What a file does is documented and always refused. Who may ask, Lambda decides before.
_NOT_OF_THE_HANDLER: list[Any] = [positive_data_acceptance, ignored_auth]


def content(method: str, path: str, body: Any = None, *, caller: str = "") -> Any:
    answer = ask(method, path, body, caller=caller)
    assert answer["statusCode"] in {200, 202}, answer
    return json.loads(answer["body"])


@Request.application
def application(request: Request) -> Response:
    """Serve the handler as a function URL would."""
    target = request.environ.get("REQUEST_URI", request.path)
    answer = ask(request.method, target, request.get_data() or None)
    return Response(content_of(answer), answer["statusCode"], answer["headers"])


@pytest.mark.fuzz
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_documented(api: Stage, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(CONTRACT)[path][method.upper()]

    # Each operation gets its share of a profile's examples.
    @settings(max_examples=settings().max_examples // 20)
    @given(case=operation.as_strategy())
    def any_name(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(app=application, excluded_checks=_NOT_OF_THE_HANDLER)

    any_name()
    of_one = {name: value for name, value in PARAMETERS.items() if f"{{{name}}}" in path}
    case = operation.Case(path_parameters=of_one)
    case.call_and_validate(app=application, excluded_checks=_NOT_OF_THE_HANDLER)


def test_no_answer_holds_a_key(api: Stage) -> None:
    api.aws.trigger("alert", "*one")
    shown = content("GET", "/api/destinations/status")["destinations"][0]["alerts"]
    assert shown, "there is no alert whose message could hold a key"
    keys = list(api.keys.values())
    for method, path in OPERATIONS:
        answer = ask(method.upper(), path.format(**PARAMETERS))
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


def test_the_status_of_one_is_as_among_all_without_asking_about_others(api: Stage) -> None:
    api.destination("three")
    api.aws.clock.advance(600)
    among_all = content("GET", "/api/destinations/status")["destinations"]
    api.aws.calls.clear()
    status = content("GET", "/api/destinations/one")
    among = next(each for each in among_all if each["name"] == "one")
    # Metrics of whole minutes are looked for from the second of each request on.
    assert {**status, "since": ""} == {**among, "since": ""}
    assert status["frames_in"] is not None
    channels = [call.resource for call in api.aws.calls if call.operation == "ListAlerts"]
    assert channels == [api.ids["one"]]


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
    assert (stopped["requested"], stopped["channelState"]) == (True, "RUNNING")
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
    assert content("POST", "/api/destinations/one/start")["requested"] is False


def test_a_channel_that_changes_is_left_alone_with_its_output(api: Stage) -> None:
    api.aws.medialive().region.channels[api.ids["two"]].enter("UPDATE_FAILED", 0.0)
    assert content("POST", "/api/destinations/two/start")["requested"] is False
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
    def refuse(*_: object, **__: object) -> Any:
        raise EndpointConnectionError(endpoint_url="https://medialive.example.org")

    monkeypatch.setattr("lunora.ops.status.overview", refuse)
    answer = ask("GET", "/api/destinations/status")
    assert answer["statusCode"] == 502
    assert json.loads(answer["body"]) == {"error": "AWS does not answer: EndpointConnectionError"}


def test_the_archive_works_with_what_lambda_has_and_nothing_else(tmp_path: Path) -> None:
    for name, path in function_archive.own_files(ROOT).items():
        place = tmp_path / "task" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path)
    packages = ROOT / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    runtime = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]
    for name in (*VENDORED, *runtime):
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
from lunora.api import routes
for function in routes.FUNCTIONS:
    assert callable(routes.imported(function))
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


def test_a_fault_of_ours_is_told_at_once(api: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "respond", lambda *_: int("no number"))
    with pytest.raises(ValueError, match="no number"):
        ask("GET", "/api/destinations")


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
    assert next(seconds) < TIMEOUT_SECONDS


def test_what_a_flow_sends_by_itself_is_a_destination_too(api: Stage) -> None:
    send_directly(api, file=False)
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
    send_directly(api, file=False)
    assert content("POST", "/api/destinations/direct/stop")["requested"] is True
    arn = api.output("direct")["OutputArn"]
    stopped = suspension.read(api.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"])
    assert stopped is not None
    status = content("GET", "/api/destinations/status")["destinations"][0]
    assert (status["condition"], status["severity"]) == ("stopped", "ok")
    assert status["reason"].endswith(str(stopped))
    content("POST", "/api/destinations/direct/start")
    tags = api.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert suspension.KEY not in tags


UNTIL = "2099-01-01T12:00:00+02:00"


def test_a_stop_notes_who_stopped_it_until_when_and_why(api: Stage) -> None:
    body = {"why": "rehearsal is over", "until": UNTIL}
    content("POST", "/api/destinations/one/stop", body, caller="alice")
    api.until("one", "IDLE")
    (summary,) = api.medialive.list_channels()["Channels"][:1]
    tags = api.medialive.list_tags_for_resource(ResourceArn=summary["Arn"])["Tags"]
    stopped = suspension.read(tags)
    assert stopped is not None
    assert (stopped.by, stopped.why) == ("alice", "rehearsal is over")
    assert stopped.until == dt.datetime(2099, 1, 1, 10, tzinfo=dt.UTC)
    status = content("GET", "/api/destinations/one")
    note = "by alice until 2099-01-01 10:00 UTC (rehearsal is over)"
    assert (status["condition"], status["severity"]) == ("stopped", "ok")
    assert status["reason"].endswith(note)


def test_a_stop_for_some_time_ends_then(api: Stage) -> None:
    before = dt.datetime.now(dt.UTC)
    content("POST", "/api/destinations/one/stop", {"for": "2h"})
    (summary,) = api.medialive.list_channels()["Channels"][:1]
    stopped = suspension.read(summary["Tags"])
    assert stopped is not None
    assert stopped.until is not None
    assert abs(stopped.until - before - dt.timedelta(hours=2)) < dt.timedelta(minutes=1)


UNUSABLE: tuple[tuple[str, Any, str], ...] = (
    ("stop", b"\xff", "LUN480"),
    ("stop", b"{", "LUN480"),
    ("stop", [], "LUN480"),
    ("stop", {"because": "no"}, "LUN480"),
    ("stop", {"why": 1}, "LUN480"),
    ("stop", {"until": "2099-01-01T12:00:00"}, "LUN480"),
    ("stop", {"until": "2020-01-01T12:00:00Z"}, "LUN481"),
    ("stop", {"until": UNTIL, "for": "2h"}, "LUN481"),
    ("stop", {"for": "soon"}, "LUN481"),
    ("stop", {"why": " "}, "LUN482"),
    ("stop", {"why": "x" * 91}, "LUN482"),
    ("stop", {"why": "two\nlines"}, "LUN482"),
    ("start", {"for": "2h"}, "LUN480"),
    ("start?why=x", None, "LUN483"),
)


def test_a_body_that_cannot_be_used_changes_nothing(api: Stage) -> None:
    before = len(api.aws.calls)
    for action, body, code in UNUSABLE:
        answer = ask("POST", f"/api/destinations/one/{action}", body)
        assert answer["statusCode"] == 400, body
        assert json.loads(answer["body"])["error"].startswith(code), body
    assert api.aws.calls[before:] == []


def test_a_start_goes_to_the_history_with_who_and_why(api: Stage) -> None:
    group = names.history_log_group(api.stack.project, api.stack.name)
    logs = api.stack.aws().client("logs")
    logs.create_log_group(logGroupName=group)
    started = content("POST", "/api/destinations/two/start", {"why": "early"}, caller="bob")
    assert (started["requested"], started["notes"]) == (True, [])
    listed = content("GET", "/api/destinations/two/history")["changes"]
    (change,) = [change for change in listed if change["source"] == "history"]
    assert (change["who"], change["what"]) == ("bob", "start requested by bob (early)")
    shown = json.loads(run("show", "two", "--json").stdout)["changes"]
    assert change in shown


def test_a_history_that_cannot_be_written_does_not_hide_the_start(api: Stage) -> None:
    fault = CallFault(operation="logs:PutLogEvents", fault="quotes")
    api.aws.load_faults(FaultPlan(calls=(fault,)))
    started = content("POST", "/api/destinations/two/start")
    assert started["requested"] is True
    assert "LUN417" in started["notes"][0]


def test_pictures_are_jpegs(api: Stage) -> None:
    send_directly(api, file=False)
    for path in (
        "/api/destinations/one/picture",
        "/api/destinations/one/picture?pipeline=0",
        "/api/destinations/direct/picture",
        "/api/mediaconnect/flow/main/picture",
    ):
        answer = ask("GET", path)
        assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True), path
        assert answer["headers"]["Content-Type"] == "image/jpeg"
        assert answer["headers"]["Last-Modified"].endswith("GMT")
        assert Image.open(io.BytesIO(content_of(answer))).format == "JPEG"


REFUSED = (
    ("/api/destinations/two/picture", 404, "LUN484"),
    ("/api/destinations/three/picture", 404, "LUN450"),
    ("/api/destinations/one/picture?pipeline=1", 400, "LUN483"),
    ("/api/destinations/one/picture?size=1", 400, "LUN483"),
    ("/api/mediaconnect/flow/other/picture", 404, "LUN485"),
    ("/api/destinations/three/history", 404, "LUN450"),
    ("/api/report?since=soon", 400, "LUN428"),
    ("/api/report?since=999d", 400, "LUN428"),
    ("/api/report?by=week", 400, "LUN483"),
    ("/api/report?actual=perhaps", 400, "LUN483"),
    ("/api/report?since=1d&since=2d", 400, "LUN483"),
    ("/api/report?until=1d", 400, "LUN483"),
    ("/api/report?name=three", 404, "LUN450"),
)


def test_what_cannot_be_answered_has_a_code(api: Stage) -> None:
    for path, status, code in REFUSED:
        answer = ask("GET", path)
        assert answer["statusCode"] == status, path
        assert json.loads(answer["body"])["error"].startswith(code), path


def test_a_refused_picture_is_an_error_of_aws(api: Stage) -> None:
    fault = CallFault(operation="medialive:DescribeThumbnails", fault="conflict")
    api.aws.load_faults(FaultPlan(calls=(fault,)))
    answer = ask("GET", "/api/destinations/one/picture")
    assert answer["statusCode"] == 502
    assert "ConflictException" in json.loads(answer["body"])["error"]


def test_the_report_is_that_of_the_command(api: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    api.aws.clock.advance(3600)
    noon = dt.datetime.now(dt.UTC)
    monkeypatch.setattr("lunora.commands.report.now", lambda: noon)
    monkeypatch.setattr(handler, "now", lambda: noon)
    for options, query in (
        (("--since", "12h", "--no-actual"), "since=12h"),
        (("--since", "40d", "--by", "month"), "since=40d&by=month&actual=true"),
        (("one", "--no-actual"), "name=one"),
    ):
        command = json.loads(run("report", *options, "--json").stdout)
        assert content("GET", f"/api/report?{query}") == command, query


def test_a_signature_in_the_address_is_no_parameter(api: Stage) -> None:
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0123"
    assert ask("GET", f"/api/destinations/one/picture?{query}")["statusCode"] == 200
