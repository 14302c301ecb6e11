"""aws:ssm/parameter:Parameter and aws:ssm/getParameter:getParameter."""

from __future__ import annotations

import contextlib
from typing import Any

from botocore.exceptions import ClientError

from offline.aws_plugin.base import AwsResource, once, tag_changes
from provider.aws import AwsClients
from provider.aws_errors import resource_error
from provider.resource import CreateResult, Properties, ReadResult, ResourceError
from provider.tagging import as_map

GET_PARAMETER = "aws:ssm/getParameter:getParameter"


class Parameter(AwsResource):
    """An SSM parameter."""

    token = "aws:ssm/parameter:Parameter"  # noqa: S105 - a type token
    required = frozenset({"name", "type", "value"})
    optional = frozenset({"description", "tags"})
    replace_on = frozenset({"name"})

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it; one of the same name is refused."""
        del urn
        tags = [{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()]
        self._put(inputs, Tags=tags)
        return CreateResult(inputs["name"], self._state(inputs["name"]))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it with its value."""
        del urn, state
        return self.found(resource_id, self._look(resource_id), inputs)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Overwrite its value and change its tags."""
        del state
        if {**old_inputs, "tags": None} != {**inputs, "tags": None}:
            self._put(inputs, Overwrite=True)
        wrong, surplus = tag_changes(old_inputs, inputs)
        ssm, what = self.aws.client("ssm"), f"tag parameter {resource_id}"
        about = {"ResourceType": "Parameter", "ResourceId": resource_id}
        if wrong:
            tags = [{"Key": key, "Value": value} for key, value in wrong.items()]
            once(lambda: ssm.add_tags_to_resource(**about, Tags=tags), what)
        if surplus:
            once(lambda: ssm.remove_tags_from_resource(**about, TagKeys=surplus), what)
        return self._state(resource_id)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it."""
        del state
        ssm = self.aws.client("ssm")
        with contextlib.suppress(ClientError):
            once(lambda: ssm.delete_parameter(Name=resource_id), f"delete parameter {resource_id}")

    def _put(self, inputs: Properties, **more: Any) -> None:
        once(
            lambda: self.aws.client("ssm").put_parameter(
                Name=inputs["name"],
                Type=inputs["type"],
                Value=inputs["value"],
                Description=inputs.get("description", ""),
                **more,
            ),
            f"write parameter {inputs['name']}",
        )

    def _state(self, name: str) -> dict[str, Any]:
        actual = self._look(name)
        if actual is None:
            raise ResourceError(
                "LUN330",
                f"parameter {name} does not exist any more",
                remedy="run `pulumi up --refresh`",
            )
        return actual

    def _look(self, name: str) -> dict[str, Any] | None:
        ssm = self.aws.client("ssm")
        try:
            parameter = once(
                lambda: ssm.get_parameter(Name=name, WithDecryption=True),
                f"read parameter {name}",
            )["Parameter"]
        except ClientError:
            return None
        named = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        described = once(
            lambda: ssm.describe_parameters(ParameterFilters=named), f"describe parameter {name}"
        )["Parameters"]
        text = described[0].get("Description") if described else None
        listed = once(
            lambda: ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name),
            f"list the tags of parameter {name}",
        )["TagList"]
        tags = as_map(listed)
        return {
            "name": name,
            "type": parameter["Type"],
            "value": parameter["Value"],
            "version": parameter["Version"],
            **({"description": text} if text else {}),
            "arn": parameter["ARN"],
            "dataType": parameter.get("DataType", "text"),
            "tags": tags,
            "tagsAll": tags,
        }


class GetParameter:
    """Looks an existing parameter up."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """Return its value and what describes it."""
        name = arguments["name"]
        try:
            parameter = once(
                lambda: self._aws.client("ssm").get_parameter(
                    Name=name, WithDecryption=arguments.get("withDecryption", True)
                ),
                f"read parameter {name}",
            )["Parameter"]
        except ClientError as error:
            raise resource_error(f"read parameter {name}", error) from None
        return {
            "id": name,
            "name": name,
            "arn": parameter["ARN"],
            "type": parameter["Type"],
            "value": parameter["Value"],
            "version": parameter["Version"],
            "withDecryption": arguments.get("withDecryption", True),
        }
