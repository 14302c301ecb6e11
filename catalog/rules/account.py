"""Rules between the files and the account they are deployed to."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping

from catalog import names, package_data

# Aggregate of a flow's outputs that the MediaConnect user guide recommends not to exceed, of 2022.
FLOW_MBPS = 400


def quota_has_room(
    what: str, *, existing: Collection[str], planned: Collection[str], limit: int | None
) -> str | None:
    """Say that the account may not have all of *what* a run needs; None when it may.

    What goes is removed only after the new is there, so both count.

    Args:
        what: the quota's name, as in `channels`.
        existing: the names of those there are now, of this stack and of others.
        planned: the names of those of this stack after the run.
        limit: the account's quota; None where it is not known.
    """
    wanted = set(existing) | set(planned)
    if limit is None or len(wanted) <= limit or not set(planned) - set(existing):
        return None
    others = len(set(existing) - set(planned))
    return (
        f"the run needs {len(wanted)} {what} ({others} are there beside those of the files), but"
        f" the account's quota is {limit}; raise it in Service Quotas, or remove some in a run of"
        " their own first"
    )


def role_is_here(role_arn: str, account: str) -> str | None:
    """Explain that the channels' role is in another account than *account*; None where it is not.

    A role can be passed only to a service of its own account (IAM user guide, granting a user
    permissions to pass a role to an AWS service).
    """
    owner = role_arn.split(":")[4]
    if owner == account:
        return None
    return (
        f"lunora-player:mediaLiveRoleArn is a role of account {owner}, but the flows and channels"
        f" are in account {account}; name a role of that account"
    )


def as_renamed(
    existing: Collection[str], of: Mapping[str, str], wanted: Mapping[str, str]
) -> set[str]:
    """Return *existing* names as they will be: what is renamed is not a further one.

    Args:
        existing: the names of those there are now.
        of: whose those of the stack are: the destination by name.
        wanted: what will be called how: the name by destination.
    """
    new = {name: wanted.get(of.get(name, ""), name) for name in existing}
    return {name if new[name] in existing else new[name] for name in existing}


def flow_carries(flow: str, *, outputs: int, mbps: int) -> str | None:
    """Say that *outputs* copies of a source of *mbps* Mb/s are more than is recommended."""
    if outputs * mbps <= FLOW_MBPS:
        return None
    return (
        f"flow {flow} would send {outputs} x {mbps} = {outputs * mbps} Mb/s, and MediaConnect"
        f" recommends at most {FLOW_MBPS}; use another flow for some destinations"
    )


def name_too_long(project: str, stack: str, origins: Iterable[str]) -> str | None:
    """Say which name in AWS would be too long; None when all are short enough."""
    made = [("role", names.physical_name(project, stack, "medialive"))]
    for origin in sorted(origins):
        physical = names.physical_name(project, stack, origin)
        parameter = names.parameter_name(project, stack, origin)
        made += [("alarm", physical), ("tag value", physical), ("parameter", parameter)]
    for what, name in made:
        limit = _name_limits()[what]
        if len(name) > limit:
            return (
                f"{what} {name} would have {len(name)} characters, and AWS takes {limit}; use a"
                " stack or destination of a shorter name"
            )
    return None


@functools.cache
def _name_limits() -> Mapping[str, int]:
    return {what: int(one["max"]) for what, one in package_data.read("name_limits.yaml").items()}
