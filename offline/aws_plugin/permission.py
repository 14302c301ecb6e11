"""aws:lambda/permission:Permission."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from offline.aws_plugin.base import AwsResource, once
from provider.resource import CreateResult, Properties, ReadResult, ResourceError


class Permission(AwsResource):
    """A statement of a function's resource policy; every change replaces it."""

    token = "aws:lambda/permission:Permission"  # noqa: S105 - a type token
    required = frozenset({"action", "function", "principal", "statementId"})
    optional = frozenset({"sourceArn"})
    replace_on: ClassVar = required | optional

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Add it to the policy."""
        del urn
        source = {"SourceArn": inputs["sourceArn"]} if "sourceArn" in inputs else {}
        statement_id = inputs["statementId"]
        once(
            lambda: self.aws.client("lambda").add_permission(
                FunctionName=inputs["function"],
                StatementId=statement_id,
                Action=inputs["action"],
                Principal=inputs["principal"],
                **source,
            ),
            f"add permission {statement_id}",
        )
        if self._statement(inputs["function"], statement_id) is None:
            raise ResourceError("LUN330", f"permission {statement_id} does not exist any more")
        return CreateResult(statement_id, dict(inputs))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it; an import gives the function before the statement: `function/statement`."""
        del urn
        function, _, statement_id = resource_id.rpartition("/")
        function = function or {**state, **inputs}["function"]
        statement = self._statement(function, statement_id)
        if statement is None:
            return None
        principal = statement["Principal"]
        source = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
        actual = {
            "function": function,
            "statementId": statement_id,
            "action": statement["Action"],
            "principal": principal["Service"] if isinstance(principal, dict) else principal,
            **({"sourceArn": source} if source else {}),
        }
        return self.found(statement_id, actual, inputs)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Refuse: every change replaces it."""
        raise NotImplementedError

    def delete(self, resource_id: str, state: Properties) -> None:
        """Remove it from the policy."""
        try:
            once(
                lambda: self.aws.client("lambda").remove_permission(
                    FunctionName=state["function"], StatementId=resource_id
                ),
                f"remove permission {resource_id}",
            )
        except ClientError:
            return
        self._statement(state["function"], resource_id)

    def _statement(self, function: str, statement_id: str) -> dict[str, Any] | None:
        try:
            answer = once(
                lambda: self.aws.client("lambda").get_policy(FunctionName=function),
                f"read the policy of {function}",
            )
        except ClientError:
            return None
        statements = json.loads(answer["Policy"])["Statement"]
        return next((listed for listed in statements if listed["Sid"] == statement_id), None)
