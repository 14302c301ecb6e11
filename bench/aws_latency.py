"""How long AWS itself takes for a destination: the least that any program can do it in."""

from __future__ import annotations

from localaws.clock import Latency

_IN_ORDER = {
    "create": ("input.create", "channel.create", "channel.start"),
    "create, not started": ("input.create", "channel.create"),
    "destroy": ("channel.stop", "channel.delete", "input.delete"),
}


def seconds(what: str, latency: str) -> float:
    """Return the seconds of the transitions that have to follow each other.

    A channel is created on its input and started once it exists; it is stopped before it is
    deleted, and deleted before its input. What destinations do side by side adds nothing.

    Args:
        what: `create`, `create, not started` or `destroy`; anything else waits for nothing.
        latency: a profile of the embedded AWS.
    """
    profile = Latency.named(latency).seconds
    return sum(profile.get(transition, 0.0) for transition in _IN_ORDER.get(what, ()))
