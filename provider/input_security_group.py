"""InputSecurityGroup: the addresses that may push to MediaLive inputs."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from pydantic import Field

from provider import tagging
from provider.aws import AwsClients
from provider.aws_errors import is_not_found
from provider.drift_aware import DriftAwareResource
from provider.ownership import DESTINATION, in_same_stack
from provider.resource import Change, CreateResult, Diff, Properties, ReadResult, ResourceError
from provider.typed_resource import Inputs, Outputs

_GONE = frozenset({"DELETED"})
_UPDATING = "UPDATING"


class InputSecurityGroupInputs(Inputs):
    """Inputs of an input security group."""

    cidrs: list[str] = Field(description="IPv4 networks whose addresses may push.")
    tags: dict[str, str] = Field(default_factory=dict, description="All its tags.")


class InputSecurityGroupOutputs(Outputs):
    """Outputs of an input security group beyond its inputs."""

    arn: str = Field(description="Its ARN.")


class InputSecurityGroup(DriftAwareResource[InputSecurityGroupInputs]):
    """An input security group.

    A group has no name. One with the same networks, of this stack and of the same destination or of
    none, is what a killed run left, so a creation takes it over. CreateInputSecurityGroup has no
    RequestId: where an answer is lost and the SDK asks again, AWS makes a second group, which is
    deleted after the creation.

    Rules change at any time, also while channels run (MediaLive user guide, editing an input
    security group).
    """

    token = "livestream:index:InputSecurityGroup"  # noqa: S105 - a type token
    inputs = InputSecurityGroupInputs
    outputs = InputSecurityGroupOutputs
    watched = "cidrs"

    def __init__(self, aws: AwsClients, **more: Any) -> None:
        super().__init__(aws, **more)
        self._creating = threading.Lock()
        self._taken_over: set[str] = set()

    def _diff_with_live(
        self,
        declared: Diff,
        resource_id: str,
        old_inputs: Properties,
        state: Properties,
        new: Properties,
    ) -> Diff:
        del old_inputs, state
        live = self._describe(resource_id)
        if live is None:
            # A group has no name that the old one could hold.
            missing = self.gone(declared, f"input security group {resource_id}")
            return dataclasses.replace(missing, delete_before_replace=False)
        if not declared.changed and set(live["cidrs"]) != set(new["cidrs"]):
            return Diff({"cidrs": Change.UPDATE})
        return declared

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it, or take over the one that a killed run left.

        A replacement takes over the group that it replaces, which looks the same: the engine tells
        a provider nothing of a forced replacement. So what was taken over is not deleted by the
        same run.
        """
        del urn
        declared = self.parse(inputs)
        with self._creating:
            orphan = self._orphan(declared)
            if orphan:
                self._taken_over.add(orphan)
            group_id = orphan or self._create(declared)
            self._delete_duplicates(declared, keep=group_id)
        return CreateResult(group_id, self._reconcile(group_id, declared))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it as it is."""
        del urn, state
        live = self._describe(resource_id)
        if live is None:
            return None
        inputs = {key: live[key] for key in ("cidrs", "tags")}
        return ReadResult(resource_id, {**inputs, "arn": live["arn"]}, inputs)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change rules and tags in place."""
        del old_inputs, state
        return self._reconcile(resource_id, self.parse(inputs))

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it once no input and no channel uses it."""
        del state
        if resource_id in self._taken_over:
            return
        self._aws.wait(
            functools.partial(self._is_unused, resource_id),
            action=f"delete input security group {resource_id}, which is in use",
        )
        try:
            self._aws.call(
                lambda: self._aws.medialive.delete_input_security_group(
                    InputSecurityGroupId=resource_id
                ),
                action=f"delete input security group {resource_id}",
            )
        except ClientError as error:
            if not is_not_found(error):
                raise

    def _reconcile(self, group_id: str, declared: InputSecurityGroupInputs) -> dict[str, Any]:
        live = self._describe(group_id)
        if live is None:
            raise ResourceError(
                "LUN330",
                f"cannot update input security group {group_id}: it does not exist any more",
                remedy="run `pulumi up` again to create it",
            )
        if set(live["cidrs"]) != set(declared.cidrs):
            self._aws.call(
                lambda: self._aws.medialive.update_input_security_group(
                    InputSecurityGroupId=group_id, WhitelistRules=_rules(declared)
                ),
                action=f"update input security group {group_id}",
            )
            self._aws.wait(
                functools.partial(self._is_in_force, group_id),
                action=f"update input security group {group_id}",
            )
        tagging.retag_medialive(self._aws, live["arn"], live["tags"], declared.tags)
        return {**declared.properties(), "arn": live["arn"]}

    def _create(self, declared: InputSecurityGroupInputs) -> str:
        answer = self._aws.call(
            lambda: self._aws.medialive.create_input_security_group(
                WhitelistRules=_rules(declared), Tags=declared.tags
            ),
            action="create input security group",
        )
        return answer["SecurityGroup"]["Id"]

    def _orphan(self, declared: InputSecurityGroupInputs) -> str | None:
        # One that is in use comes first: it is the one of a running stream.
        alike = sorted(self._alike(declared), key=lambda group: not _users(group))
        return str(alike[0]["Id"]) if alike else None

    def _delete_duplicates(self, declared: InputSecurityGroupInputs, *, keep: str) -> None:
        for group in self._alike(declared):
            if group["Id"] != keep and not _users(group):
                self.delete(group["Id"], {})

    def _alike(self, declared: InputSecurityGroupInputs) -> list[Mapping[str, Any]]:
        """Return the groups of this stack and the same destination with the same networks."""
        owner = declared.tags.get(DESTINATION)

        def listing() -> list[Mapping[str, Any]]:
            pages = self._aws.medialive.get_paginator("list_input_security_groups").paginate()
            return [
                group
                for page in pages
                for group in page["InputSecurityGroups"]
                if group["State"] not in _GONE
                and set(_cidrs(group)) == set(declared.cidrs)
                and in_same_stack(tags := group.get("Tags", {}), declared.tags)
                and tags.get(DESTINATION) == owner
            ]

        return self._aws.call(listing, action="list input security groups")

    def _is_unused(self, group_id: str) -> bool | None:
        live = self._describe(group_id)
        return True if live is None or not live["users"] else None

    def _is_in_force(self, group_id: str) -> bool | None:
        live = self._describe(group_id)
        return True if live is None or live["state"] != _UPDATING else None

    def _describe(self, group_id: str) -> dict[str, Any] | None:
        try:
            group = self._aws.call(
                lambda: self._aws.medialive.describe_input_security_group(
                    InputSecurityGroupId=group_id
                ),
                action=f"describe input security group {group_id}",
            )
        except ClientError:
            return None
        if group["State"] in _GONE:
            return None
        return {
            "cidrs": _cidrs(group),
            "tags": tagging.without_aws_tags(group.get("Tags", {})),
            "arn": group["Arn"],
            "state": group["State"],
            "users": _users(group),
        }


def _users(group: Mapping[str, Any]) -> list[str]:
    """Return the ids of the inputs that use *group*, and of channels that take callers by it."""
    return [*group.get("Inputs", []), *group.get("Channels", [])]


def _rules(declared: InputSecurityGroupInputs) -> Any:
    return [{"Cidr": cidr} for cidr in declared.cidrs]


def _cidrs(group: Mapping[str, Any]) -> list[str]:
    return [rule["Cidr"] for rule in group.get("WhitelistRules", [])]
