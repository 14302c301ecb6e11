"""aws:medialive/inputSecurityGroup:InputSecurityGroup."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localaws.standin.base import AwsResource, medialive_tags, once, retag_medialive
from provider.resource import Created, Found, PartialFailure, Properties, ResourceError


class InputSecurityGroup(AwsResource):
    """A MediaLive input security group."""

    token = "aws:medialive/inputSecurityGroup:InputSecurityGroup"  # noqa: S105 - a type token
    required = frozenset({"whitelistRules"})
    optional = frozenset({"tags"})

    def create(self, urn: str, inputs: Properties) -> Created:
        """Create it."""
        del urn
        made = once(
            lambda: self.aws.medialive.create_input_security_group(
                WhitelistRules=_rules(inputs), Tags=inputs.get("tags", {})
            ),
            "create an input security group",
        )["SecurityGroup"]
        try:
            return Created(made["Id"], self._state(made))
        except ResourceError as error:
            state = {**inputs, "arn": made["Arn"]}
            raise PartialFailure(str(error), resource_id=made["Id"], state=state) from None

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Read it."""
        del urn, inputs, state
        try:
            found = self._describe(resource_id)
        except ClientError:
            return None
        if found["State"] == "DELETED":
            return None
        actual = self._state(found)
        return Found(resource_id, actual, {key: actual[key] for key in ("whitelistRules", "tags")})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change its rules and tags in place, also while it is in use."""
        if old_inputs["whitelistRules"] != inputs["whitelistRules"]:
            once(
                lambda: self.aws.medialive.update_input_security_group(
                    InputSecurityGroupId=resource_id, WhitelistRules=_rules(inputs)
                ),
                f"update input security group {resource_id}",
            )
            self.aws.wait(
                lambda: None if self._describe(resource_id)["State"] == "UPDATING" else True,
                what=f"input security group {resource_id} was not updated",
            )
        retag_medialive(self.aws, state["arn"], old_inputs, inputs)
        return self._state(self._describe(resource_id))

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it; AWS refuses while an input uses it."""
        del state
        try:
            once(
                lambda: self.aws.medialive.delete_input_security_group(
                    InputSecurityGroupId=resource_id
                ),
                f"delete input security group {resource_id}",
            )
        except ClientError:
            return

    def _describe(self, group_id: str) -> Any:
        return once(
            lambda: self.aws.medialive.describe_input_security_group(InputSecurityGroupId=group_id),
            f"describe input security group {group_id}",
        )

    def _state(self, found: Any) -> dict[str, Any]:
        tags = medialive_tags(self.aws, found["Arn"])
        return {
            "arn": found["Arn"],
            "inputs": found.get("Inputs", []),
            "whitelistRules": [{"cidr": rule["Cidr"]} for rule in found["WhitelistRules"]],
            "tags": tags,
            "tagsAll": tags,
        }


def _rules(inputs: Properties) -> list[Any]:
    return [{"Cidr": rule["cidr"]} for rule in inputs["whitelistRules"]]
