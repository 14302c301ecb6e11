"""MediaLiveRole: the role channels run under."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from catalog import names, permissions
from components import orphan_cleanup
from components.region_providers import RegionProviders


class MediaLiveRole(pulumi.ComponentResource):
    """The role channels run under.

    It has a trust policy and no permissions: a channel that takes RTP pushes, sends RTMP and
    keeps its logs off reads and writes nothing in the account.
    """

    arn: pulumi.Output[str]

    def __init__(self, connection: RegionProviders, *, boundary: str | None) -> None:
        super().__init__(
            "lunora:index:MediaLiveRole",
            "medialive-role",
            opts=pulumi.ResourceOptions(providers=connection.providers),
        )
        project, stack = pulumi.get_project(), pulumi.get_stack()
        name, tags = (
            names.physical_name(project, stack, "medialive"),
            names.shared_tags(project, stack),
        )
        role = aws.iam.Role(
            "medialive-role",
            name=name,
            assume_role_policy=json.dumps(permissions.trust_policy("medialive")),
            permissions_boundary=boundary,
            tags=tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                hooks=orphan_cleanup.before_create_hook("role", name, tags, connection.livestream),
            ),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
