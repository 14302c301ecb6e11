"""boto3's waiters of implemented operations, each by way of the operations that lead there.

The emulator shows every transient state once, so a waiter that passes has also gone on at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from bench.contract.case import Case
from localaws.operations import implemented
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.medialive import channel_request

CLIENT: Final = "boto3 waiters"
_QUICK: Final = {"Delay": 0, "MaxAttempts": 20}
_UNREACHED: Final = {
    "ERROR": "no operation and no fault brings a flow there",
    "DELETING": "the state is over before the second look",
}


def run() -> list[Case]:
    """Run each waiter to each state and error that ends it."""
    with EmbeddedAws() as aws:
        return [
            _case(aws, service, name, acceptor)
            for service in ("medialive", "mediaconnect")
            for name, acceptor in _ends(aws, service)
        ]


def _ends(aws: EmbeddedAws, service: str) -> Iterator[tuple[str, Any]]:
    client = connect(aws.endpoint, service)
    for name in client.waiter_names:
        config = client.get_waiter(name).config
        if config.operation in implemented(service):
            for acceptor in config.acceptors:
                if acceptor.state != "retry":
                    yield name, acceptor


def _case(aws: EmbeddedAws, service: str, name: str, acceptor: Any) -> Case:
    title = f"{name} {acceptor.state} at {acceptor.expected}"
    bring = WAYS.get((name, acceptor.expected))
    if bring is None:
        reason = _UNREACHED.get(acceptor.expected, "no way there is written down")
        return Case(CLIENT, title, skipped=reason)
    aws.reset()
    try:
        members = bring(aws, connect(aws.endpoint, service))
        connect(aws.endpoint, service).get_waiter(name).wait(**members, WaiterConfig=_QUICK)
        ended = "success"
    except WaiterError as error:
        ended = "failure" if "terminal failure" in str(error) else str(error)
    except (ClientError, BotoCoreError) as error:
        ended = str(error)
    return Case(CLIENT, title, () if ended == acceptor.state else (f"it ended with {ended}",))


_ENDS: Final = {"start": "running", "stop": "stopped", "delete": "deleted"}
"""The state that an operation ends in, as waiters name it."""

Way = Callable[[EmbeddedAws, Any], dict[str, Any]]


def _input(client: Any) -> str:
    sources = [{"Url": "https://example.org/a"}]
    return str(client.create_input(Name="in", Type="URL_PULL", Sources=sources)["Input"]["Id"])


def _in_turn(
    client: Any, kind: str, members: dict[str, Any], operations: Sequence[str]
) -> dict[str, Any]:
    """Call each of *operations* on a channel or multiplex when the one before has ended."""
    ended = "created"
    for operation in operations:
        client.get_waiter(f"{kind}_{ended}").wait(**members, WaiterConfig=_QUICK)
        getattr(client, f"{operation}_{kind}")(**members)
        ended = _ENDS[operation]
    return members


def _channel(*operations: str) -> Way:
    """Return the way of a channel that *operations* are called on once it is IDLE."""

    def bring(_: EmbeddedAws, client: Any) -> dict[str, Any]:
        made = client.create_channel(**channel_request(_input(client)))
        return _in_turn(client, "channel", {"ChannelId": made["Channel"]["Id"]}, operations)

    return bring


def _failed_channel(aws: EmbeddedAws, client: Any) -> dict[str, Any]:
    members = _channel()(aws, client)
    aws.trigger("create-failed", "*")
    return members


def _attached(aws: EmbeddedAws, client: Any) -> dict[str, Any]:
    _channel()(aws, client)
    return {"InputId": client.list_inputs()["Inputs"][0]["Id"]}


def _unattached(_: EmbeddedAws, client: Any) -> dict[str, Any]:
    return {"InputId": _input(client)}


def _deleted_input(aws: EmbeddedAws, client: Any) -> dict[str, Any]:
    members = _unattached(aws, client)
    client.get_waiter("input_detached").wait(**members, WaiterConfig=_QUICK)
    client.delete_input(**members)
    return members


def _flow(*operations: str) -> Way:
    def bring(_: EmbeddedAws, client: Any) -> dict[str, Any]:
        source = {"Name": "in", "Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24"}
        made = client.create_flow(Name="one", Source={**source, "IngestPort": 5000})
        members = {"FlowArn": made["Flow"]["FlowArn"]}
        for place, operation in enumerate(operations):
            if place:
                client.get_waiter("flow_active").wait(**members, WaiterConfig=_QUICK)
            getattr(client, f"{operation}_flow")(**members)
        return members

    return bring


def _multiplex(*operations: str) -> Way:
    def bring(_: EmbeddedAws, client: Any) -> dict[str, Any]:
        settings = {"TransportStreamBitrate": 1000000, "TransportStreamId": 1}
        made = client.create_multiplex(
            Name="one",
            AvailabilityZones=["us-west-2a", "us-west-2b"],
            MultiplexSettings=settings,
            RequestId="one",
        )
        return _in_turn(client, "multiplex", {"MultiplexId": made["Multiplex"]["Id"]}, operations)

    return bring


WAYS: Final[dict[tuple[str, str], Way]] = {
    ("channel_created", "IDLE"): _channel(),
    ("channel_created", "CREATE_FAILED"): _failed_channel,
    ("channel_running", "RUNNING"): _channel("start"),
    ("channel_stopped", "IDLE"): _channel("start", "stop"),
    ("channel_stopped", "DELETING"): _channel("delete"),
    ("channel_stopped", "DELETED"): _channel("delete"),
    ("channel_stopped", "NotFoundException"): lambda _aws, _client: {"ChannelId": "9999999"},
    ("channel_deleted", "DELETED"): _channel("delete"),
    ("input_attached", "ATTACHED"): _attached,
    ("input_detached", "DETACHED"): _unattached,
    ("input_deleted", "DELETED"): _deleted_input,
    ("multiplex_created", "IDLE"): _multiplex(),
    ("multiplex_running", "RUNNING"): _multiplex("start"),
    ("multiplex_stopped", "IDLE"): _multiplex("start", "stop"),
    ("multiplex_deleted", "DELETED"): _multiplex("delete"),
    ("flow_active", "ACTIVE"): _flow("start"),
    ("flow_active", "STANDBY"): _flow(),
    ("flow_standby", "STANDBY"): _flow("start", "stop"),
    ("flow_deleted", "NotFoundException"): _flow("delete"),
}
"""(waiter, what ends it) -> the way there; returns the members that the waiter asks with."""
