"""Lambda functions run: invocations, their errors, logs, metrics and retries."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import json
import re
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.functions import (
    SOURCE,
    Connect,
    archive,
    function,
    invoked,
    trusted_role,
)

GROUP = "/aws/lambda/worker"


def lines(client: Connect) -> list[str]:
    events = client("logs").filter_log_events(logGroupName=GROUP)["events"]
    return [event["message"] for event in events]


def metric(client: Connect, name: str, statistic: str = "Sum") -> list[float]:
    now = dt.datetime.now(dt.UTC)
    points = client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": "FunctionName", "Value": "worker"}],
        StartTime=now - dt.timedelta(hours=1),
        EndTime=now + dt.timedelta(minutes=1),
        Period=3600 * 2,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in points]


def test_a_function_runs_in_one_warm_process_until_its_code_changes(
    embedded: EmbeddedAws, client: Connect
) -> None:
    function(client)
    answer = client("lambda").invoke(FunctionName="worker", Payload=b'{"a": 1}', LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    first = json.loads(answer["Payload"].read())
    assert first["event"] == {"a": 1}
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert "initialized\n" in tail
    report = re.search(
        r"REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms"
        r"\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\n$",
        tail,
    )
    assert report, tail

    assert invoked(client)["process"] == first["process"]
    [start] = [line for line in lines(client) if line.startswith("INIT_START")]
    assert start
    assert [line.split()[0] for line in lines(client)[-4:]] == ["START", "handles", "END", "REPORT"]

    changed = SOURCE.replace('"process": os.getpid()', '"changed": True')
    client("lambda").update_function_code(
        FunctionName="worker", ZipFile=archive({"app.py": changed})
    )
    assert invoked(client, [1]) == {"event": [1], "changed": True}
    [group] = client("logs").describe_log_groups()["logGroups"]
    assert group["logGroupName"] == GROUP
    streams = client("logs").describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert [stream["logStreamName"][:20] for stream in streams] == ["2026/03/02/[$LATEST]"] * 2
    assert (metric(client, "Invocations"), metric(client, "Errors")) == ([3.0], [0.0])
    assert metric(client, "Duration", "SampleCount") == [3.0]
    listed = client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    assert {item["MetricName"] for item in listed} == {"Invocations", "Errors", "Duration"}
    assert [str(call) for call in embedded.calls if call.operation == "Invoke"] == [
        "lambda Invoke worker 200"
    ] * 3


SURROUNDINGS = """
import os
import boto3


def handle(event, context):
    left = context.get_remaining_time_in_millis()
    boto3.client("iam").create_user(UserName="made-by-the-function")
    return {
        "variables": dict(os.environ),
        "who": boto3.client("sts").get_caller_identity()["Arn"],
        "left": left,
        "arn": context.invoked_function_arn,
        "here": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"],
        "custom": context.client_context.custom,
    }
"""


def test_a_function_has_the_surroundings_of_lambda(embedded: EmbeddedAws, client: Connect) -> None:
    arn = function(client, SURROUNDINGS, Environment={"Variables": {"MODE": "quick"}}, Timeout=29)
    context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    told = invoked(client, ClientContext=context)
    variables = told["variables"]
    assert variables["MODE"] == "quick"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "worker"
    assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["AWS_LAMBDA_LOG_GROUP_NAME"] == GROUP
    assert variables["AWS_REGION"] == "us-west-2"
    assert told["who"] == "arn:aws:sts::123456789012:assumed-role/worker/worker"
    assert 20000 < told["left"] <= 29000
    assert (told["arn"], told["here"], told["custom"]) == (arn, True, {"a": "b"})
    [user] = client("iam").list_users()["Users"]
    assert user["UserName"] == "made-by-the-function"


FAILING = """
import os
import time


def handle(event, context):
    how = event["how"]
    if how == "raises":
        raise ValueError("made up")
    if how == "raves":
        raise ValueError("made up" * 10000)
    if how == "exits":
        os._exit(3)
    if how == "hangs":
        time.sleep(60)
    if how == "eats":
        eaten = b"x" * 500 * 1024 * 1024
        time.sleep(60)
    if how == "talks":
        return "x" * 7000000
"""


def test_errors_have_the_forms_of_lambda(client: Connect) -> None:
    function(client, FAILING, Timeout=60)

    def failed(how: str) -> dict[str, Any]:
        payload = json.dumps({"how": how})
        answer = client("lambda").invoke(FunctionName="worker", Payload=payload)
        assert answer["FunctionError"] == "Unhandled"
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        kind, message = document["errorType"], document["errorMessage"]
        return {kind: re.sub(r"RequestId: [0-9a-f-]{36}", "RequestId: -", message)}

    exited = "RequestId: - Error: Runtime exited with error:"
    timed_out = "RequestId: - Error: Task timed out after 1.00 seconds"
    assert failed("raises") == {"ValueError": "made up"}
    [error] = [line for line in lines(client) if line.startswith("[ERROR]")]
    traceback = "Traceback (most recent call last):\n  File "
    assert error.startswith(f"[ERROR] ValueError: made up\n{traceback}")
    # More than http.client takes in a line.
    assert failed("raves") == {"ValueError": "made up" * 10000}
    assert failed("talks").keys() == {"Function.ResponseSizeTooLarge"}
    assert failed("exits") == {"Runtime.ExitError": f"{exited} exit status 3"}
    assert failed("eats") == {"Runtime.OutOfMemory": f"{exited} signal: killed"}
    assert lines(client)[-1].endswith("\tStatus: error\tError Type: Runtime.OutOfMemory\n")
    client("lambda").update_function_configuration(FunctionName="worker", Timeout=1)
    assert failed("hangs") == {"Sandbox.Timedout": timed_out}
    assert lines(client)[-1].endswith("\tStatus: timeout\n")
    assert (metric(client, "Invocations"), metric(client, "Errors")) == ([6.0], [6.0])


def test_no_function_runs_above_the_quota_of_the_account() -> None:
    with EmbeddedAws(quotas=Quotas(concurrent_executions=0)) as aws:
        client = functools.partial(connect, aws.endpoint)
        function(client)
        with pytest.raises(ClientError) as refused:
            client("lambda").invoke(FunctionName="worker")
    answer: Any = refused.value.response
    assert answer["Reason"] == "ConcurrentInvocationLimitExceeded"


def test_a_function_that_cannot_begin_says_why(client: Connect) -> None:
    # Only what Lambda's Python brings is there: pydantic belongs to the emulator.
    function(client, "import pydantic")
    error = invoked(client)
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert error["errorMessage"] == "Unable to import module 'app': No module named 'pydantic'"


def test_a_package_for_another_platform_is_replaced_by_this_machines(client: Connect) -> None:
    source = "import yaml\n\n\ndef handle(event, context):\n    return yaml.safe_load('a: [1]')\n"
    files: dict[str, str | bytes] = {
        "app.py": source,
        "yaml/__init__.py": "raise ImportError('of another platform')",
        "yaml/_yaml.cpython-313-aarch64-linux-gnu.so": b"\x7fELF",
    }
    function(client, Code={"ZipFile": archive(files)})
    assert invoked(client) == {"a": [1]}
    assert any("yaml of the archive is for another platform" in line for line in lines(client))


@pytest.mark.parametrize(
    ("settings", "event", "code", "status"),
    [
        ({"Runtime": "nodejs22.x"}, b"{}", "NotImplementedException", 501),
        ({}, b"{", "InvalidRequestContentException", 400),
        ({"FunctionName": "other"}, b"{}", "ResourceNotFoundException", 404),
        ({}, b'"' + b"x" * 6291456 + b'"', "RequestTooLargeException", 413),
    ],
)
def test_what_cannot_run_is_refused(
    client: Connect, settings: dict[str, str], event: bytes, code: str, status: int
) -> None:
    function(client, **settings)
    for kind in ("RequestResponse", "Event"):
        with pytest.raises(ClientError) as caught:
            client("lambda").invoke(FunctionName="worker", Payload=event, InvocationType=kind)
        answer: Any = caught.value.response
        assert answer["Error"]["Code"] == code
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_role_that_lambda_cannot_assume_is_refused(client: Connect) -> None:
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        function(client, Role=trusted_role(client, "player", "medialive"))


def test_a_dry_run_does_nothing(client: Connect) -> None:
    function(client)
    answer = client("lambda").invoke(FunctionName="worker", InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert metric(client, "Invocations") == []


def test_more_than_the_reserved_executions_are_throttled(client: Connect) -> None:
    # It ends when it is told, so that two run at the same time for sure.
    waiting = """
import boto3
import time


def handle(event, context):
    iam = boto3.client("iam")
    iam.create_user(UserName="begun")
    while len(iam.list_users()["Users"]) == 1:
        time.sleep(0.02)
"""
    function(client, waiting, Timeout=20)
    client("lambda").put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=1)
    thread = threading.Thread(target=invoked, args=(client,))
    thread.start()
    iam = client("iam")
    while not iam.list_users()["Users"]:
        pass
    with pytest.raises(ClientError) as caught:
        invoked(client)
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    iam.create_user(UserName="ended")
    thread.join()
    assert (metric(client, "Throttles"), metric(client, "Invocations")) == ([1.0], [1.0])


def test_an_asynchronous_invocation_is_tried_three_times(
    embedded: EmbeddedAws, client: Connect
) -> None:
    function(client, "def handle(event, context):\n    raise ValueError(event['number'])\n")
    sent = client("lambda").invoke(
        FunctionName="worker", InvocationType="Event", Payload=b'{"number": 7}'
    )
    assert (sent["StatusCode"], sent["Payload"].read()) == (202, b"")
    attempts = []
    for seconds in (0, 59, 1, 119, 1, 6 * 3600):
        embedded.advance(seconds)
        attempts.append(sum(line.startswith("END") for line in lines(client)))
    # After one minute, then after two more.
    assert attempts == [1, 1, 2, 2, 3, 3]
    identifiers = {line.split()[2] for line in lines(client) if line.startswith("START")}
    assert len(identifiers) == 1
    client("lambda").put_function_event_invoke_config(FunctionName="worker", MaximumRetryAttempts=0)
    client("lambda").invoke(FunctionName="worker", InvocationType="Event")
    embedded.advance(3600)
    assert sum(line.startswith("END") for line in lines(client)) == 4


def test_logs_are_json_where_that_is_declared(client: Connect) -> None:
    source = """
import logging


def handle(event, context):
    logging.getLogger().info("not shown")
    logging.getLogger().warning("shown")
"""
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "WARN", "LogGroup": "/of/my/own"}
    function(client, source, LoggingConfig=logging)
    invoked(client)
    events = client("logs").filter_log_events(logGroupName="/of/my/own")["events"]
    began, start, own, report = (json.loads(event["message"]) for event in events)
    assert [began["type"], start["type"]] == ["platform.initStart", "platform.start"]
    assert (own["level"], own["message"]) == ("WARNING", "shown")
    assert own["requestId"] == start["record"]["requestId"]
    assert report["type"] == "platform.report"
    assert report["record"]["status"] == "success"
    assert report["record"]["metrics"].keys() == {
        "durationMs",
        "billedDurationMs",
        "memorySizeMB",
        "maxMemoryUsedMB",
        "initDurationMs",
    }


DELETES_ITSELF = """
import boto3


def handle(event, context):
    boto3.client("lambda").delete_function(FunctionName=context.function_name)
    boto3.client("logs").delete_log_group(logGroupName=context.log_group_name)
"""


def test_a_function_that_was_deleted_meanwhile_leaves_no_log(client: Connect) -> None:
    function(client, DELETES_ITSELF)
    client("logs").create_log_group(logGroupName=GROUP)
    client("lambda").invoke(FunctionName="worker")
    assert client("logs").describe_log_groups()["logGroups"] == []
