"""The function of the HTTP API: asked in its own process, or behind a URL of the emulator."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog import names
from catalog.policies import ApiAccess, api_policy
from components import api, function_archive
from components.stack_function import WHOLE_PROCESSOR_MB
from lunora.api import handler
from tests.support import github
from tests.support.functions import Connect, archive
from tests.support.github import GitHub
from tests.support.stage import TAGS, Stage

ROOT = Path(__file__).parents[2]
NAME = "lunora-player-local-api"
_ACCOUNT = "123456789012"
VENDORED = (
    *("annotated_types", "pydantic", "pydantic_core", "yaml", "_yaml", "tenacity"),
    *("typing_extensions.py", "typing_inspection"),
)
"""Files and folders of the packages that the archive brings."""


class Invocation:
    """An invocation with so much time left."""

    def __init__(self, milliseconds: int = 20_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def environment(stage: Stage) -> dict[str, str]:
    """Return the environment that components/api.py gives the function."""
    (flow,) = stage.stack.flows
    reference = {
        "key": "main",
        "region": flow.region,
        "name": flow.name,
        "arn": stage.flow_arn,
        "source": flow.source.document(),
    }
    return {
        "LUNORA_PROJECT": stage.stack.project,
        "LUNORA_STACK": stage.stack.name,
        "LUNORA_ENDPOINT": stage.aws.endpoint,
        "LUNORA_FLOWS": json.dumps([reference]),
        "AWS_REGION": stage.stack.region,
    }


def ask(
    method: str,
    path: str,
    body: Any = None,
    *,
    caller: str = "",
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Ask as a function URL does; *path* may have a query, and *body* is JSON, or bytes.

    Args:
        method: of HTTP.
        path: of the URL.
        body: what becomes the body.
        caller: the name of who asks.
        headers: further ones.
        members: further ones of the event, or in place of others.
    """
    raw_path, _, query = path.partition("?")
    context: dict[str, Any] = {"http": {"method": method}}
    if caller:
        arn = f"arn:aws:sts::{_ACCOUNT}:assumed-role/operators/{caller}"
        context["authorizer"] = {"iam": {"userArn": arn}}
    event: dict[str, Any] = {"version": "2.0", "rawPath": raw_path, "requestContext": context}
    event["rawQueryString"] = query
    sent = dict(headers or {})
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        event |= {"body": json.dumps(body), "isBase64Encoded": False}
        sent.setdefault("content-type", "application/json")
    event |= {"headers": sent, **(members or {})}
    return handler.handle(event, Invocation())


def content_of(answer: dict[str, Any]) -> bytes:
    """Return the body of an answer as a function URL sends it."""
    body = str(answer["body"])
    return base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()


def send_directly(stage: Stage, name: str = "direct", *, file: bool = True) -> None:
    """Make the flow output of a destination with `route: flow`, and its file."""
    if file:
        text = "platform: restream\nroute: flow\n"
        (stage.folder / f"destinations/{name}.yaml").write_text(text)
    output = {
        "Name": f"lunora-player-local-{name}",
        "Protocol": "rtmp-push",
        "Destination": "live.restream.io",
        "Port": 1935,
        "RtmpPushSettings": {"ApplicationName": "live", "StreamName": "made-up"},
        "OutputTags": {**TAGS, "Destination": name, "Platform": "restream"},
    }
    stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=[output])


def of_repository(forge: GitHub, client: Connect) -> dict[str, str]:
    """Return the variables of a function with the repository of *forge*, whose token it makes."""
    token = client("secretsmanager").create_secret(Name="token", SecretString=github.TOKEN)
    settings = {
        "name": f"{github.OWNER}/{github.REPOSITORY}",
        "folder": "destinations",
        "url": forge.url,
    }
    return {
        "LUNORA_REPOSITORY": json.dumps(settings),
        "LUNORA_REPOSITORY_TOKEN": token["ARN"],
        "LUNORA_RULES": json.dumps({"sources": {"main": {}, "spare": {}}, "maintenance": None}),
    }


def deploy(
    stage: Stage,
    client: Connect,
    origins: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> str:
    """Make the function with its role and URL, as components/api.py does; returns the URL.

    Args:
        stage: the stack.
        client: makes clients.
        origins: whose pages may ask.
        variables: of its environment, beside those of the stack.
    """
    logs = f"/aws/lambda/{NAME}"
    client("logs").create_log_group(logGroupName=logs)
    configuration = client("lambda").create_function(
        FunctionName=NAME,
        Runtime=function_archive.RUNTIME,
        Handler="lunora.api.handler.handle",
        Role=_role(stage, client, logs),
        Code={"ZipFile": archive({**_code(), **_destinations(stage.folder)})},
        Timeout=api.TIMEOUT_SECONDS,
        MemorySize=WHOLE_PROCESSOR_MB,
        Environment={"Variables": {**_variables(stage), **(variables or {})}},
    )
    cors = {
        "AllowOrigins": [*origins],
        "AllowMethods": [*api.ALLOWED_METHODS],
        "AllowHeaders": [*api.ALLOWED_HEADERS],
        "MaxAge": 600,
    }
    made = client("lambda").create_function_url_config(
        FunctionName=configuration["FunctionName"], AuthType="AWS_IAM", Cors=cors
    )
    return str(made["FunctionUrl"])


def _variables(stage: Stage) -> dict[str, str]:
    # The emulator tells the function where it is, as Lambda tells the region.
    given = environment(stage)
    return {name: given[name] for name in given if name not in {"LUNORA_ENDPOINT", "AWS_REGION"}}


def _role(stage: Stage, client: Connect, logs: str) -> str:
    of_logs = f"arn:aws:logs:{stage.stack.region}:{_ACCOUNT}:log-group"
    history = names.history_log_group(stage.stack.project, stage.stack.name)
    access = ApiAccess([stage.flow_arn], [f"{of_logs}:{history}"])
    document = api_policy(access, TAGS, log_group=f"{of_logs}:{logs}")
    trusted = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    iam = client("iam")
    made = iam.create_role(
        RoleName=NAME,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    iam.put_role_policy(RoleName=NAME, PolicyName="serve", PolicyDocument=json.dumps(document))
    return str(made["Role"]["Arn"])


@functools.cache
def _code() -> dict[str, bytes]:
    """Return the archive but the destination files: our own files and this machine's packages."""
    files = {name: path.read_bytes() for name, path in function_archive.own_files(ROOT).items()}
    (packages,) = (ROOT / ".venv/lib").glob("python3*/site-packages")
    for name in VENDORED:
        place = packages / name
        for path in place.rglob("*") if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pyc":
                files[str(path.relative_to(packages))] = path.read_bytes()
    return files


def _destinations(folder: Path) -> dict[str, bytes]:
    listed = function_archive.destination_files(folder / "destinations")
    return {name: path.read_bytes() for name, path in listed.items()}
