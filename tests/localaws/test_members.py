"""Every member of every implemented request comes back, or the request is refused.

The requests are generated from botocore's model: a request that is accepted is sent once for each
member, with that member added. What the emulator neither shows nor acts on would be missed.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from localaws import operations
from localaws.errors import AwsError
from localaws.rest_json import REFUSED
from provider.service_model import limits
from tests.support.in_process import MODELS, Service, connect, live
from tests.support.medialive import SCHEDULE_FEATURES, channel_request

Members = dict[str, Any]
Path_ = tuple[str | int, ...]

KEYS = {"RoleArn": "arn:aws:iam::123456789012:role/r", "SecretArn": "arn:aws:secretsmanager:s"}
PLACE = {"Destination": "203.0.113.9", "Port": 9000}
OUTPUTS: list[Members] = [
    {**PLACE, "Protocol": "rtp"},
    {**PLACE, "Protocol": "srt-caller", "Encryption": {**KEYS, "KeyType": "srt-password"}},
    {**PLACE, "Protocol": "zixi-push", "Encryption": {**KEYS, "KeyType": "static-key"}},
    {
        **PLACE,
        "Protocol": "rtmp-push",
        "RtmpPushSettings": {"ApplicationName": "live", "StreamName": "key"},
    },
]
RULES = [{"Cidr": "203.0.113.10/32"}]
# What the answers do not show, with what it does.
NOT_SHOWN = {
    "CreateChannel.DryRun": "checks only",
    "CreateChannel.RequestId": "tells repeated calls",
    "CreateChannel.Reserved": "botocore: deprecated and ignored",
    "CreateChannel.Vpc.PublicAddressAllocationIds": "counted; no answer of AWS has it",
    "CreateInput.RequestId": "tells repeated calls",
    "CreateMultiplex.RequestId": "tells repeated calls",
    "CreateMultiplexProgram.RequestId": "tells repeated calls",
    "CreateInput.Vpc.SecurityGroupIds": "counted; no answer of AWS has it",
    "CreateInput.Vpc.SubnetIds": "counted; no answer of AWS has it",
    "UpdateChannel.DryRun": "checks only",
}
# Members of the operations that change no settings: what they are about, and pages.
ABOUT = {
    "ChannelId",
    "ChannelIds",
    "EntitlementArn",
    "FlowArn",
    "InputDeviceId",
    "InputId",
    "InputIds",
    "InputSecurityGroupId",
    "InputSecurityGroupIds",
    "MaxResults",
    "MultiplexId",
    "MultiplexIds",
    "NextToken",
    "OfferingId",
    "OutputArn",
    "PipelineId",
    "PipelineIds",
    "ReservationId",
    "ResourceArn",
    "SourceArn",
    "StateFilter",
    "TagKeys",
    "ThumbnailType",
    "TransferType",
}
# Of lists that are empty whatever is asked for.
_FILTER = {
    "ChannelClass",
    "Codec",
    "MaximumBitrate",
    "MaximumFramerate",
    "Resolution",
    "ResourceType",
    "SpecialFeature",
    "VideoQuality",
}
# And what the request is about, where other requests change a member of that name.
FILTERS = {
    "DeleteMultiplexProgram": {"ProgramName"},
    "DescribeMultiplexProgram": {"ProgramName"},
    "RemoveFlowMediaStream": {"MediaStreamName"},
    "RemoveFlowVpcInterface": {"VpcInterfaceName"},
    "ListOfferings": {*_FILTER, "ChannelConfiguration", "Duration"},
    "ListReservations": _FILTER,
}


def made_group(service: Service) -> str:
    made = service.call("CreateInputSecurityGroup", {"WhitelistRules": RULES})
    return str(made["securityGroup"]["id"])


def made_input(service: Service, members: Members) -> str:
    if members["Type"].endswith("PUSH"):
        members = {**members, "InputSecurityGroups": [made_group(service)]}
    input_id = str(service.call("CreateInput", members)["input"]["id"])
    for _ in range(3):
        service.call("DescribeInput", {"InputId": input_id})
    return input_id


def made_flow(service: Service) -> str:
    return str(service.call("CreateFlow", FLOW)["flow"]["flowArn"])


RTP: Members = {"Name": "in", "Type": "RTP_PUSH"}
RTMP: Members = {"Name": "in", "Type": "RTMP_PUSH"}
PULL: Members = {"Name": "in", "Type": "URL_PULL", "Sources": [{"Url": "https://example.org/a"}]}
SRT: Members = {"Name": "in", "Type": "SRT_CALLER"}
FLOW: Members = {
    "Name": "flow",
    "Source": {"Name": "in", "Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24"},
}
FAILOVER: Members = {"FailoverMode": "FAILOVER", "State": "ENABLED"}
ENTITLEMENT: Members = {"Name": "friends", "Subscribers": ["111122223333"]}
INTERFACE: Members = {
    "Name": "vpc",
    "RoleArn": KEYS["RoleArn"],
    "SecurityGroupIds": ["sg-1"],
    "SubnetId": "subnet-1",
}
STREAM: Members = {"MediaStreamId": 1, "MediaStreamName": "sound", "MediaStreamType": "audio"}
MULTIPLEX: Members = {
    "Name": "multiplex",
    "AvailabilityZones": ["us-west-2a", "us-west-2b"],
    "MultiplexSettings": {"TransportStreamBitrate": 1_000_000, "TransportStreamId": 1},
    "RequestId": "multiplex",
}
PROGRAM: Members = {
    "MultiplexProgramSettings": {"ProgramNumber": 1},
    "ProgramName": "program",
    "RequestId": "program",
}

Base = Callable[[Service], Members]


def creates_input(members: Members) -> Base:
    groups = members["Type"].endswith("PUSH")
    return lambda service: {
        **members,
        **({"InputSecurityGroups": [made_group(service)]} if groups else {}),
    }


def updates_input(members: Members) -> Base:
    return lambda service: {"InputId": made_input(service, members)}


def adding(output: Members) -> Base:
    return lambda _: {**FLOW, "Outputs": [output]}


def adds(output: Members) -> Base:
    return lambda service: {"FlowArn": made_flow(service), "Outputs": [output]}


def updates_output(output: Members) -> Base:
    def base(service: Service) -> Members:
        request = adds(output)(service)
        made = service.call("AddFlowOutputs", request)["outputs"][0]["outputArn"]
        members = {key: value for key, value in output.items() if key != "Name"}
        return {**members, "FlowArn": request["FlowArn"], "OutputArn": made}

    return base


def with_failover(service: Service) -> Members:
    made = service.call("CreateFlow", {**FLOW, "SourceFailoverConfig": FAILOVER})
    second = {**FLOW["Source"], "Name": "second"}
    return {"FlowArn": made["flow"]["flowArn"], "Sources": [second]}


def updates_source(service: Service) -> Members:
    made = service.call("CreateFlow", FLOW)["flow"]
    return {"FlowArn": made["flowArn"], "SourceArn": made["source"]["sourceArn"]}


def updates_entitlement(service: Service) -> Members:
    arn = made_flow(service)
    granted = {"FlowArn": arn, "Entitlements": [ENTITLEMENT]}
    made = service.call("GrantFlowEntitlements", granted)["entitlements"][0]["entitlementArn"]
    return {"FlowArn": arn, "EntitlementArn": made}


def updates_stream(service: Service) -> Members:
    arn = made_flow(service)
    service.call("AddFlowMediaStreams", {"FlowArn": arn, "MediaStreams": [STREAM]})
    return {"FlowArn": arn, "MediaStreamName": STREAM["MediaStreamName"]}


def made_multiplex(service: Service) -> str:
    made = str(service.call("CreateMultiplex", MULTIPLEX)["multiplex"]["id"])
    for _ in range(3):
        service.call("DescribeMultiplex", {"MultiplexId": made})
    return made


def updates_program(service: Service) -> Members:
    request = {"MultiplexId": made_multiplex(service), **PROGRAM}
    service.call("CreateMultiplexProgram", request)
    return {"MultiplexId": request["MultiplexId"], "ProgramName": PROGRAM["ProgramName"]}


def updates_channel(service: Service) -> Members:
    request = channel_request(made_input(service, RTP))
    made = service.call("CreateChannel", request)["channel"]["id"]
    for _ in range(3):
        service.call("DescribeChannel", {"ChannelId": made})
    request.pop("ChannelClass")
    return {**request, "ChannelId": made}


def updates_class(service: Service) -> Members:
    request = updates_channel(service)
    return {
        "ChannelId": request["ChannelId"],
        "ChannelClass": "SINGLE_PIPELINE",
        "Destinations": request["Destinations"],
    }


ACTIONS: Path_ = ("Creates", "ScheduleActions")
SETTINGS_OF_ACTION: Any = MODELS["medialive"].shape_for("ScheduleActionSettings")
KINDS = SETTINGS_OF_ACTION.members
# What these kinds need besides what the model requires.
NEEDED: Members = {
    "InputSwitchSettings": {"InputAttachmentNameReference": "in"},
    "StaticImageOutputActivateSettings": {
        "Image": {"Uri": "s3://bucket/a.png"},
        "OutputNames": ["main"],
    },
    "StaticImageOutputDeactivateSettings": {"OutputNames": ["main"]},
    "HlsTimedMetadataSettings": {"Id3": "SUQz"},
    "TimedMetadataSettings": {"Id3": "SUQz"},
}


def schedules(kind: str) -> Base:
    def base(service: Service) -> Members:
        request = channel_request(made_input(service, RTP))
        request["EncoderSettings"] |= SCHEDULE_FEATURES
        request["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]["OutputName"] = "main"
        made = service.call("CreateChannel", request)["channel"]["id"]
        action = {
            "ActionName": "one",
            "ScheduleActionSettings": {kind: NEEDED.get(kind) or least(KINDS[kind])},
            "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
        }
        return {"ChannelId": made, "Creates": {"ScheduleActions": [action]}}

    return base


@dataclass(frozen=True)
class Case:
    """A request that is accepted, on which members are tried.

    Attributes:
        base: makes what it needs; returns its members.
        only: the member that is tried; all where it is None.
        under: the path below which members are tried.
    """

    operation: str
    start: Callable[[], Service]
    base: Base
    only: str | None = None
    under: Path_ = ()


CASES: dict[str, Case] = {
    "CreateChannel": Case(
        "CreateChannel", live, lambda service: channel_request(made_input(service, RTP))
    ),
    "CreateChannel in a VPC": Case(
        "CreateChannel",
        live,
        lambda service: {
            **channel_request(made_input(service, RTP)),
            "Vpc": {"SubnetIds": ["subnet-1", "subnet-2"]},
        },
        only="Vpc",
    ),
    "UpdateChannel": Case("UpdateChannel", live, updates_channel),
    "UpdateChannelClass": Case("UpdateChannelClass", live, updates_class),
    **{
        f"CreateInput {base['Type']}": Case("CreateInput", live, creates_input(base))
        for base in (RTP, RTMP, PULL, SRT)
    },
    "CreateInput in a VPC": Case(
        "CreateInput",
        live,
        lambda _: {
            **RTP,
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "Vpc": {"SubnetIds": ["subnet-1", "subnet-2"]},
        },
    ),
    **{
        f"UpdateInput {base['Type']}": Case("UpdateInput", live, updates_input(base))
        for base in (RTP, RTMP, PULL, SRT)
    },
    "CreateInputSecurityGroup": Case(
        "CreateInputSecurityGroup", live, lambda _: {"WhitelistRules": RULES}
    ),
    "UpdateInputSecurityGroup": Case(
        "UpdateInputSecurityGroup", live, lambda s: {"InputSecurityGroupId": made_group(s)}
    ),
    "BatchUpdateSchedule": Case("BatchUpdateSchedule", live, schedules("PauseStateSettings")),
    **{
        f"BatchUpdateSchedule {kind}": Case(
            "BatchUpdateSchedule",
            live,
            schedules(kind),
            under=(*ACTIONS, 0, "ScheduleActionSettings", kind),
        )
        for kind, shape in KINDS.items()
        if shape.members.keys() - {"Id3"}
    },
    "UpdateAccountConfiguration": Case("UpdateAccountConfiguration", live, lambda _: {}),
    "CreateTags": Case(
        "CreateTags", live, lambda s: {"ResourceArn": arn_of_group(s, made_group(s))}
    ),
    "CreateFlow": Case("CreateFlow", connect, lambda _: FLOW),
    **{
        f"CreateFlow with {output['Protocol']}": Case(
            "CreateFlow", connect, adding(output), only="Outputs"
        )
        for output in OUTPUTS
    },
    **{
        f"AddFlowOutputs {output['Protocol']}": Case("AddFlowOutputs", connect, adds(output))
        for output in OUTPUTS
    },
    **{
        f"UpdateFlowOutput {output['Protocol']}": Case(
            "UpdateFlowOutput", connect, updates_output(output)
        )
        for output in OUTPUTS
    },
    "UpdateFlow": Case("UpdateFlow", connect, lambda s: {"FlowArn": made_flow(s)}),
    "AddFlowSources": Case("AddFlowSources", connect, with_failover),
    "UpdateFlowSource": Case("UpdateFlowSource", connect, updates_source),
    "GrantFlowEntitlements": Case(
        "GrantFlowEntitlements",
        connect,
        lambda s: {"FlowArn": made_flow(s), "Entitlements": [ENTITLEMENT]},
    ),
    "UpdateFlowEntitlement": Case("UpdateFlowEntitlement", connect, updates_entitlement),
    "AddFlowVpcInterfaces": Case(
        "AddFlowVpcInterfaces",
        connect,
        lambda s: {"FlowArn": made_flow(s), "VpcInterfaces": [INTERFACE]},
    ),
    "AddFlowMediaStreams": Case(
        "AddFlowMediaStreams",
        connect,
        lambda s: {"FlowArn": made_flow(s), "MediaStreams": [STREAM]},
    ),
    "UpdateFlowMediaStream": Case("UpdateFlowMediaStream", connect, updates_stream),
    "CreateMultiplex": Case("CreateMultiplex", live, lambda _: MULTIPLEX),
    "UpdateMultiplex": Case("UpdateMultiplex", live, lambda s: {"MultiplexId": made_multiplex(s)}),
    "CreateMultiplexProgram": Case(
        "CreateMultiplexProgram",
        live,
        lambda s: {"MultiplexId": made_multiplex(s), **PROGRAM},
    ),
    "UpdateMultiplexProgram": Case("UpdateMultiplexProgram", live, updates_program),
    "TagResource": Case(
        "TagResource", connect, lambda s: {"ResourceArn": made_flow(s), "Tags": {}}
    ),
}


def arn_of_group(service: Service, group_id: str) -> str:
    shown = service.call("DescribeInputSecurityGroup", {"InputSecurityGroupId": group_id})
    return str(shown["arn"])


def answers(service: Service) -> Any:
    """Return all that the service shows of its resources and their tags."""
    region = service.backend.region
    if service.name == "mediaconnect":
        return [
            service.call("ListFlows", {}),
            *(service.call("DescribeFlow", {"FlowArn": arn}) for arn in region.flows),
            region.tags,
        ]
    return [
        *(service.call("DescribeChannel", {"ChannelId": key}) for key in region.channels),
        service.call("DescribeAccountConfiguration", {}),
        *(service.call("DescribeSchedule", {"ChannelId": key}) for key in region.channels),
        *(service.call("DescribeInput", {"InputId": key}) for key in region.inputs),
        *(
            service.call("DescribeInputSecurityGroup", {"InputSecurityGroupId": key})
            for key in region.groups
        ),
        *(service.call("DescribeMultiplex", {"MultiplexId": key}) for key in region.multiplexes),
        *(
            service.call("DescribeMultiplexProgram", {"MultiplexId": key, "ProgramName": name})
            for key, programs in region.programs.items()
            for name in programs
        ),
    ]


def leaves(
    shape: Any, path: Path_ = (), within: tuple[str, ...] = ()
) -> Iterator[tuple[Path_, Any]]:
    """Yield (path, shape) of all members without members; 0 is the first item of a list."""
    if shape.type_name == "structure" and shape.members:
        if shape.name not in within:
            for name, member in shape.members.items():
                yield from leaves(member, (*path, name), (*within, shape.name))
    elif shape.type_name == "list":
        yield from leaves(shape.member, (*path, 0), within)
    else:
        yield path, shape


def least(shape: Any) -> Any:
    """Return the least value that the model allows."""
    match shape.type_name:
        case "structure":
            names = shape.required_members or list(shape.members)[: shape.is_tagged_union]
            return {name: least(shape.members[name]) for name in names}
        case "list":
            return [least(shape.member)] * int(limits(shape)[0] or 0)
        case "map":
            return {}
        case "boolean":
            return False
        case "string" | "timestamp":
            return shape.enum[0] if getattr(shape, "enum", None) else "made-up"
    return int(limits(shape)[0] or 0)


def values(shape: Any, number: int) -> list[Any]:
    """Return values to be found again; two of them where few are possible."""
    match shape.type_name:
        case "structure":
            return [{}]
        case "map" if shape.value.type_name == "structure":
            # Its keys name what there is: test_multiplex.py.
            return [{}]
        case "map":
            return [{"key": f"made-up-{number}"}]
        case "boolean":
            return [False, True]
        case "string" | "timestamp":
            enum = getattr(shape, "enum", None)
            return sorted({enum[0], enum[-1]}) if enum else [f"made-up-{number}"]
    lowest, highest = limits(shape)
    return [int(max(lowest or 0, min(number, 2**31 if highest is None else highest)))]


def put(shape: Any, members: Any, path: Path_, value: Any) -> Any:
    """Return *members* with *value* at *path*, and what the model requires on the way."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(members or [])
        first = items[0] if items else least(shape.member)
        # As many as the model requires, and where two are usual (subnets) the others stay.
        return [put(shape.member, first, rest, value), *items[1:]]
    members = {} if shape.is_tagged_union else least(shape) if members is None else members
    return {**members, step: put(shape.members[step], members.get(step), rest, value)}


def holds(answer: Any, name: str, value: Any) -> bool:
    """Tell whether *answer* has the value: a text anywhere, all else under its name."""
    if isinstance(value, dict):
        return not value or holds(answer, name, value["key"])
    if isinstance(value, str) and value.startswith("made-up"):
        return value in json.dumps(answer)
    if isinstance(answer, dict):
        wire_name = name[:1].lower() + name[1:]
        return any(
            (key == wire_name and value in (item if isinstance(item, list) else [item]))
            or holds(item, name, value)
            for key, item in answer.items()
        )
    return isinstance(answer, list) and any(holds(item, name, value) for item in answer)


def names(path: Path_) -> str:
    return ".".join(step for step in path if isinstance(step, str))


@dataclass
class Outcome:
    """Fate of an operation's members, by their names."""

    shown: set[str]
    refused: set[str]
    not_implemented: set[str]
    dropped: set[str]


def outcome(case: Case) -> Outcome:
    operation = case.operation
    result = Outcome(set(), set(), set(), set())
    service = case.start()
    request = case.base(service)
    fresh = copy.deepcopy(vars(service.backend.region))
    shape = MODELS[service.name].operation_model(operation).input_shape
    numbers = itertools.count(7)
    for path, leaf in leaves(shape):
        name = f"{operation}.{names(path)}"
        if path[0] in ABOUT or case.only not in {None, path[0]}:
            continue
        if path[: len(case.under)] != case.under:
            continue
        answers_so_far = []
        for value in values(leaf, next(numbers)):
            vars(service.backend.region).update(fresh | _copied(fresh))
            try:
                service.call(operation, put(shape, request, path, value))
            except AwsError as error:
                kind = result.not_implemented if error.status == 501 else result.refused
                kind.add(name)
                continue
            answers_so_far.append(answers(service))
            last = next(step for step in reversed(path) if isinstance(step, str))
            (result.shown if holds(answers_so_far[-1], last, value) else result.dropped).add(name)
        if len(answers_so_far) > 1 and all(
            answer == answers_so_far[0] for answer in answers_so_far
        ):
            result.dropped.add(name)
    return result


def _copied(state: Members) -> Members:
    shared = {"clock", "quotas", "role_problem", "readings", "lookups", "name"}
    return {key: copy.deepcopy(value) for key, value in state.items() if key not in shared}


@pytest.mark.parametrize("case", CASES)
def test_no_member_is_accepted_and_dropped(case: str) -> None:
    result = outcome(CASES[case])
    assert sorted(result.dropped - NOT_SHOWN.keys()) == []
    assert result.shown


def refused(shape: Any) -> set[str]:
    """Return the members of a request that are refused with 501."""
    return set(REFUSED["medialive"].get(shape.name, {})) if shape is not None else set()


def test_all_else_that_is_implemented_takes_no_settings() -> None:
    tried = {case.operation for case in CASES.values()}
    for service, model in MODELS.items():
        for operation in sorted({*operations.implemented(service)} - tried):
            shape = model.operation_model(operation).input_shape
            given = set(shape.members) if shape is not None else set()
            assert given - FILTERS.get(operation, set()) <= ABOUT | refused(shape), operation


@pytest.mark.parametrize("service", REFUSED)
def test_each_refused_member_is_one_of_the_model(service: str) -> None:
    for structure, members in REFUSED[service].items():
        shape: Any = MODELS[service].shape_for(structure)
        assert members.keys() <= shape.members.keys()
