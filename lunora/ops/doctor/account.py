"""Checks of the account: credentials, regions, the role of the channels, and quotas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from catalog.quotas import quotas as catalog_quotas
from lunora.ops.channels import channels, stack_channels
from lunora.ops.doctor.check import Check
from lunora.stack import Stack
from provider.aws import AwsClients
from provider.aws_errors import error_code
from provider.channel_listing import list_channels

_TRUSTED = "medialive.amazonaws.com"
_NAMES = {
    "channels": "channels",
    "pushInputs": "push inputs",
    "inputSecurityGroups": "input security groups",
}


def credentials(stack: Stack) -> Iterator[Check]:
    """Check the credentials."""
    caller = stack.aws().client("sts").get_caller_identity()
    yield Check("credentials", "ok", f"{caller['Arn']} in account {caller['Account']}")


def regions(stack: Stack) -> Iterator[Check]:
    """Check that MediaLive answers in each region of the stack."""
    for region in stack.regions:
        count = len(channels(stack.aws(region).medialive, stack.tags))
        channels_of_stack = "1 channel" if count == 1 else f"{count} channels"
        yield Check("region", "ok", f"{region} has {channels_of_stack} of this stack")


def role(stack: Stack) -> Iterator[Check]:
    """Check that MediaLive may assume the roles of the channels."""
    arns = {channel.role_arn for channel in stack_channels(stack)}
    used = {arn.rpartition("/")[2] for arn in arns if arn}
    for name in sorted(used or {stack.physical_name("medialive")}):
        try:
            described = stack.aws().client("iam").get_role(RoleName=name)["Role"]
        except ClientError as error:
            if error_code(error) != "NoSuchEntity":
                raise
            yield Check("role", "critical", f"{name} does not exist; run `pulumi up`")
            continue
        trust = described["AssumeRolePolicyDocument"]
        text = unquote(trust) if isinstance(trust, str) else json.dumps(trust)
        if _TRUSTED in text:
            yield Check("role", "ok", f"{name} trusts {_TRUSTED}")
        else:
            yield Check(
                "role", "critical", f"{name} does not trust {_TRUSTED}; correct its trust policy"
            )


def quotas(stack: Stack) -> Iterator[Check]:
    """Check that each region has quota for one more destination."""
    for region in stack.regions:
        aws = stack.aws(region)
        for kind, used in _used(aws).items():
            what, (limit, known) = _NAMES[kind], _limit(aws, kind)
            text = f"{used} of {limit} {what} of {region}"
            if used < limit:
                yield Check("quota", "ok", text if known else f"{text} (default, not read)")
            else:
                reason = f"{text} are taken; ask for more in Service Quotas"
                yield Check("quota", "warning", reason)


def _used(aws: AwsClients) -> dict[str, int]:
    medialive: Any = aws.medialive

    def count(operation: str, member: str) -> list[Any]:
        pages = medialive.get_paginator(operation).paginate()
        return [summary for page in pages for summary in page[member]]

    inputs = count("list_inputs", "Inputs")
    return {
        "channels": len(list_channels(medialive)),
        "pushInputs": sum(str(summary.get("Type", "")).endswith("_PUSH") for summary in inputs),
        "inputSecurityGroups": len(count("list_input_security_groups", "InputSecurityGroups")),
    }


def _limit(aws: AwsClients, kind: str) -> tuple[int, bool]:
    """Return the quota in force and whether it was read."""
    code = catalog_quotas().codes.get(kind)
    if code is not None:
        client = aws.client("service-quotas")
        try:
            answer = client.get_service_quota(ServiceCode="medialive", QuotaCode=code)
            return int(answer["Quota"]["Value"]), True
        except (ClientError, BotoCoreError):
            pass
    return catalog_quotas().defaults[kind], False
