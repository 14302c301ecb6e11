"""The history of the emulator: the times a stream was on, and the calls that disturbed it."""

from __future__ import annotations

import http
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.call_log import is_read
from bench.soak.availability import REFUSED, START_SECONDS, Excuse
from catalog.model import DestinationSpec
from localaws.request_log import Call
from localaws.resource import Resource, StateChange
from localaws.server import LOCAL_REGION, EmbeddedAws

PREFIX = "lunora-player-local-"
_SUFFIXES = ("", "_1", "_backup", "_backup_1")

# What takes a stream off, or may.
_DISTURBING = frozenset(
    {"StopChannel", "UpdateChannel", "UpdateChannelClass", "DeleteChannel"}
    | {"RestartChannelPipelines", "UpdateInput", "DeleteInput"}
    | {"UpdateFlowOutput", "RemoveFlowOutput", "StopFlow", "DeleteFlow"}
)


class _Output(NamedTuple):
    """A flow output that is enabled."""

    name: str
    flow: Resource
    address: tuple[str, int]


@dataclass
class Recorder:
    """Records the enabled flow outputs of an emulator after every call that may change them."""

    aws: EmbeddedAws = None  # type: ignore[assignment]  # it is set before the first call
    _outputs: list[tuple[float, list[_Output]]] = field(default_factory=list)

    @property
    def _medialive(self) -> Any:
        return self.aws.medialive().region

    @property
    def _flows(self) -> list[Resource]:
        return list(self.aws.regions["mediaconnect", LOCAL_REGION].flows.values())

    def record(self, call: Call) -> None:
        """Read the flow outputs after a call that may have changed them."""
        # Scheduler calls MediaConnect under its own name.
        if call.service in {"mediaconnect", "scheduler"} and not is_read(f":{call.operation}"):
            outputs = [
                _Output(output["Name"], flow, (output["Destination"], output["Port"]))
                for flow in self._flows
                for output in flow.members["Outputs"]
                if output["OutputStatus"] == "ENABLED"
            ]
            # Calls of several threads may be heard in another order than they were answered.
            insort(self._outputs, (call.time, outputs), key=lambda sample: sample[0])

    def is_on(self, origin: str, spec: DestinationSpec, time: float) -> bool:
        """Return whether the platform got the stream at a *time*; see `availability`."""
        index = bisect_right(self._outputs, time, key=lambda sample: sample[0])
        outputs = [
            output
            for output in (self._outputs[index - 1][1] if index else ())
            if output.name in _names(origin)
            and _is_well(output.flow, time, "ACTIVE", "source-lost")
        ]
        ends = {
            (end["Ip"], int(end["Port"]))
            for item in _named(self._medialive.inputs, origin)
            for end in item.members["Destinations"]
        }
        if spec.route == "flow":
            return any(output.address not in ends for output in outputs)
        channels = _named(self._medialive.channels, origin)
        return any(output.address in ends for output in outputs) and any(
            _is_well(channel, time, "RUNNING", "output-lost") for channel in channels
        )

    def changes(self, origin: str) -> Iterator[float]:
        """Yield the times at which it may have become on or off."""
        yield from (time for time, _ in self._outputs)
        for item in (*_named(self._medialive.channels, origin), *self._flows):
            yield from (change.time for change in item.history)

    def touched(self, begin: float, end: float) -> Iterator[tuple[str, str]]:
        """Yield origin and operation of the calls of a run that disturbed a stream.

        What schedules did is left out.
        """
        for call in self.aws.calls:
            origin = self._origin(call) if begin <= call.time <= end else None
            if origin is not None and call.operation in _DISTURBING:
                yield origin, call.operation

    def refused(self) -> Iterator[Excuse]:
        """Yield the times from a refusal of Scheduler until the same call was let through."""
        since: dict[tuple[str, str], Excuse] = {}
        for call in self.aws.calls:
            origin = self._origin(call)
            if call.service != "scheduler" or origin is None:
                continue
            key = (origin, call.operation)
            if call.status != http.HTTPStatus.OK and key not in since:
                since[key] = Excuse(origin, REFUSED, call.time, call.time + START_SECONDS)
                yield since[key]
            elif call.status == http.HTTPStatus.OK and key in since:
                since.pop(key).end = call.time + START_SECONDS

    def state(self, origin: str) -> str | None:
        """Return the state of its channel now; None where it has none."""
        states = [channel.state for channel in _named(self._medialive.channels, origin)]
        return next((state for state in reversed(states) if state != "DELETED"), None)

    def _origin(self, call: Call) -> str | None:
        resources = {**self._medialive.inputs, **self._medialive.channels}
        item = resources.get(call.resource)
        name: str = item.members["Name"] if item else call.resource.rpartition(":")[2]
        return name.removeprefix(PREFIX).partition("_")[0] if name.startswith(PREFIX) else None


def _names(origin: str) -> set[str]:
    return {f"{PREFIX}{origin}{suffix}" for suffix in _SUFFIXES}


def _named(items: dict[str, Resource], origin: str) -> list[Resource]:
    names = _names(origin)
    return [item for item in items.values() if item.members["Name"] in names]


def _is_well(item: Resource, time: float, state: str, fault: str) -> bool:
    """Return whether a resource was in a *state* at a *time*, and without a *fault*."""
    index = bisect_right(item.history, time, key=lambda change: change.time)
    change = item.history[index - 1] if index else StateChange(time, "NONE")
    return change.state == state and fault not in change.conditions
