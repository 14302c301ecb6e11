"""Lambda functions for an emulator."""

from __future__ import annotations

import http.client
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

Connect = Callable[[str], Any]

SOURCE = """
import os

print("initialized")


def handle(event, context):
    print("handles", sorted(event))
    return {"event": event, "process": os.getpid()}
"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of *files*."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream.getvalue()


def trusted_role(client: Connect, name: str = "worker", service: str = "lambda") -> str:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def function(client: Connect, source: str = SOURCE, **more: Any) -> str:
    """Make the function `worker`; returns its ARN."""
    settings = {
        "FunctionName": "worker",
        "Runtime": "python3.13",
        "Handler": "app.handle",
        "Code": {"ZipFile": archive({"app.py": source})},
        "MemorySize": 256,
        **more,
    }
    settings["Role"] = settings.get("Role") or trusted_role(client)
    return str(client("lambda").create_function(**settings)["FunctionArn"])


def invoked(client: Connect, event: object = None, **more: Any) -> Any:
    """Return the response of the function `worker` to *event*, as a document."""
    payload = json.dumps({} if event is None else event)
    answer = client("lambda").invoke(FunctionName="worker", Payload=payload, **more)
    return json.loads(answer["Payload"].read())


def called(
    url: str,
    path: str = "",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    keys: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Call a function URL, signed with *keys* if there are any; returns status, headers, body.

    To 127.0.0.1 under the URL's name, which not every resolver has.
    """
    parts = urlsplit(f"{url.rstrip('/')}{path}")
    request = AWSRequest(method, parts.geturl(), dict(headers or {}), body)
    if keys is not None:
        credentials = Credentials(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys.get("SessionToken")
        )
        SigV4Auth(credentials, "lambda", parts.netloc.split(".")[2]).add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {"Host": parts.netloc, **dict(request.headers)}
    connection.request(method, target, body, sent)
    answer = connection.getresponse()
    result = answer.status, {key.lower(): value for key, value in answer.getheaders()}
    content = answer.read()
    connection.close()
    return *result, content
