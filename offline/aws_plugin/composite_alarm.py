"""aws:cloudwatch/compositeAlarm:CompositeAlarm, whose suppressor the API has in three members."""

from __future__ import annotations

from typing import Any, Final

from offline.aws_plugin.table_driven import Call, ResourceDefinition, Simple, Tagging
from provider.aws import AwsClients
from provider.resource import CreateResult, Properties, ReadResult

_SUPPRESSOR = "actionsSuppressor"
_MEMBERS: Final = {
    "alarm": f"{_SUPPRESSOR}Name",
    "waitPeriod": f"{_SUPPRESSOR}WaitPeriod",
    "extensionPeriod": f"{_SUPPRESSOR}ExtensionPeriod",
}
_PUT = Call("PutCompositeAlarm")
_KIND = ResourceDefinition(
    token="aws:cloudwatch/compositeAlarm:CompositeAlarm",  # noqa: S106 - a type token
    service="cloudwatch",
    id="{alarmName}",
    required=frozenset({"alarmName", "alarmRule"}),
    optional=frozenset(
        {"actionsEnabled", "alarmActions", "alarmDescription", "okActions", *_MEMBERS.values()}
    ),
    replace_on=frozenset({"actionsEnabled", "alarmName"}),
    create=(_PUT,),
    update=(_PUT,),
    read=Call(
        "DescribeAlarms",
        {"AlarmNames": ["{id}"], "AlarmTypes": ["CompositeAlarm"]},
        "CompositeAlarms[0]",
    ),
    delete=Call("DeleteAlarms", {"AlarmNames": ["{id}"]}),
    names={"arn": "AlarmArn", "okActions": "OKActions", _MEMBERS["alarm"]: "ActionsSuppressor"},
    tagging=Tagging("ResourceARN"),
)


class CompositeAlarm(Simple):
    """A composite alarm."""

    def __init__(self, aws: AwsClients) -> None:
        super().__init__(aws, _KIND)
        self.optional = (self.optional - {*_MEMBERS.values()}) | {_SUPPRESSOR}  # type: ignore[misc]  # as its base does

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it."""
        created = super().create(urn, _flat(inputs))
        return CreateResult(created.id, _nested(created.state))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it."""
        read = super().read(urn, resource_id, _flat(inputs), _flat(state))
        if read is None:
            return None
        return ReadResult(read.id, _nested(read.state), _nested(read.inputs))

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Send it whole again."""
        return _nested(super().update(resource_id, _flat(old_inputs), _flat(state), _flat(inputs)))


def _flat(properties: Properties) -> dict[str, Any]:
    """Return *properties* with the suppressor as the API's members."""
    rest = {key: value for key, value in properties.items() if key != _SUPPRESSOR}
    suppressor = properties.get(_SUPPRESSOR) or {}
    return {
        **rest,
        **{member: suppressor[key] for key, member in _MEMBERS.items() if key in suppressor},
    }


def _nested(properties: Properties) -> dict[str, Any]:
    """Return *properties* with the suppressor as pulumi-aws has it."""
    members = set(_MEMBERS.values())
    rest = {key: value for key, value in properties.items() if key not in members}
    suppressor = {
        key: properties[member] for key, member in _MEMBERS.items() if member in properties
    }
    return {**rest, _SUPPRESSOR: suppressor} if suppressor else rest
