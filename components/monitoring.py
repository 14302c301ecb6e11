"""Monitoring that destinations share: the topic of each region, and the alarms on flows."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from catalog import alarms
from components import naming
from components.alarms import AlarmTarget, Notifying, flow_alarms
from components.flow_ingress import FlowIngress
from components.notifications import Notifications, NotificationsArgs
from components.stack_flows import StackFlow


class Monitoring:
    """The topics and the alarms on flows.

    Args:
        emails: the subscribers of all topics.
        watched: whether a watchdog notifies of incidents, so that alarms need not.
    """

    def __init__(self, emails: Sequence[str], *, watched: bool) -> None:
        self._emails, self._watched = tuple(emails), watched
        self._topics: dict[str, Notifications] = {}
        self._of_flows: dict[str, dict[str, pulumi.Output[str]]] = {}

    def topic_arn(self, ingress: FlowIngress) -> pulumi.Output[str]:
        """Return the topic of the region of *ingress*; alarms notify none of another region."""
        region = ingress.region_providers.region
        if region not in self._topics:
            args = NotificationsArgs(region, ingress.flow.account, self._emails)
            self._topics[region] = Notifications(
                f"notifications-{region}", args, ingress.region_providers.options()
            )
        return self._topics[region].topic_arn

    def watch_flow(self, flow: StackFlow, ingress: FlowIngress) -> None:
        """Create the alarms on a flow."""
        target = AlarmTarget(
            physical_name=naming.physical_name(f"flow-{flow.key}"),
            namespace=alarms.MEDIACONNECT,
            dimensions={"FlowARN": flow.flow.arn},
            tags=naming.shared_tags(),
            notifying=Notifying(self.topic_arn(ingress), enabled=not self._watched),
        )
        definitions = alarms.flow_alarms(flow.specs, flow.source, flow.flow.analyses)
        created = flow_alarms(flow.key, definitions, target, ingress)
        self._of_flows[flow.key] = {name: alarm.name for name, alarm in created.items()}

    def notifying(self, ingress: FlowIngress) -> Notifying:
        """Return whom the alarms of a destination fed by *ingress* notify.

        A flow that gets nothing explains all its destinations, and a silent one their silence.
        """
        of_flow = self._of_flows[ingress.key]
        return Notifying(
            self.topic_arn(ingress),
            enabled=not self._watched,
            suppressor=of_flow["source-lost"],
            silence=of_flow.get("silent-source"),
        )
