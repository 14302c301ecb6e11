"""The real AWS provider manages everything the program makes, on the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.contract.declarations import STANDARD, Variant, imports, resources
from tests.support.clients import connect
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract


def test_it_creates_rereads_changes_imports_and_destroys(tf: Terraform, real: EmbeddedAws) -> None:
    region = real.medialive().region

    def channels() -> dict[str, Any]:
        return {channel.members["Name"]: channel for channel in region.channels.values()}

    def states() -> set[str]:
        return {channel.state for channel in channels().values()}

    tf.apply(resources(Variant()))
    assert states() == {"IDLE"}
    assert len(channels()[STANDARD].members["Destinations"][0]["Settings"]) == 2
    assert {len(item.members["Destinations"]) for item in region.inputs.values()} == {2}

    tf.apply(resources(Variant(started=True)))
    assert states() == {"RUNNING"}

    before = len(real.calls)
    changed = Variant(started=True, preset="720p30", key="rotated", version=1)
    tf.apply(resources(changed))
    assert {"StopChannel", "UpdateChannel", "StartChannel"} <= {
        call.operation for call in real.calls[before:]
    }
    assert states() == {"RUNNING"}
    for channel in channels().values():
        assert channel.members["RoleArn"].endswith(":role/medialive")
        assert channel.members["Destinations"][0]["Settings"][0]["StreamName"] == "rotated"
        assert channel.members["Tags"] == {"Version1": "1"}
    (group,) = region.groups.values()
    assert group.members["WhitelistRules"] == [{"Cidr": "203.0.113.11/32"}]
    assert group.state == "IN_USE"

    stopped = Variant(preset="720p30", key="rotated", version=1)
    tf.apply(resources(stopped))
    assert states() == {"IDLE"}

    tf.forget_everything()
    ids = {name: channel.members["Id"] for name, channel in channels().items()}
    inputs = {item.members["Name"]: item.members["Id"] for item in region.inputs.values()}
    declared = resources(stopped)
    for channel in declared["aws_medialive_channel"].values():
        # The provider never reads it back, so that an import cannot know it.
        del channel["start_channel"]
    (secret,) = connect(real.endpoint, "secretsmanager").list_secrets()["SecretList"]
    # Events cannot be imported with their targets' own ids in one step.
    tf.apply(declared, imports(ids, inputs, group.members["Id"], secret["ARN"]))

    tf.destroy()
    assert states() == {"DELETED"}
    assert {item.state for item in region.inputs.values()} == {"DELETED"}
    assert group.state == "DELETED"


def test_it_misses_what_others_deleted(tf: Terraform, real: EmbeddedAws) -> None:
    rule = {"cidr": "203.0.113.11/32"}
    group = {"whitelist_rules": [rule], "tags": {"a": "b"}}
    source = {"url": "https://example.org/a", "username": "u", "password_param": "/p"}
    pull = {"name": "pull", "type": "URL_PULL", "sources": [source] * 2}
    declared = {
        "aws_media_package_channel": {"one": {"channel_id": "one"}},
        "aws_medialive_input": {"one": {**pull, "tags": {"a": "b"}}},
        "aws_medialive_input_security_group": {"one": group},
    }
    tf.apply(declared)
    medialive = connect(real.endpoint, "medialive")
    (item,) = medialive.list_inputs()["Inputs"]
    (listed,) = medialive.list_input_security_groups()["InputSecurityGroups"]
    medialive.delete_input(InputId=item["Id"])
    medialive.delete_input_security_group(InputSecurityGroupId=listed["Id"])
    for _ in range(4):
        medialive.describe_input(InputId=item["Id"])
    plan = tf.run("plan", "-detailed-exitcode")
    # 2: it is to be changed.
    assert plan.code == 2, plan.text
