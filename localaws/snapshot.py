"""State of the emulator for people: resources and connections, never a key."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

from localaws.faults import Faults
from localaws.functions import definition
from localaws.request_log import Call
from localaws.resource import Resource

_LAST_CALLS = 25


class SnapshotSource(Protocol):
    """Resources, calls and faults of an emulator."""

    faults: Faults

    @property
    def regions(self) -> dict[tuple[str, str], Any]:
        """Resources of MediaLive and MediaConnect, by service and region."""

    @property
    def calls(self) -> list[Call]:
        """All calls so far."""


def of(aws: SnapshotSource) -> dict[str, Any]:
    """Return flows, outputs, inputs, channels, functions and the last calls.

    Looking here does not count as a look of a client.
    """
    shown: dict[str, Any] = {"flows": [], "outputs": [], "inputs": [], "channels": []}
    for (service, region), state in sorted(aws.regions.items()):
        if service == "mediaconnect":
            for flow in state.flows.values():
                shown["flows"].append(_flow(region, flow))
                shown["outputs"] += [
                    _output(flow.members, output) for output in flow.members["Outputs"]
                ]
        else:
            shown["inputs"] += [_input(item.members) for item in _living(state.inputs)]
            shown["channels"] += [_channel(channel, state) for channel in _living(state.channels)]
    calls = [str(call) for call in reversed(aws.calls[-_LAST_CALLS:])]
    shown["functions"] = definition.shown()
    return {**shown, "calls": calls, "faults": aws.faults.happened[-_LAST_CALLS:]}


def _living(items: dict[str, Any]) -> list[Any]:
    return [item for item in items.values() if item.state != "DELETED"]


def _flow(region: str, item: Resource) -> dict[str, Any]:
    flow = item.members
    return {
        "trouble": ", ".join(sorted(item.conditions)),
        "name": flow["Name"],
        "region": region,
        "state": flow["Status"],
        "protocol": flow["Source"]["Transport"]["Protocol"],
        "egress": flow["EgressIp"],
        "outputs": len(flow["Outputs"]),
    }


def _output(flow: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": output["Name"],
        "flow": flow["Name"],
        "state": output["OutputStatus"],
        # Nowhere by itself, where the receiver calls.
        "sends_to": ":".join(
            str(output[key]) for key in ("Destination", "Port") if output.get(key) is not None
        ),
    }


def _input(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item["Id"],
        "name": item["Name"],
        "state": item["State"],
        "listens_at": ", ".join(
            f"{endpoint['Ip']}:{endpoint['Port']}" for endpoint in item["Destinations"]
        ),
        "channel": ", ".join(item["AttachedChannels"]),
    }


def _channel(item: Resource, region: Any) -> dict[str, Any]:
    channel = item.members
    urls = [
        settings.get("Url", "")
        for destination in channel.get("Destinations", [])
        for settings in destination.get("Settings", [])
    ]
    return {
        "id": channel["Id"],
        "name": channel["Name"],
        "state": channel["State"],
        "channel_class": channel["ChannelClass"],
        "trouble": ", ".join(sorted(item.conditions)),
        "pipelines": channel["PipelinesRunningCount"],
        # The host alone: what follows it may be a key.
        "sends_to": ", ".join(sorted({urlsplit(url).hostname or "?" for url in urls})),
        "alerts": sum(alert["State"] == "SET" for alert in region.alerts.get(channel["Id"], [])),
    }
