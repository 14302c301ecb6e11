"""MediaLiveRole: the role of channels."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import permissions, policies
from components import livestream, naming, orphan_cleanup


@dataclass(frozen=True, slots=True)
class MediaLiveRoleArgs:
    """Inputs of a `MediaLiveRole`.

    Attributes:
        plugin: deletes an orphaned role of the same name.
        boundary: ARN of the policy that the role stays within; None is none.
        account: whose flows MediaLive takes by inputs of its own; None without such inputs.
    """

    plugin: livestream.Provider
    boundary: str | None
    account: str | None = None


class MediaLiveRole(pulumi.ComponentResource):
    """The role of channels.

    A channel that takes RTP pushes, sends RTMP and keeps its logs off reads and writes nothing in
    the account, so the role has no permissions but those for `input: mediaconnect`.
    """

    arn: pulumi.Output[str]
    """Known once the role has its permissions."""

    def __init__(
        self, name: str, args: MediaLiveRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:MediaLiveRole", name, opts=opts)
        physical_name, tags = naming.physical_name("medialive"), naming.shared_tags()
        hooks = orphan_cleanup.before_create_hook("role", physical_name, tags, args.plugin)
        role = aws.iam.Role(
            name,
            name=physical_name,
            assume_role_policy=json.dumps(permissions.trust_policy("medialive")),
            permissions_boundary=args.boundary,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, hooks=hooks),
        )
        self.arn = role.arn
        if args.account is not None:
            policy = aws.iam.RolePolicy(
                f"{name}-policy",
                name="take-flows",
                role=role.name,
                policy=json.dumps(policies.flow_outputs_policy(args.account)),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda values: str(values[0]))
        self.register_outputs({"arn": self.arn})
