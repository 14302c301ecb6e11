"""Flows of MediaConnect and what they need, made over the wire."""

from __future__ import annotations

import json
from typing import Any

SOURCE = {"Name": "main", "Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24"}
SECOND = {**SOURCE, "Name": "backup"}
SRT = {**SOURCE, "Name": "srt", "Protocol": "srt-listener", "IngestPort": 5000}
FAILOVER = {"FailoverMode": "FAILOVER", "State": "ENABLED"}


def standby_flow(mediaconnect: Any, name: str = "venue", **more: Any) -> str:
    """Make a flow, with one source where no others are given; returns its ARN."""
    request = {"Name": name, **({} if "Sources" in more else {"Source": SOURCE}), **more}
    return str(mediaconnect.create_flow(**request)["Flow"]["FlowArn"])


def active_flow(mediaconnect: Any, name: str = "venue", **more: Any) -> str:
    """Make a flow and start it; returns its ARN."""
    arn = standby_flow(mediaconnect, name, **more)
    mediaconnect.start_flow(FlowArn=arn)
    seen = [mediaconnect.describe_flow(FlowArn=arn)["Flow"]["Status"] for _ in range(4)]
    assert seen[-1] == "ACTIVE", seen
    return arn


def running_flow(mediaconnect: Any, name: str) -> str:
    """Make a flow with an SRT source and start it, whatever the latency; returns its ARN."""
    arn = standby_flow(mediaconnect, name, Source=SRT)
    mediaconnect.start_flow(FlowArn=arn)
    return arn


def trusted_role(iam: Any, name: str = "flows", service: str = "mediaconnect") -> str:
    """Make a role that *service* can assume; returns its ARN."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])
