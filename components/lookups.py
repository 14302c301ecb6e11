"""Lookups by our own plugin before anything is built, with errors of one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pulumi

from components import livestream

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Flow:
    """An existing MediaConnect flow.

    Attributes:
        arn: its ARN.
        name: its name.
        egress_ip: the public address it sends from.
        outputs: the names of the outputs it has now.
    """

    arn: str
    name: str
    egress_ip: str
    outputs: tuple[str, ...]

    @property
    def account(self) -> str:
        """The account it is in, and with it all that is built on it."""
        return self.arn.split(":")[4]


def get_flow(*, name: str | None, arn: str | None, provider: livestream.Provider) -> Flow:
    """Look a flow up by its ARN, or by its name without one.

    Raises:
        pulumi.RunError: when there is no such flow.
    """
    options = pulumi.InvokeOptions(provider=provider)
    given = {"name": name} if arn is None else {"arn": arn}
    flow = _explained(lambda: livestream.get_flow(**given, opts=options))
    return Flow(flow.arn, flow.name, flow.egress_ip, tuple(flow.outputs))


def get_quotas(provider: livestream.Provider) -> Mapping[str, livestream.ExistingUsage]:
    """Return the usage of the provider's region, by `channels` and `pushInputs`.

    Raises:
        pulumi.RunError: when AWS cannot be read.
    """
    options = pulumi.InvokeOptions(provider=provider)
    quotas = _explained(
        lambda: livestream.get_quotas(
            project=pulumi.get_project(), stack=pulumi.get_stack(), opts=options
        )
    )
    return {"channels": quotas.channels, "pushInputs": quotas.push_inputs}


def strip_engine_prefix(error: str) -> str:
    """Return the plugin's own message from an *error* of the engine or the SDK."""
    return error.partition("returned an error: ")[2] or error


def _explained(lookup: Callable[[], T]) -> T:
    try:
        return lookup()
    except Exception as error:  # noqa: BLE001 - the SDK raises plain Exception
        raise pulumi.RunError(strip_engine_prefix(str(error))) from None
