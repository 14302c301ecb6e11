"""Lookups before anything is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from catalog.arriving_source import ArrivingSource
from catalog.errors import LunoraError, codes_in
from components import livestream, naming
from components.region_providers import RegionProviders

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Flow:
    """An existing MediaConnect flow.

    Attributes:
        arn: its ARN.
        name: its name.
        egress_ip: the public address it sends from.
        zone: its Availability Zone.
        outputs: the names of its present outputs.
        arriving: the source that it receives.
        analyses: the enabled analyses of its source's content, in MediaConnect's words.
    """

    arn: str
    name: str
    egress_ip: str
    zone: str
    outputs: tuple[str, ...]
    arriving: ArrivingSource = field(default_factory=ArrivingSource)
    analyses: tuple[str, ...] = ()

    @property
    def account(self) -> str:
        """The account of the flow, and of all that is built on it."""
        return self.arn.split(":")[4]


def get_flow(*, name: str | None, arn: str | None, provider: livestream.Provider) -> Flow:
    """Return a flow by its ARN, or by its name without one.

    Raises:
        LunoraError: when there is no such flow.
    """
    options = pulumi.InvokeOptions(provider=provider)
    identity = {"name": name} if arn is None else {"arn": arn}
    flow = _looked_up(lambda: livestream.get_flow(**identity, opts=options))
    return Flow(
        flow.arn,
        flow.name,
        flow.egress_ip,
        flow.availability_zone,
        tuple(flow.outputs),
        _arriving(flow.video),
        tuple(flow.analyses),
    )


def _arriving(video: livestream.ArrivingVideo | None) -> ArrivingSource:
    if video is None:
        return ArrivingSource()
    return ArrivingSource.reported(
        codec=video.codec,
        frame_rate=video.frame_rate,
        scan_mode=video.scan_mode,
        size=(video.width, video.height),
    )


@dataclass(frozen=True, slots=True)
class Quotas:
    """The use of a region's quotas.

    Attributes:
        usage: by `channels` and `pushInputs`.
        uhd_limit: quota of UHD channels; None where it was not asked for or is unknown.
    """

    usage: Mapping[str, livestream.ExistingUsage]
    uhd_limit: int | None


def get_quotas(provider: livestream.Provider, *, uhd: bool = False) -> Quotas:
    """Return the use of the quotas of the provider's region.

    Args:
        provider: of the region.
        uhd: whether to read the quota of UHD channels.

    Raises:
        LunoraError: when AWS cannot be read.
    """
    project, stack = naming.identity()
    options = pulumi.InvokeOptions(provider=provider)
    quotas = _looked_up(
        lambda: livestream.get_quotas(uhd=uhd, project=project, stack=stack, opts=options)
    )
    usage = {"channels": quotas.channels, "pushInputs": quotas.push_inputs}
    return Quotas(usage, quotas.uhd_limit)


def get_parameter(destination: str, name: str, region_providers: RegionProviders) -> str:
    """Return the value of an SSM parameter; secret.

    Raises:
        LunoraError: when it cannot be read; names *destination* and the parameter.
    """
    options = pulumi.InvokeOptions(provider=region_providers.aws)
    try:
        return aws.ssm.get_parameter(name=name, with_decryption=True, opts=options).value
    except Exception as error:  # noqa: BLE001 - the SDK raises plain Exception
        raise LunoraError(
            "LUN208",
            f"cannot read the stream key of {destination}: SSM parameter {name} in"
            f" {region_providers.region}: {strip_engine_prefix(str(error))}",
            remedy="create the parameter, or correct stream_key.ssm in the destination's file",
        ) from None


def strip_engine_prefix(error: str) -> str:
    """Return the plugin's own message from an *error* of the engine or the SDK."""
    return error.partition("returned an error: ")[2] or error


def plugin_message(code: str, error: str) -> str:
    """Return the text of an *error* of our plugin, with *code* where it has none of its own."""
    message = strip_engine_prefix(error)
    return message if codes_in(message) else str(LunoraError(code, message))


def _looked_up(lookup: Callable[[], T]) -> T:
    try:
        return lookup()
    except Exception as error:  # noqa: BLE001 - the SDK raises plain Exception
        raise pulumi.RunError(plugin_message("LUN212", str(error))) from None
