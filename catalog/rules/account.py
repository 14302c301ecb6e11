"""Rules between the files and the account they are deployed to."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping

from catalog import names, package_data
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.stack_settings import setting

# Recommended maximum of the aggregate of a flow's outputs (MediaConnect user guide of 2022).
FLOW_MBPS = 400


def quota_has_room(
    kind: str,
    *,
    existing: Collection[str],
    planned: Collection[str],
    limit: int | None,
    others: int = 0,
) -> LunoraError | None:
    """Return the error of more resources than the account's quota allows; None where all fit.

    Replaced resources are deleted after their successors exist, so both count.

    Args:
        kind: the quota's name, as in `channels`.
        existing: names of the current resources of this stack.
        planned: names of the resources of this stack after the run.
        limit: the account's quota; None where it is unknown.
        others: number of resources that are not of this stack.
    """
    total = len(set(existing) | set(planned)) + others
    if limit is None or total <= limit or not set(planned) - set(existing):
        return None
    undeclared = len(set(existing) - set(planned)) + others
    return LunoraError(
        "LUN250",
        f"the run needs {total} {kind} ({undeclared} of them are not declared by the files), but"
        f" the account's quota is {limit}",
        remedy="raise it in Service Quotas, or remove some first, in a run of their own",
    )


def role_is_here(role_arn: str, account: str) -> LunoraError | None:
    """Return the error of a channels' role outside *account*; None where it is within.

    A role can be passed only to a service of its own account (IAM user guide, granting a user
    permissions to pass a role to an AWS service).
    """
    owner = role_arn.split(":")[4]
    if owner == account:
        return None
    return LunoraError(
        "LUN253",
        f"{setting('mediaLiveRoleArn')} is a role of account {owner}, but the flows and channels"
        f" are in account {account}",
        remedy="name a role of that account",
    )


def unmanaged_slate_role(spec: DestinationSpec, role_arn: str | None) -> LunoraError | None:
    """Return the warning of images under a role that the stack does not manage; None without.

    Args:
        spec: the destination.
        role_arn: of its channel; None for the stack's own.
    """
    if not spec.images or role_arn is None:
        return None
    objects = " and ".join(f"arn:aws:s3:::{image}" for image in spec.images)
    return LunoraError(
        "LUN223",
        f"{spec.name} shows images of S3, and the stack does not manage {role_arn}",
        remedy=f"allow that role s3:GetObject on {objects}",
    )


def own_role_needs_access(roles: Mapping[str, str]) -> LunoraError | None:
    """Return the warning of channels that need permissions and run under a role of another owner.

    Args:
        roles: the role's ARN of each such channel, by destination.
    """
    if not roles:
        return None
    (role, *_), names = sorted(set(roles.values())), ", ".join(sorted(roles))
    return LunoraError(
        "LUN226",
        f"the channels of {names} need permissions that the program cannot give {role}",
        remedy="see docs/reference/permissions.md, role medialive",
    )


def as_renamed(
    existing: Collection[str], destinations: Mapping[str, str], planned: Mapping[str, str]
) -> set[str]:
    """Return the *existing* names after the run's renames, so that none counts twice.

    Args:
        existing: names of the current resources.
        destinations: the destination of each resource of the stack, by the resource's name.
        planned: the resource's name after the run, by destination.
    """
    renamed = {name: planned.get(destinations.get(name, ""), name) for name in existing}
    return {name if renamed[name] in existing else renamed[name] for name in existing}


def flow_carries(flow: str, *, outputs: int, mbps: int) -> LunoraError | None:
    """Return the warning of more output bitrate than recommended; None where it is not exceeded.

    Args:
        flow: the flow's name.
        outputs: number of its outputs.
        mbps: bitrate of its source in Mb/s.
    """
    if outputs * mbps <= FLOW_MBPS:
        return None
    return LunoraError(
        "LUN252",
        f"flow {flow} would send {outputs} x {mbps} = {outputs * mbps} Mb/s, and MediaConnect"
        f" recommends at most {FLOW_MBPS}",
        remedy="use another flow for some destinations",
    )


def invalid_aws_name(project: str, stack: str, destinations: Iterable[str]) -> LunoraError | None:
    """Return the error of the first name that AWS does not take; None where it takes all."""
    shared = names.stack_name(project, stack)
    planned = [
        ("role", names.physical_name(project, stack, "medialive")),
        ("topic", shared),
        ("dashboard", shared),
    ]
    for destination in sorted(destinations):
        physical = names.physical_name(project, stack, destination)
        parameter = names.parameter_name(project, stack, destination)
        planned += [("alarm", physical), ("tag value", physical), ("parameter", parameter)]
    for kind, name in planned:
        limit, pattern = _name_limits()[kind]
        if len(name) > limit:
            return LunoraError(
                "LUN254",
                f"{kind} {name} would have {len(name)} characters, and AWS takes {limit}",
                remedy="shorten the name of the stack or the destination",
            )
        if pattern and not re.fullmatch(pattern, name):
            return LunoraError(
                "LUN257",
                f"AWS takes no {kind} named {name}",
                remedy="name project and stack with letters, digits, _ and - only",
            )
    return None


@functools.cache
def _name_limits() -> Mapping[str, tuple[int, str | None]]:
    limits = package_data.read("name_limits.yaml")
    return {kind: (int(limit["max"]), limit.get("pattern")) for kind, limit in limits.items()}
