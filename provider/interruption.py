"""Changes of channels and their inputs that interrupt a stream.

MediaLive changes the settings of a channel, and those of an input that is attached to it, only
while the channel is idle (MediaLive user guide, editing a channel and editing an input). The
provider and `lunora plan` both decide by this module.

Whether a change of the maintenance window alone needs a stop is disputed (reading
`maintenance-on-air` of the emulator). The guide says only until when it is possible
(set-maintenance-change-steps), so it counts as any other setting.
"""

from __future__ import annotations

from collections.abc import Collection

from catalog import channel_states
from provider.resource import root_of

WITHOUT_A_STOP = frozenset({"tags", "state", "schedule", "existingId", "logo"})
"""Properties of a channel that change without a stop of it; `state` itself starts and stops it."""

NO_SETTINGS = WITHOUT_A_STOP | {"secretVersions"}
"""Properties of a channel that are no settings of it; new secrets are read with a new start."""

STAYS = "encoderSettings.FeatureActivations"
"""The member that stays when its declaration goes: what it enables is not used any more, and the
next update resets it. To reset it alone would interrupt a stream for nothing."""

_OF_INPUT = frozenset({"name", "securityGroupIds", "flowArns", "roleArn"})


def of_channel(path: str) -> bool:
    """Tell whether a change of the channel at this property *path* stops a channel on air."""
    return root_of(path) not in WITHOUT_A_STOP


def of_input(path: str) -> bool:
    """Tell whether a change of an input at this property *path* stops its channel on air."""
    return root_of(path) in _OF_INPUT


def consequence(
    actual: str, differing: Collection[str], *, runs: bool, replaced: bool = False
) -> str:
    """Return what a change means to the viewers of a channel on air; empty for nothing.

    Args:
        actual: the channel's state in MediaLive, for example `RUNNING`.
        differing: property paths that change and that need a stop.
        runs: whether the channel runs afterwards.
        replaced: whether it is replaced by another one.
    """
    if actual not in channel_states.ON_AIR:
        return ""
    if not runs:
        return f"its channel is {actual}: this ends its stream"
    if not differing:
        return ""
    how = "this replaces it" if replaced else "this interrupts its stream until it runs again"
    return f"its channel is {actual}: {how} ({', '.join(sorted(differing))})"
