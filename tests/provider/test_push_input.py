"""A push input whose channel is on air is changed in one step: stop, update, start."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.push_input import PushInput
from provider.resource import UNKNOWN, ResourceError
from tests.support.medialive import channel_request, settle

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}
SWITCHES = {"StopChannel", "UpdateInput", "StartChannel"}


class Attached:
    """A push input with a channel that is attached to it."""

    def __init__(self, aws: AwsClients, medialive: Any, *, runs: bool = True, **tags: str) -> None:
        self.medialive = medialive
        self.resource = PushInput(aws)
        self.inputs = {"name": "one", "securityGroupIds": [self.group("10")], "tags": TAGS}
        created = self.resource.create("urn", self.inputs)
        self.id, self.outputs = created.id, created.state
        request = channel_request(self.id, Tags={**TAGS, **tags})
        self.channel_id = medialive.create_channel(**request)["Channel"]["Id"]
        settle(self.state, "IDLE")
        if runs:
            medialive.start_channel(ChannelId=self.channel_id)
            settle(self.state, "RUNNING")

    def group(self, end: str) -> str:
        rules = [{"Cidr": f"203.0.113.{end}/32"}]
        made = self.medialive.create_input_security_group(WhitelistRules=rules)
        return str(made["SecurityGroup"]["Id"])

    def state(self) -> str:
        return str(self.medialive.describe_channel(ChannelId=self.channel_id)["State"])

    def moved(self) -> dict[str, Any]:
        """Return the inputs with another security group."""
        return {**self.inputs, "securityGroupIds": [self.group("11")]}

    def update(self, inputs: dict[str, Any]) -> Any:
        return self.resource.update(self.id, self.inputs, self.outputs, inputs)

    def warning(self, inputs: dict[str, Any]) -> str:
        return self.resource.diff(self.id, self.inputs, self.outputs, inputs).warning


@pytest.fixture
def attached(aws: AwsClients, medialive: Any, embedded: EmbeddedAws) -> Attached:
    """One whose channel is on air."""
    made = Attached(aws, medialive)
    embedded.calls.clear()
    return made


def switches(embedded: EmbeddedAws) -> list[str]:
    """Return what was asked of channel and input, in order."""
    return [call.operation for call in embedded.calls if call.operation in SWITCHES]


def test_the_channel_is_on_air_before_and_afterwards(
    attached: Attached, embedded: EmbeddedAws
) -> None:
    inputs = attached.moved()
    outputs = attached.update(inputs)
    assert outputs["securityGroupIds"] == inputs["securityGroupIds"]
    assert switches(embedded) == ["StopChannel", "UpdateInput", "StartChannel"]
    assert attached.state() == "RUNNING"


def test_a_stopped_channel_stays_stopped(
    aws: AwsClients, medialive: Any, embedded: EmbeddedAws
) -> None:
    attached = Attached(aws, medialive, runs=False)
    embedded.calls.clear()
    assert attached.warning(attached.moved()) == ""
    attached.update(attached.moved())
    assert switches(embedded) == ["UpdateInput"]
    assert attached.state() == "IDLE"


def test_tags_interrupt_nothing(attached: Attached, embedded: EmbeddedAws) -> None:
    inputs = {**attached.inputs, "tags": {**TAGS, "Owner": "x"}}
    assert attached.warning(inputs) == ""
    attached.update(inputs)
    assert switches(embedded) == []


def test_a_refused_update_leaves_the_channel_on_air(
    attached: Attached, embedded: EmbeddedAws
) -> None:
    with pytest.raises(ResourceError, match=r"LUN31\d.*; its channel runs on as it was"):
        attached.update({**attached.inputs, "securityGroupIds": ["0"]})
    assert switches(embedded) == ["StopChannel", "UpdateInput", "StartChannel"]
    assert attached.state() == "RUNNING"


def test_a_channel_of_another_stack_is_not_stopped(
    aws: AwsClients, medialive: Any, embedded: EmbeddedAws
) -> None:
    attached = Attached(aws, medialive, Stack="another")
    embedded.calls.clear()
    with pytest.raises(ResourceError, match=r"^LUN334"):
        attached.update(attached.moved())
    assert switches(embedded) == []


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        pytest.param({"name": "two"}, "name", id="name"),
        pytest.param({"securityGroupIds": ["1"]}, "securityGroupIds[0]", id="group"),
        pytest.param({"securityGroupIds": UNKNOWN}, "securityGroupIds", id="group to be made"),
    ],
)
def test_a_preview_warns_of_the_interruption(
    attached: Attached, change: dict[str, Any], paths: str
) -> None:
    assert attached.warning({**attached.inputs, **change}) == (
        f"its channel is RUNNING: this interrupts its stream until it runs again ({paths})"
    )


def test_a_change_that_a_killed_run_made_already_interrupts_nothing(
    attached: Attached, embedded: EmbeddedAws
) -> None:
    inputs = attached.moved()
    attached.update(inputs)
    embedded.calls.clear()
    assert attached.warning(inputs) == ""
    attached.update(inputs)
    assert switches(embedded) == []


def test_an_input_that_is_gone_is_one_sentence(attached: Attached, medialive: Any) -> None:
    medialive.stop_channel(ChannelId=attached.channel_id)
    settle(attached.state, "IDLE")
    medialive.delete_channel(ChannelId=attached.channel_id)
    settle(attached.state, "DELETED")
    medialive.delete_input(InputId=attached.id)
    settle(lambda: medialive.describe_input(InputId=attached.id)["State"], "DELETED")
    with pytest.raises(ResourceError, match=r"^LUN330"):
        attached.update(attached.moved())
