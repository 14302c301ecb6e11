"""A channel made by Terraform and one made by our resource, from one destination file."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.model import DestinationSpec
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from tests.contract.declarations import Variant, channel, resources
from tests.support.clients import connect
from tests.support.medialive import push_input
from tests.support.terraform import Terraform
from tests.support.terraform_words import channel_settings

pytestmark = pytest.mark.contract

THEIRS, OURS = "theirs", "ours"
AROUND = ("aws_medialive_input_security_group", "aws_iam_role")
GIVEN: dict[str, dict[str, Any]] = {
    "single": {"url": "rtmps://ingest.example.org/app"},
    "a restart delay of 0": {
        "url": "rtmp://ingest.example.org/app",
        "retry": {"restart_delay_seconds": 0},
    },
    "two pipelines": {
        "redundancy": "standard",
        "url": "rtmps://ingest.example.org/app",
        "backup_url": "rtmps://backup.example.org/app",
    },
}
# The two channels have their own.
OWN = {
    "EgressEndpoints[0].SourceIp",
    "EgressEndpoints[1].SourceIp",
    "Arn",
    "Id",
    "Name",
    "InputAttachments[0].InputAttachmentName",
    "InputAttachments[0].InputId",
}
# The AWS provider sends these empty where they are not declared.
SENT_EMPTY = {"PasswordParam", "Username"}
# The AWS provider takes a number of 0 for one that is not declared.
ZEROS = {"RestartDelay"}


def declared(spec: DestinationSpec) -> dict[str, Any]:
    """Return the channel and what it needs, in Terraform's words."""
    everything = resources(Variant())
    made = {THEIRS: channel(THEIRS, spec, "made-up", tags={})}
    (name,) = list(everything["aws_medialive_input"])[:1]
    push = {**everything["aws_medialive_input"][name], "name": THEIRS}
    around = {kind: everything[kind] for kind in AROUND}
    return {**around, "aws_medialive_input": {THEIRS: push}, "aws_medialive_channel": made}


def paths(first: Any, second: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Return the two values at each path at which they differ."""
    if first == second:
        return {}
    if isinstance(first, dict) and isinstance(second, dict):
        pairs = [
            (f"{path}.{key}".lstrip("."), first.get(key), second.get(key))
            for key in sorted(first.keys() | second.keys())
        ]
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = [
            (f"{path}[{index}]", *pair)
            for index, pair in enumerate(zip(first, second, strict=True))
        ]
    else:
        return {path: (first, second)}
    return {path: both for pair in pairs for path, both in paths(pair[1], pair[2], pair[0]).items()}


@pytest.mark.parametrize("case", GIVEN)
def test_aws_holds_the_same_channel(tf: Terraform, real: EmbeddedAws, case: str) -> None:
    spec = DestinationSpec.model_validate(
        {"name": "one", "platform": "custom", "preset": "720p30", **GIVEN[case]}
    )
    tf.apply(declared(spec))
    medialive = connect(real.endpoint, "medialive")
    (listed,) = medialive.list_channels()["Channels"]
    theirs = medialive.describe_channel(ChannelId=listed["Id"])

    members = channel_settings(OURS, push_input(medialive, OURS), spec, "made-up")
    inputs = {name[0].lower() + name[1:]: value for name, value in members.items()}
    resource = Channel(AwsClients("us-west-2", endpoint=real.endpoint, sleep=lambda _: None))
    made = resource.create(
        "urn", {**inputs, "roleArn": theirs["RoleArn"], "state": "stopped", "tags": {}}
    )
    ours = medialive.describe_channel(ChannelId=made.id)

    differing = {
        path: values
        for path, values in paths(theirs, ours).items()
        if not path.startswith("ResponseMetadata") and path not in OWN
    }
    members_of = {path: path.rpartition(".")[2] for path in differing}
    unexpected = {
        path: values
        for path, values in differing.items()
        if not (members_of[path] in SENT_EMPTY and values == ("", None))
        and not (members_of[path] in ZEROS and values == (None, 0))
    }
    assert unexpected == {}
    never_restarts = spec.retry.restart_delay_seconds == 0
    assert ("RestartDelay" in members_of.values()) == never_restarts
