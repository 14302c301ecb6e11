"""Our own services of all regions: their state, operations and state faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from botocore import xform_name

from localaws import events, metrics
from localaws.clock import Clock
from localaws.errors import not_implemented
from localaws.events import Event
from localaws.mediaconnect import content_quality
from localaws.mediaconnect import state_faults as flow_faults
from localaws.mediaconnect.backend import MediaConnect
from localaws.mediaconnect.managed_outputs import ManagedOutputs
from localaws.mediaconnect.outputs import Lookups
from localaws.mediaconnect.region import Region as MediaConnectRegion
from localaws.medialive import state_faults as channel_faults
from localaws.medialive.backend import MediaLive
from localaws.medialive.readings import Readings
from localaws.medialive.service import Region as MediaLiveRegion
from localaws.metrics import Series
from localaws.moto_proxy import Others
from localaws.output_events import OutputWatch
from localaws.pictures import Pictures
from localaws.quotas import Quotas
from localaws.resource import Resource

NAMES = ("medialive", "mediaconnect")

_IDENTIFIERS = ("Id", "Arn", "FlowArn", "Name")
_OF_SOURCES = frozenset({"source-lost", "source-back"})


class Services:
    """MediaLive and MediaConnect.

    Args:
        clock: their time.
        quotas: in each region.
        others: tells about roles and secrets.
        readings: of the disputed behaviours of MediaLive.
    """

    def __init__(self, clock: Clock, quotas: Quotas, others: Others, readings: Readings) -> None:
        self._clock, self._quotas, self._others = clock, quotas, others
        self._readings = readings
        self.regions: dict[tuple[str, str], Any] = {}
        self.pictures = Pictures()
        self._writes = 0
        self._outputs: dict[str, OutputWatch] = {}
        # Real media measures; without it what CloudWatch shows is worked out.
        self.measured: Callable[[Iterable[Series]], Iterator[Series]] = iter
        self.programs: Callable[[str], list[dict[str, Any]] | None] = lambda _: None

    def forget(self) -> None:
        """Forget all resources."""
        self.regions.clear()
        self._outputs.clear()
        self._writes += 1

    def region(self, service: str, name: str) -> Any:
        """Return what *service* holds in the region *name*."""
        if (service, name) not in self.regions:
            self.regions[service, name] = (
                MediaConnectRegion(name, self._clock, self._quotas, self._lookups(name))
                if service == "mediaconnect"
                else MediaLiveRegion(
                    name,
                    self._clock,
                    self._quotas,
                    self._others.role_problem,
                    self._readings,
                    ManagedOutputs(lambda: self.region("mediaconnect", name)),
                )
            )
            self.regions[service, name].pictures = self.pictures
        return self.regions[service, name]

    def operation(
        self, service: str, region: str, name: str
    ) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Return the operation *name* in *region*.

        Raises:
            AwsError: 501 when it is not implemented.
        """
        method = getattr(self.backend(service, region), xform_name(name), None)
        if method is None:
            raise not_implemented(service, name)
        operation: Callable[[dict[str, Any]], dict[str, Any]] = method
        return operation

    def backend(self, service: str, region: str) -> Any:
        """Return the operations of *service* in *region*."""
        state = self.region(service, region)
        return MediaConnect(state) if service == "mediaconnect" else MediaLive(state)

    def names_of(self, service: str, region: str, identifier: str) -> set[str]:
        """Return *identifier*, and the name of what has it as its id or ARN."""
        names = {identifier}
        for item in self.region(service, region).items():
            if identifier in {str(item.members.get(key)) for key in _IDENTIFIERS}:
                names.add(str(item.members.get("Name", identifier)))
        return names - {""}

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of what has this *arn*; none for what is not there, or no more."""
        _, _, service, region, _, _, identifier = [*arn.split(":", 6), *[""] * 6][:7]
        state = self.regions.get((service, region))
        if isinstance(state, MediaConnectRegion):
            return dict(state.tags.get(arn, {}))
        if isinstance(state, MediaLiveRegion):
            for items in (state.channels, state.inputs, state.groups, state.multiplexes):
                item = items.get(identifier)
                if item is None or item.members["Arn"] != arn:
                    continue
                item.settle(self._clock)
                return {} if item.state == "DELETED" else dict(item.members["Tags"])
        return {}

    def arns(self, service: str, region: str) -> Iterator[str]:
        """Yield the ARNs of all that *service* has in *region*."""
        state = self.regions.get((service, region))
        if isinstance(state, MediaConnectRegion):
            yield from state.tags
        elif isinstance(state, MediaLiveRegion):
            self.settle()
            yield from (
                resource.members["Arn"] for resource in state.items() if resource.state != "DELETED"
            )

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Add *tags* to what has this *arn*."""
        _, _, service, region, *_ = arn.split(":")
        name = "TagResource" if service == "mediaconnect" else "CreateTags"
        self.operation(service, region, name)({"ResourceArn": arn, "Tags": tags})

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove the tags of these *keys*."""
        _, _, service, region, *_ = arn.split(":")
        name = "UntagResource" if service == "mediaconnect" else "DeleteTags"
        self.operation(service, region, name)({"ResourceArn": arn, "TagKeys": keys})

    def trigger(self, fault: str, resource: str) -> list[str]:
        """Apply *fault* to all channels and flows whose names match the pattern *resource*.

        Args:
            fault: of state_faults.py.
            resource: pattern of names; `FLOW/SOURCE` is about sources of flows.

        Returns:
            The names of those whose state allowed it.
        """
        self._writes += 1
        if fault in _OF_SOURCES and "/" in resource:
            return list(self._trigger_sources(fault, *resource.split("/", 1)))
        return [
            str(item.members["Name"])
            for region, item, mishaps in self._exposed()
            if fnmatchcase(str(item.members["Name"]), resource)
            and fault in mishaps
            and mishaps[fault](region, item)
        ]

    def _trigger_sources(self, fault: str, flow_name: str, source_name: str) -> Iterator[str]:
        for (service, _), region in self.regions.items():
            for flow in region.flows.values() if service == "mediaconnect" else ():
                name = str(flow.members["Name"])
                for source in flow.members["Sources"] if fnmatchcase(name, flow_name) else ():
                    hit = fnmatchcase(source["Name"], source_name)
                    if hit and flow_faults.of_source(region, flow, fault, source["Name"]):
                        yield f"{name}/{source['Name']}"

    def settle(self) -> None:
        """Apply all transitions that are over although nobody looks."""
        for region in self.regions.values():
            region.settle(looking=False)

    def news(self) -> Iterator[tuple[str, Event]]:
        """Yield what happened since the last time, with its region."""
        self.settle()
        for (service, region), state in self.regions.items():
            yielded = (
                self._of_flows(state) if service == "mediaconnect" else self._of_channels(state)
            )
            yield from ((region, event) for event in yielded)
            if service == "mediaconnect":
                outputs = self._outputs.setdefault(region, OutputWatch())
                changes = outputs.news(state.flows.values(), self._clock.now())
                yield from ((region, event) for event in changes)

    def _of_flows(self, state: MediaConnectRegion) -> Iterator[Event]:
        now = self._clock.now()
        for arn, flow in state.flows.items():
            for change in flow.news():
                yield from events.of_flow(flow, *change)
            breached = content_quality.breaches(flow, now)
            if breached.keys() != state.breaches.get(arn, frozenset()):
                state.breaches[arn] = frozenset(breached)
                yield events.of_content(flow, breached, max(breached.values(), default=now))
        due, state.undelivered = state.undelivered, []
        yield from (events.of_maintenance(*change) for change in due)

    def _of_channels(self, state: MediaLiveRegion) -> Iterator[Event]:
        for channel in state.channels.values():
            for change in channel.news():
                yield from events.of_channel(channel, *change)
        for multiplex in state.multiplexes.values():
            for change in multiplex.news():
                yield from events.of_multiplex(multiplex, *change)
        alerts, state.undelivered = state.undelivered, []
        yield from (events.of_alert(channel, alert) for channel, alert in alerts)
        switched, state.switched = state.switched, []
        yield from (events.of_input_change(*change) for change in switched)

    def series(self, region: str) -> Iterator[Series]:
        """Return what CloudWatch measures in *region*."""
        self.settle()
        return self.measured(metrics.of_region(region, self.regions))

    def note_write(self) -> None:
        """Note that something may have changed that no history shows."""
        self._writes += 1

    def version(self) -> tuple[int, int, int]:
        """Return the numbers of writes, of alerts, and of changes in histories and of inputs."""
        alerts, changes = 0, 0
        for (service, _), state in self.regions.items():
            changes += sum(len(item.history) for item in state.items())
            if service == "medialive":
                alerts += sum(len(alerts) for alerts in state.alerts.values())
                changes += sum(len(schedule.switches) for schedule in state.schedules.values())
        return self._writes, alerts, changes

    def next_due(self) -> float | None:
        """Return when something is due in a region; None where nothing is.

        What is overdue is not among them: it happens whenever somebody looks.
        """
        now = self._clock.now()
        dues = (time for state in self.regions.values() for time in state.dues())
        return min((time for time in dues if time > now), default=None)

    def _lookups(self, region: str) -> Lookups:
        return Lookups(
            lambda role_arn: self._others.role_problem(role_arn, "mediaconnect"),
            lambda secret_arn: self._others.secret_problem(secret_arn, region),
            # The server sets it after the first regions are there.
            lambda flow_arn: self.programs(flow_arn),  # noqa: PLW0108
        )

    def _exposed(self) -> Iterator[tuple[Any, Resource, Any]]:
        for (service, _), region in self.regions.items():
            if service == "mediaconnect":
                yield from (
                    (region, flow, flow_faults.STATE_FAULTS) for flow in region.flows.values()
                )
            else:
                for channel in region.channels.values():
                    region.settle_item(channel)
                    yield region, channel, channel_faults.STATE_FAULTS
