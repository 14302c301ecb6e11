"""ChannelState: whether a MediaLive channel runs, as declared."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from typing import Any, Literal

from pydantic import model_validator

from catalog.schedule import Schedule
from provider import channel
from provider.channel_order import put_right
from provider.resource import (
    Change,
    Created,
    Diff,
    Found,
    PartialFailure,
    Properties,
    ResourceError,
)
from provider.typed import Inputs
from provider.watched import WatchedResource

Declared = Literal["running", "stopped", "scheduled"]


# What a channel cannot show, or shows in an order of its own.
_AS_DECLARED = ("schedule", "ingests", "attachments")


class ChannelStateInputs(Inputs):
    """What a run state is declared by.

    Attributes:
        channel_id: the channel.
        state: `running`, `stopped`, or `scheduled`: what the schedule says now.
        schedule: needed where the state is `scheduled`.
        revision: changes whenever an update of the channel or of its inputs will stop it, so
            that the plan names the restart that follows; opaque.
        ingests: URLs of its destination in the order of the pipelines; None where there is one.
        attachments: names of its input attachments, what it starts with first; likewise.
    """

    channel_id: str
    state: Declared
    schedule: Schedule | None = None
    revision: str = ""
    ingests: list[str] | None = None
    attachments: list[str] | None = None

    @model_validator(mode="after")
    def _schedule_is_known(self) -> ChannelStateInputs:
        if self.state == "scheduled" and self.schedule is None:
            raise ValueError("a scheduled state needs a schedule")
        return self

    def runs(self, at: dt.datetime) -> bool:
        """Tell whether the channel has to run at the moment *at*."""
        if self.state == "scheduled" and self.schedule is not None:
            return self.schedule.is_open(at)
        return self.state == "running"


class ChannelState(WatchedResource[ChannelStateInputs]):
    """Outputs: the inputs and `channelState`, MediaLive's own word for it.

    Its diff looks at the channel also because an update of it earlier in the same run may have
    stopped it.

    A scheduled channel is not looked at: its schedule starts and stops it between runs. It is
    brought to what the schedule says now only when its declaration changes, be it the windows
    or the *revision*, and has no `channelState`.

    Before the channel starts, what the AWS provider keeps in no order is put in order, and an
    update that failed is sent again.
    """

    token = "livestream:index:ChannelState"  # noqa: S105 - a type token
    inputs = ChannelStateInputs
    watched = "state"
    replace_on = frozenset({"channelId"})
    delete_before_replace = True

    def _seen(
        self, declared: Diff, resource_id: str, old_inputs: Properties, new: Properties
    ) -> Diff:
        """Compare the declared state with the channel's real one."""
        del old_inputs
        if declared.replaces or (not declared.changed and new["state"] == "scheduled"):
            return declared
        actual = channel.describe(self._aws, resource_id)
        if declared.changed:
            state_now = None if actual is None else str(actual["State"])
            return dataclasses.replace(declared, warning=_interruption(state_now, new["state"]))
        if actual is None:
            return declared
        if not _as_declared(actual["State"], new["state"]):
            return Diff({"state": Change.UPDATE})
        wrong = _out_of_order(actual, self.parse(new))
        return Diff(dict.fromkeys(wrong, Change.UPDATE)) if wrong else declared

    def create(self, urn: str, inputs: Properties) -> Created:
        """Bring the channel to the declared state."""
        del urn
        declared = self.parse(inputs)
        try:
            return Created(declared.channel_id, self._settle(declared))
        except ResourceError as error:
            raise PartialFailure(
                str(error), resource_id=declared.channel_id, state=inputs
            ) from None

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Read the channel's real state; one that died reads as stopped."""
        del urn, state
        found = channel.describe(self._aws, resource_id)
        if found is None:
            return None
        if inputs.get("state") == "scheduled":
            return Found(resource_id, inputs, inputs)
        actual = str(found["State"])
        served: dict[str, Any] = {
            "channelId": resource_id,
            "state": "running" if actual in channel.RUNNING else "stopped",
            "revision": inputs.get("revision", ""),
            **{key: inputs[key] for key in _AS_DECLARED if key in inputs},
        }
        return Found(resource_id, {**served, "channelState": actual}, served)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Bring the channel to the declared state, whatever an update left it in."""
        del resource_id, old_inputs, state
        return self._settle(self.parse(inputs))

    def delete(self, resource_id: str, state: Properties) -> None:
        """Stop the channel from any state, so that it can be deleted."""
        del state
        channel.stop(self._aws, resource_id)

    def _settle(self, declared: ChannelStateInputs) -> dict[str, Any]:
        self._put_right(declared)
        actual = channel.bring(
            self._aws, declared.channel_id, lambda found: declared.runs(self._now(found))
        )
        if actual == "DELETED":
            raise ResourceError(
                f"channel {declared.channel_id} is gone; run `pulumi up --refresh` to make it anew"
            )
        if declared.state == "scheduled":
            return declared.properties()
        return {**declared.properties(), "channelState": actual}

    def _put_right(self, declared: ChannelStateInputs) -> None:
        channel_id = declared.channel_id
        actual = channel.describe(self._aws, channel_id)
        if actual is None or not _repair(actual, declared):
            return
        channel.stop(self._aws, channel_id)
        correct = functools.partial(
            self._aws.medialive.update_channel,
            ChannelId=channel_id,
            **_repair(actual, declared),
        )
        self._aws.call(correct, what=f"put channel {channel_id} right")


def _repair(actual: Any, declared: ChannelStateInputs) -> dict[str, Any]:
    """Return what an update has to say so that the channel can be started as declared."""
    if actual["State"] == "UPDATE_FAILED":
        # Where the engine has refreshed since, what failed looks like what is declared, and the
        # AWS provider does not send it again.
        return {**channel.settings(actual), **_correction(actual, declared)}
    return {} if actual["State"] in channel.BROKEN else _correction(actual, declared)


def _correction(actual: Any, declared: ChannelStateInputs) -> dict[str, Any]:
    return put_right(actual, ingests=declared.ingests or (), attachments=declared.attachments or ())


def _out_of_order(actual: Any, declared: ChannelStateInputs) -> list[str]:
    inputs = {"Destinations": "ingests", "InputAttachments": "attachments"}
    wrong = _correction(actual, declared)
    return [name for member, name in inputs.items() if member in wrong]


def _interruption(actual: str | None, declared: str) -> str:
    if actual not in channel.RUNNING:
        return ""
    if declared == "stopped":
        return f"its channel is {actual}: this ends its stream"
    return f"its channel is {actual}: this interrupts its stream until it has started again"


def _as_declared(actual: str, declared: str) -> bool:
    on_its_way = channel.RUNNING if declared == "running" else channel.NOT_RUNNING | {"STOPPING"}
    return actual in on_its_way
