"""MediaLiveRole: the role of channels."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
        password_arns: ARNs of the parameters with the RTMP passwords of its channels.
        slates: the objects of S3 that channels show without a source, as `bucket/key`.
        account: whose flows MediaLive takes by inputs of its own; None without such inputs.
    """

    plugin: livestream.Provider
    boundary: str | None
    password_arns: Sequence[str] = ()
    slates: Sequence[str] = ()
    account: str | None = None


class MediaLiveRole(pulumi.ComponentResource):
    """The role of channels.

    A channel that takes RTP pushes, sends RTMP and keeps its logs off reads and writes nothing in
    the account. The role has no permissions but to take flows for `input: mediaconnect`, and to
    read the RTMP passwords and the slates of its channels.
    """

    arn: pulumi.Output[str]
    """Known once the role may take flows and read passwords."""
    slate_policy: pulumi.Resource | None = None
    """The permission to read the slates. Only channels with a slate depend on it."""

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
        documents = {
            "take-flows": args.account and policies.flow_outputs_policy(args.account),
            "read-rtmp-passwords": args.password_arns
            and policies.read_rtmp_passwords_policy(args.password_arns),
        }
        attached = [
            aws.iam.RolePolicy(
                f"{name}-{policy_name}",
                name=policy_name,
                role=role.name,
                policy=json.dumps(document),
                opts=pulumi.ResourceOptions(parent=self),
            ).id
            for policy_name, document in documents.items()
            if document
        ]
        self.arn = pulumi.Output.all(role.arn, *attached).apply(lambda values: str(values[0]))
        if args.slates:
            self.slate_policy = aws.iam.RolePolicy(
                "medialive-slates",
                name="read-slates",
                role=role.name,
                policy=json.dumps(policies.read_slates_policy(args.slates)),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"arn": self.arn})
