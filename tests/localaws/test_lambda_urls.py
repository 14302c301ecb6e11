"""Function URLs over HTTP: events and responses, CORS, signatures and permissions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import EmbeddedAws
from tests.support.clients import EMBEDDED
from tests.support.functions import Connect, called, function
from tests.support.iam import allow, assume, connect, role, user

ECHO = """
def handle(event, context):
    return event
"""
PAGE = "https://a.example"


def url(client: Connect, source: str = ECHO, auth: str = "AWS_IAM", **more: Any) -> str:
    function(client, source)
    made = client("lambda").create_function_url_config(FunctionName="worker", AuthType=auth, **more)
    return str(made["FunctionUrl"])


URL_PERMISSION = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
FUNCTION_PERMISSION = {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}


def test_a_request_becomes_an_event_of_payload_format_2(
    embedded: EmbeddedAws, client: Connect
) -> None:
    address = url(client)
    port = embedded.endpoint.rpartition(":")[2]
    assert re.fullmatch(rf"http://[0-9a-z]+\.lambda-url\.us-west-2\.localhost:{port}/", address)
    name = address.removeprefix("http://").partition(":")[0]
    status, headers, body = called(
        address,
        "/a%20b/c?x=1&y=%C3%BC&x=2",
        method="POST",
        headers={"Content-Type": "application/json", "Cookie": "a=1; b=2", "X-Made": "Up"},
        body=b'{"a": 1}',
        keys=EMBEDDED,
    )
    assert (status, headers["content-type"]) == (200, "application/json")
    event = json.loads(body)
    assert event["version"] == "2.0"
    assert (event["rawPath"], event["rawQueryString"]) == ("/a%20b/c", "x=1&y=%C3%BC&x=2")
    assert event["queryStringParameters"] == {"x": "1,2", "y": "ü"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": 1}', False)
    assert event["headers"]["x-made"] == "Up"
    assert "cookie" not in event["headers"]
    context = event["requestContext"]
    assert context["domainName"] == name
    assert context["http"] == {
        "method": "POST",
        "path": "/a%20b/c",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "",
    }
    assert context["time"] == "02/Mar/2026:00:00:00 +0000"
    assert context["authorizer"]["iam"]["accessKey"] == "embedded"

    _, _, body = called(address, method="POST", body=b"\x00\xff", keys=EMBEDDED)
    event = json.loads(body)
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)
    assert str(embedded.calls[-1]) == "lambda FunctionUrl worker 200"


RESPONSES = """
import json


def handle(event, context):
    return json.loads(event["body"])
"""


def test_what_a_function_returns_becomes_a_response(client: Connect) -> None:
    address = url(client, RESPONSES)

    def told(returned: object) -> tuple[int, dict[str, str], bytes]:
        return called(
            address,
            method="POST",
            headers={"Content-Type": "application/json"},
            body=json.dumps(returned).encode(),
            keys=EMBEDDED,
        )

    whole = {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "X-Made": "up"},
        "cookies": ["a=1"],
        "body": "aGVsbG8=",
        "isBase64Encoded": True,
    }
    status, headers, body = told(whole)
    assert (status, body) == (201, b"hello")
    assert (headers["content-type"], headers["x-made"], headers["set-cookie"]) == (
        *("text/plain", "up"),
        "a=1",
    )
    status, headers, body = told("hello")
    assert (status, headers["content-type"], body) == (200, "application/json", b'"hello"')
    assert told({"statusCode": 404})[::2] == (404, b"")
    status, _, body = called(address, method="POST", body=b"no JSON", keys=EMBEDDED)
    assert (status, body) == (502, b"Internal Server Error")


def test_cors_is_answered_as_configured(client: Connect) -> None:
    cors = {
        "AllowOrigins": [PAGE],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["authorization"],
        "MaxAge": 600,
    }
    answering = "def handle(event, context):\n    return {'statusCode': 200}\n"
    address = url(client, answering, Cors=cors)
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    status, headers, body = called(address, method="OPTIONS", headers={"Origin": PAGE, **asking})
    assert (status, body) == (200, b"")
    assert {key: value for key, value in headers.items() if key.startswith("access-")} == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
    }
    for origin, allowed in ((PAGE, PAGE), ("https://b.example", None)):
        _, headers, _ = called(address, headers={"Origin": origin}, keys=EMBEDDED)
        assert headers.get("access-control-allow-origin") == allowed
    status, headers, _ = called(address, headers={"Origin": PAGE})
    assert (status, headers["access-control-allow-origin"]) == (403, PAGE)


def test_without_a_signature_a_private_url_is_forbidden(client: Connect) -> None:
    status, _, body = called(url(client))
    assert status == 403
    assert json.loads(body)["Message"].startswith("Forbidden")


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ([URL_PERMISSION], 403),
        ([FUNCTION_PERMISSION], 403),
        ([URL_PERMISSION, FUNCTION_PERMISSION], 200),
    ],
)
def test_a_public_url_needs_both_permissions_of_october_2025(
    client: Connect, permissions: list[dict[str, Any]], expected: int
) -> None:
    address = url(client, auth="NONE")
    for number, permission in enumerate(permissions):
        client("lambda").add_permission(
            FunctionName="worker", StatementId=f"s{number}", Principal="*", **permission
        )
    status, _, body = called(address)
    assert status == expected
    if status == 200:
        assert json.loads(body)["requestContext"]["accountId"] == "anonymous"


def test_an_unknown_url_is_not_found(embedded: EmbeddedAws) -> None:
    port = embedded.endpoint.rpartition(":")[2]
    for region in ("us-west-2", "xx-nowhere-9"):
        assert called(f"http://abc.lambda-url.{region}.localhost:{port}/")[0] == 404


def test_streamed_responses_are_not_implemented(client: Connect) -> None:
    with pytest.raises(ClientError, match="streamed") as caught:
        url(client, InvokeMode="RESPONSE_STREAM")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.fixture(scope="module")
def strict() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(enforce_iam=True) as aws:
        yield aws


ARN = "arn:aws:lambda:us-west-2:123456789012:function:worker"
BOTH = (
    allow(
        "lambda:InvokeFunctionUrl",
        ARN,
        Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
    ),
    allow(
        "lambda:InvokeFunction",
        ARN,
        Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
    ),
)


def test_under_enforcement_a_call_needs_its_signature_and_both_permissions(
    strict: EmbeddedAws,
) -> None:
    strict.reset()
    client: Callable[[str], Any] = partial(connect, strict)
    address = url(client)
    ann, bob = user(strict, *BOTH), user(strict, BOTH[0], name="bob")
    assert called(address, "/a?b=c", keys=ann)[0] == 200
    assert called(address, keys=bob)[0] == 403
    assert called(address, keys={**ann, "SecretAccessKey": "another"})[0] == 403
    assert called(address, keys={"AccessKeyId": "AKIANOBODY", "SecretAccessKey": "x"})[0] == 403
    # What is allowed by way of the URL is not allowed otherwise.
    with pytest.raises(ClientError, match="lambda:InvokeFunction"):
        connect(strict, "lambda", ann).invoke(FunctionName="worker")
    client("lambda").add_permission(
        FunctionName="worker",
        StatementId="bob",
        Action="lambda:InvokeFunction",
        Principal="arn:aws:iam::123456789012:user/bob",
    )
    assert called(address, keys=bob)[0] == 200
    session = assume(strict, role(strict, {"AWS": "*"}, *BOTH))
    assert called(address, keys=session)[0] == 200


OWN_RIGHTS = """
import boto3


def handle(event, context):
    users = boto3.client("iam")
    users.list_users()
    try:
        users.create_user(UserName="carl")
    except users.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"""


def test_under_enforcement_a_function_may_do_what_its_role_may(strict: EmbeddedAws) -> None:
    strict.reset()
    client: Callable[[str], Any] = partial(connect, strict)
    # A log group that is not there takes a right of its own.
    rights = [allow(action) for action in ("iam:ListUsers", "logs:*LogStream", "logs:Put*")]
    arn = role(strict, {"Service": "lambda.amazonaws.com"}, *rights)
    function(client, OWN_RIGHTS, Role=arn)
    answer = client("lambda").invoke(FunctionName="worker")
    assert json.loads(answer["Payload"].read()) == "AccessDenied"
    # Its role may not write the log either.
    assert client("logs").describe_log_groups()["logGroups"] == []
