"""What somebody may change in AWS by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from bench.fault_injection.environment import Environment
from localaws.server import LOCAL_FLOW
from tests.support.workspace import PROJECT, STACK

SHOW: Final = "show"
"""The destination that is changed."""

_NAME: Final = f"{PROJECT}-{STACK}-{SHOW}"


def _channel(made: Environment) -> str:
    return str(made.channel(SHOW).members["Id"])


def _flow(made: Environment) -> Any:
    mediaconnect = made.workspace.client("mediaconnect")
    (arn,) = (
        one["FlowArn"] for one in mediaconnect.list_flows()["Flows"] if one["Name"] == LOCAL_FLOW
    )
    return mediaconnect.describe_flow(FlowArn=arn)["Flow"]


def _output(made: Environment) -> dict[str, str]:
    flow = _flow(made)
    (output,) = (one["OutputArn"] for one in flow["Outputs"] if one["Name"] == _NAME)
    return {"FlowArn": flow["FlowArn"], "OutputArn": output}


def _stop(made: Environment) -> None:
    medialive = made.workspace.client("medialive")
    medialive.stop_channel(ChannelId=_channel(made))
    while medialive.describe_channel(ChannelId=_channel(made))["State"] != "IDLE":
        pass


def _re_encode(made: Environment) -> None:
    _stop(made)
    medialive = made.workspace.client("medialive")
    settings = medialive.describe_channel(ChannelId=_channel(made))["EncoderSettings"]
    settings["VideoDescriptions"][0]["Height"] = 360
    medialive.update_channel(ChannelId=_channel(made), EncoderSettings=settings)


def _remove_channel(made: Environment) -> None:
    _stop(made)
    made.workspace.client("medialive").delete_channel(ChannelId=_channel(made))


def _untag_input(made: Environment) -> None:
    medialive = made.workspace.client("medialive")
    (arn,) = (one["Arn"] for one in medialive.list_inputs()["Inputs"] if one["Name"] == _NAME)
    medialive.delete_tags(ResourceArn=arn, TagKeys=["Destination"])


def _open_group(made: Environment) -> None:
    medialive = made.workspace.client("medialive")
    (group,) = medialive.list_input_security_groups()["InputSecurityGroups"]
    medialive.update_input_security_group(
        InputSecurityGroupId=group["Id"], WhitelistRules=[{"Cidr": "0.0.0.0/0"}]
    )


def _calls(service: str, operation: str, **members: Any) -> Callable[[Environment], None]:
    def edit(made: Environment) -> None:
        getattr(made.workspace.client(service), operation)(**members)

    return edit


def _of_output(operation: str, **members: Any) -> Callable[[Environment], None]:
    def edit(made: Environment) -> None:
        getattr(made.workspace.client("mediaconnect"), operation)(**_output(made), **members)

    return edit


_PARAMETER: Final = f"/{PROJECT}/{STACK}/destinations/{SHOW}/stream-key"
EDITS: Final[dict[str, Callable[[Environment], None]]] = {
    "the channel is stopped": _stop,
    "the channel is encoded in another way, and left stopped": _re_encode,
    "the channel is deleted": _remove_channel,
    "a tag of the input is removed": _untag_input,
    "the security group lets everybody in": _open_group,
    "the flow output sends elsewhere": _of_output("update_flow_output", Destination="192.0.2.1"),
    "the flow output is disabled": _of_output("update_flow_output", OutputStatus="DISABLED"),
    "the flow output is removed": _of_output("remove_flow_output"),
    "the parameter has another key": _calls(
        "ssm", "put_parameter", Name=_PARAMETER, Value="by-hand", Overwrite=True
    ),
    "the parameter is deleted": _calls("ssm", "delete_parameter", Name=_PARAMETER),
    "an alarm is deleted": _calls(
        "cloudwatch", "delete_alarms", AlarmNames=[f"{_NAME}-0-no-output"]
    ),
    "the dashboard is emptied": _calls(
        "cloudwatch",
        "put_dashboard",
        DashboardName=f"{PROJECT}-{STACK}",
        DashboardBody=json.dumps({"widgets": []}),
    ),
}
"""By what happens, in a few words."""
