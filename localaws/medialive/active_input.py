"""Input that a pipeline of a channel takes in, over time, and the flows that feed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws.history import is_lost, since
from localaws.medialive.performing import RUNS
from localaws.medialive.schedule import InputChange, attachment_named
from localaws.resource import Resource


@dataclass(frozen=True, slots=True)
class ActiveInput:
    """The active input of a pipeline.

    MediaLive user guide, ips-manage-schedule: a channel starts with its first input; the schedule
    switches to others.

    Attributes:
        channel: that the pipeline is of.
        switches: of the channel's schedule.
        feeds: flows that feed an input, by its id.
    """

    channel: Resource
    switches: Sequence[InputChange]
    feeds: Mapping[str, Sequence[Resource]]

    def flows(self, time: float) -> Sequence[Resource]:
        """Return the flows that feed the input at *time*; a failover pair has those of both."""
        *_, (_, flows) = self._periods(time)
        return flows

    def lost_for(self, time: float) -> float:
        """Return for how many seconds nothing arrives; 0 while something does."""
        running = since(self.channel.history, time, lambda moment: moment.state == "RUNNING")
        end = time
        for active_since, flows in reversed(list(self._periods(time))):
            begin = max(active_since, running)
            lost = max((since(flow.history, end, is_lost) for flow in flows), default=begin)
            if lost > begin:
                return time - lost
            end = begin
        return time - running

    def _periods(self, time: float) -> Iterator[tuple[float, Sequence[Resource]]]:
        """Yield since when, in the run that *time* is in, an input was active, and its flows."""
        members = self.channel.members
        attachments = members.get("InputAttachments") or []
        begun = since(self.channel.history, time, lambda moment: moment.state in RUNS)
        yield begun, self._feeding(attachments[0] if attachments else None)
        for switch in self.switches:
            if begun <= switch.time <= time:
                yield switch.time, self._feeding(attachment_named(members, switch.attachment))

    def _feeding(self, attachment: Mapping[str, Any] | None) -> list[Resource]:
        if attachment is None:
            return []
        failover = attachment.get("AutomaticInputFailoverSettings") or {}
        inputs = (attachment["InputId"], failover.get("SecondaryInputId", ""))
        return [flow for input_id in inputs for flow in self.feeds.get(input_id, ())]
