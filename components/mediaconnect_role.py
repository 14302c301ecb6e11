"""MediaConnectRole: the role under which flows read passphrases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import policies
from components import livestream, naming, orphan_cleanup


@dataclass(frozen=True, slots=True)
class MediaConnectRoleArgs:
    """Inputs of a `MediaConnectRole`.

    Attributes:
        plugin: deletes an orphaned role of the same name.
        account: the account of the flows.
        flow_arns: the flows that encrypt a stream.
        boundary: ARN of the policy that the role stays within; None is none.
    """

    plugin: livestream.Provider
    account: str
    flow_arns: Sequence[str]
    boundary: str | None


class MediaConnectRole(pulumi.ComponentResource):
    """The role under which the stack's flows read the stack's passphrases, and nothing else."""

    arn: pulumi.Output[str]
    """Known once the role may read."""

    def __init__(
        self, name: str, args: MediaConnectRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:MediaConnectRole", name, opts=opts)
        physical_name, tags = naming.physical_name("srt"), naming.shared_tags()
        trust = policies.mediaconnect_trust_policy(account=args.account, flow_arns=args.flow_arns)
        hooks = orphan_cleanup.before_create_hook("role", physical_name, tags, args.plugin)
        role = aws.iam.Role(
            "mediaconnect-role",
            name=physical_name,
            assume_role_policy=json.dumps(trust),
            permissions_boundary=args.boundary,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, hooks=hooks),
        )
        secrets = policies.secret_arn_pattern(args.account, naming.passphrase_name("*"))
        policy = aws.iam.RolePolicy(
            "mediaconnect-policy",
            name="read-passphrases",
            role=role.name,
            policy=json.dumps(policies.read_passphrases_policy(secrets, tags)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda values: str(values[0]))
        self.register_outputs({"arn": self.arn})
