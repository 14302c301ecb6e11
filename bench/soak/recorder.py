"""The history of the emulator: the times a stream was on, and the calls that disturbed it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from catalog.model import DestinationSpec
from localaws.request_log import Call
from localaws.resource import Resource, StateChange
from localaws.server import LOCAL_REGION, EmbeddedAws

PREFIX = "lunora-player-local-"
_SUFFIXES = ("", "_1", "_backup", "_backup_1")
_READS = ("Describe", "List")

# What takes a stream off, or may.
_DISTURBING = frozenset(
    {"StopChannel", "UpdateChannel", "UpdateChannelClass", "DeleteChannel"}
    | {"RestartChannelPipelines", "UpdateInput", "DeleteInput"}
    | {"UpdateFlowOutput", "RemoveFlowOutput", "StopFlow", "DeleteFlow"}
)


@dataclass(frozen=True, slots=True)
class _Output:
    """A flow output that is enabled."""

    name: str
    flow: str
    address: tuple[str, int]
    pushes: bool


@dataclass
class Recorder:
    """Records the enabled flow outputs after every call that may change them.

    Attributes:
        aws: the emulator; set once it runs.
    """

    aws: EmbeddedAws | None = None
    _outputs: list[tuple[float, frozenset[_Output]]] = field(default_factory=list)

    def record(self, call: Call) -> None:
        """Look at the flow outputs after a call that may have changed them."""
        if call.service == "mediaconnect" and not call.operation.startswith(_READS):
            # Calls of several threads may be heard in another order than they were answered.
            insort(
                self._outputs, (call.time, frozenset(self._enabled())), key=lambda sample: sample[0]
            )

    def is_on(self, origin: str, spec: DestinationSpec, time: float) -> bool:
        """Tell whether the platform got the stream at the time *at*; see `account`."""
        outputs = [
            output
            for output in self._outputs_at(time)
            if output.name in _names(origin) and self._passes(output.flow, time)
        ]
        if spec.route == "flow":
            return any(output.pushes for output in outputs)
        running = any(
            _moment(channel, time).state == "RUNNING"
            and "output-lost" not in _moment(channel, time).conditions
            for channel in self._named("channels", origin)
        )
        inputs = self._named("inputs", origin)
        ends = {
            (end["Ip"], int(end["Port"])) for item in inputs for end in item.members["Destinations"]
        }
        return running and any(output.address in ends for output in outputs)

    def changes(self, origin: str) -> Iterator[float]:
        """Yield the times at which it may have become on or off."""
        yield from (time for time, _ in self._outputs)
        for item in (*self._named("channels", origin), *self._flows.values()):
            yield from (moment.time for moment in item.history)

    def touched(self, begin: float, end: float) -> Iterator[tuple[str, Call]]:
        """Yield what the calls of a run disturbed, by origin; what schedules did is left out."""
        for call in self._here.calls:
            if begin <= call.time <= end and call.operation in _DISTURBING:
                origin = self._origin(call.resource)
                if origin is not None:
                    yield origin, call

    def refused(self) -> Iterator[tuple[str, float, float]]:
        """Yield what Scheduler was refused: origin, from when on, until it was let."""
        open_since: dict[tuple[str, str], float] = {}
        for call in self._here.calls:
            origin = self._origin(call.resource)
            if call.service != "scheduler" or origin is None:
                continue
            key = (origin, call.operation)
            if call.status != 200:  # noqa: PLR2004 - HTTP's OK
                open_since.setdefault(key, call.time)
            elif key in open_since:
                yield origin, open_since.pop(key), call.time
        for (origin, _), since in open_since.items():
            yield origin, since, since

    def state(self, origin: str) -> str | None:
        """Return the state of its channel now; None where it has none."""
        living = [
            channel for channel in self._named("channels", origin) if channel.state != "DELETED"
        ]
        return living[-1].state if living else None

    @property
    def _here(self) -> EmbeddedAws:
        if self.aws is None:
            raise RuntimeError("there is no emulator yet")
        return self.aws

    @property
    def _flows(self) -> dict[str, Resource]:
        flows: dict[str, Resource] = self._here.regions["mediaconnect", LOCAL_REGION].flows
        return flows

    def _enabled(self) -> Iterator[_Output]:
        for arn, flow in self._flows.items():
            for output in flow.members["Outputs"]:
                if output["OutputStatus"] == "ENABLED":
                    pushes = output["Transport"]["Protocol"] == "rtmp-push"
                    yield _Output(
                        output["Name"], arn, (output["Destination"], output["Port"]), pushes
                    )

    def _outputs_at(self, time: float) -> frozenset[_Output]:
        index = bisect_right(self._outputs, time, key=lambda sample: sample[0])
        return self._outputs[index - 1][1] if index else frozenset()

    def _passes(self, flow: str, time: float) -> bool:
        moment = _moment(self._flows[flow], time)
        return moment.state == "ACTIVE" and "source-lost" not in moment.conditions

    def _named(self, kind: str, origin: str) -> list[Resource]:
        items: dict[str, Resource] = getattr(self._here.regions["medialive", LOCAL_REGION], kind)
        names = _names(origin)
        return [item for item in items.values() if item.members["Name"] in names]

    def _origin(self, resource: str) -> str | None:
        medialive: Any = self._here.regions["medialive", LOCAL_REGION]
        item = medialive.channels.get(resource) or medialive.inputs.get(resource)
        name = item.members["Name"] if item else resource.rpartition(":")[2]
        return name.removeprefix(PREFIX).partition("_")[0] if name.startswith(PREFIX) else None


def _names(origin: str) -> set[str]:
    return {f"{PREFIX}{origin}{suffix}" for suffix in _SUFFIXES}


def _moment(item: Resource, time: float) -> StateChange:
    index = bisect_right(item.history, time, key=lambda moment: moment.time)
    return item.history[index - 1] if index else StateChange(time, "NONE")
