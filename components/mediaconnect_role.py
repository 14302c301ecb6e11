"""MediaConnectRole: the role under which flows read passphrases."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from catalog import names, policies
from components import orphan_cleanup
from components.region_providers import RegionProviders


class MediaConnectRole(pulumi.ComponentResource):
    """The role under which the stack's flows read the passphrases of the stack, and nothing else.

    Args:
        connection: where it is made; roles are everywhere in the account.
        account: whose flows they are.
        flow_arns: of the flows that encrypt something.
        boundary: the policy that the role stays within; None is none.
    """

    arn: pulumi.Output[str]
    """Known once the role may read."""

    def __init__(
        self,
        connection: RegionProviders,
        account: str,
        flow_arns: Sequence[str],
        *,
        boundary: str | None,
    ) -> None:
        super().__init__(
            "lunora:index:MediaConnectRole",
            "mediaconnect-role",
            opts=pulumi.ResourceOptions(providers=connection.providers),
        )
        project, stack = pulumi.get_project(), pulumi.get_stack()
        tags = names.shared_tags(project, stack)
        name = names.physical_name(project, stack, "srt")
        trust = policies.mediaconnect_trust_policy(account=account, flow_arns=flow_arns)
        role = aws.iam.Role(
            "mediaconnect-role",
            name=name,
            assume_role_policy=json.dumps(trust),
            permissions_boundary=boundary,
            tags=tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                hooks=orphan_cleanup.before_create_hook("role", name, tags, connection.livestream),
            ),
        )
        secret_names = names.passphrase_name(project, stack, "*")
        # Secrets Manager ends an ARN with a hyphen and six characters of its own.
        secrets = f"arn:aws:secretsmanager:*:{account}:secret:{secret_names}-??????"
        policy = aws.iam.RolePolicy(
            "mediaconnect-policy",
            name="read-passphrases",
            role=role.name,
            policy=json.dumps(policies.read_passphrases_policy(secrets, tags)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
