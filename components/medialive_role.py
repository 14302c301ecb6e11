"""MediaLiveRole: the role of channels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import permissions, policies
from catalog.channel_access import ChannelAccess
from components import livestream, naming, orphan_cleanup


@dataclass(frozen=True, slots=True)
class MediaLiveRoleArgs:
    """Inputs of a `MediaLiveRole`.

    Attributes:
        plugin: deletes an orphaned role of the same name.
        boundary: ARN of the policy that the role stays within; None is none.
        account: the account of the channels.
        access: what they read and write in it.
        slates: the objects of S3 that channels show, slates and logos, as `bucket/key`.
    """

    plugin: livestream.Provider
    boundary: str | None
    account: str
    access: ChannelAccess
    slates: Sequence[str] = ()


class MediaLiveRole(pulumi.ComponentResource):
    """The role of channels.

    A channel that takes RTP pushes, sends RTMP and keeps its logs off reads and writes nothing in
    the account. The role has policies only for what other outputs need, and for slates and logos.
    """

    arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy | None = None
    """The policy, on which channels depend that need it. It is no part of `arn`, so that the first
    destination that needs a policy changes no other channel."""
    slate_policy: pulumi.Resource | None = None
    """The permission to read slates and logos. Only channels with one depend on it."""

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
        if args.access:
            policy = policies.channel_policy(args.access, account=args.account)
            self.policy = aws.iam.RolePolicy(
                f"{name}-policy",
                name="outputs",
                role=role.name,
                policy=json.dumps(policy),
                opts=pulumi.ResourceOptions(parent=self),
            )
        if args.slates:
            self.slate_policy = aws.iam.RolePolicy(
                "medialive-slates",
                name="read-slates",
                role=role.name,
                policy=json.dumps(policies.read_slates_policy(args.slates)),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"arn": self.arn})
