"""The operations on the schedule of a channel."""

from __future__ import annotations

import copy
from typing import Any

from localaws.errors import unprocessable
from localaws.medialive import schedule_rules
from localaws.medialive.channels import Channels
from localaws.medialive.schedule import Entry, Schedule, start_of
from localaws.medialive.service import page


class ScheduleOperations(Channels):
    """BatchUpdateSchedule and its like."""

    def batch_update_schedule(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete actions, then create some; all or none.

        User guide, how-batch-schedule-requests-work: "If the validation fails for any one action,
        it fails for all the actions in the batch"; "all the delete requests before the create
        requests".
        """
        channel = self.channel(members["ChannelId"])
        described, now = channel.members, self.region.clock.now()
        schedule = self._schedule(members)
        names = members.get("Deletes", {}).get("ActionNames", [])
        creates = copy.deepcopy(members.get("Creates", {}).get("ScheduleActions", []))
        rest = Schedule([entry for entry in schedule.entries if entry.name not in set(names)])
        needs_all = self.region.readings["delete-unknown-action"] == "unprocessable"
        errors = [
            *schedule_rules.deletion_problems(described, schedule, names, now, needs_all=needs_all),
            *schedule_rules.orphan_problems(rest, creates),
            *schedule_rules.problems(described, rest, creates, self.region.inputs, now),
        ]
        if errors:
            raise unprocessable(errors)
        new = [Entry(action, now, start_of(action, described, now)) for action in creates]
        deleted = [entry.action for entry in schedule.entries if entry.name in set(names)]
        schedule.entries = [*rest.entries, *new]
        self.region.settle_item(channel)
        return {"Creates": {"ScheduleActions": creates}, "Deletes": {"ScheduleActions": deleted}}

    def describe_schedule(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the schedule of a channel."""
        self.channel(members["ChannelId"])
        actions = [dict(entry.action) for entry in self._schedule(members).in_order()]
        shown, following = page(actions, members)
        return {"ScheduleActions": shown, "NextToken": following}

    def delete_schedule(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete all actions, those of a running channel too; what they did stays.

        User guide, about-batch-update-schedule and schedule-using-console-delete.
        """
        self.channel(members["ChannelId"])
        self._schedule(members).entries = []
        return {}

    def _schedule(self, members: dict[str, Any]) -> Schedule:
        """Return the schedule, cleaned, of a channel that is settled."""
        schedule = self.region.schedules.setdefault(members["ChannelId"], Schedule())
        schedule.clean(self.region.clock.now())
        return schedule
