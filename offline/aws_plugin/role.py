"""aws:iam/role:Role."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from offline.aws_plugin.base import AwsResource, canonical_json, once, tag_changes
from provider.resource import CreateResult, Properties, ReadResult, ResourceError
from provider.tagging import as_map


class Role(AwsResource):
    """An IAM role."""

    token = "aws:iam/role:Role"  # noqa: S105 - a type token
    required = frozenset({"assumeRolePolicy", "name"})
    optional = frozenset({"description", "permissionsBoundary", "tags"})
    replace_on = frozenset({"name"})
    canonical: ClassVar = {"assumeRolePolicy": canonical_json}

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it."""
        del urn
        tags = [{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()]
        boundary = inputs.get("permissionsBoundary")
        limit = {"PermissionsBoundary": boundary} if boundary else {}
        once(
            lambda: self.aws.client("iam").create_role(
                RoleName=inputs["name"],
                AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
                Description=inputs.get("description", ""),
                Tags=tags,
                **limit,
            ),
            f"create role {inputs['name']}",
        )
        return CreateResult(inputs["name"], self._state(inputs["name"], inputs))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it; a policy that says the same in other words is the same."""
        del urn, state
        return self.found(resource_id, self._look(resource_id, inputs), inputs)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change its trust policy, description, boundary and tags."""
        del state
        iam, what = self.aws.client("iam"), f"update role {resource_id}"
        if old_inputs["assumeRolePolicy"] != inputs["assumeRolePolicy"]:
            once(
                lambda: iam.update_assume_role_policy(
                    RoleName=resource_id, PolicyDocument=inputs["assumeRolePolicy"]
                ),
                what,
            )
        if old_inputs.get("description") != inputs.get("description"):
            once(
                lambda: iam.update_role_description(
                    RoleName=resource_id, Description=inputs.get("description", "")
                ),
                what,
            )
        self._limit(resource_id, old_inputs, inputs)
        wrong, surplus = tag_changes(old_inputs, inputs)
        if wrong:
            tags = [{"Key": key, "Value": value} for key, value in wrong.items()]
            once(lambda: iam.tag_role(RoleName=resource_id, Tags=tags), what)
        if surplus:
            once(lambda: iam.untag_role(RoleName=resource_id, TagKeys=surplus), what)
        return self._state(resource_id, inputs)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it, after the looks that the real provider takes for what hangs on it."""
        del state
        iam = self.aws.client("iam")
        try:
            once(
                lambda: iam.list_instance_profiles_for_role(RoleName=resource_id),
                f"list the instance profiles of role {resource_id}",
            )
            once(
                lambda: iam.delete_role(RoleName=resource_id),
                f"delete role {resource_id}",
            )
        except ClientError:
            return

    def _limit(self, name: str, old: Properties, new: Properties) -> None:
        iam, what = self.aws.client("iam"), f"update role {name}"
        before, after = old.get("permissionsBoundary"), new.get("permissionsBoundary")
        if after and after != before:
            once(
                lambda: iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=after),
                what,
            )
        elif before and not after:
            once(lambda: iam.delete_role_permissions_boundary(RoleName=name), what)

    def _state(self, name: str, inputs: Properties) -> dict[str, Any]:
        actual = self._look(name, inputs)
        if actual is None:
            raise ResourceError(
                "LUN330", f"role {name} does not exist any more", remedy="run `pulumi up --refresh`"
            )
        return actual

    def _look(self, name: str, inputs: Properties) -> dict[str, Any] | None:
        iam, what = self.aws.client("iam"), f"read role {name}"
        try:
            role = once(lambda: iam.get_role(RoleName=name), what)["Role"]
            # Read by the real provider as well, whether the program declares them or not.
            once(lambda: iam.list_role_policies(RoleName=name), what)
            once(lambda: iam.list_attached_role_policies(RoleName=name), what)
        except ClientError:
            return None
        policy = role["AssumeRolePolicyDocument"]
        declared = inputs.get("assumeRolePolicy")
        same = declared is not None and json.loads(declared) == policy
        tags = as_map(role.get("Tags", []))
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        limit = {"permissionsBoundary": boundary} if boundary else {}
        return {
            **limit,
            "name": name,
            "arn": role["Arn"],
            "uniqueId": role["RoleId"],
            "path": role["Path"],
            "assumeRolePolicy": declared if same else json.dumps(policy),
            "description": role.get("Description", ""),
            "tags": tags,
            "tagsAll": tags,
        }
