"""aws:index/getCallerIdentity:getCallerIdentity."""

from __future__ import annotations

from localaws.standin.base import once
from provider.aws import Aws
from provider.resource import Properties

GET_CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"


class GetCallerIdentity:
    """Says in which account the program runs, and as whom."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """Return the account's number."""
        del arguments
        found = once(self._aws.client("sts").get_caller_identity, "ask who the program is")
        return {
            "id": found["Account"],
            "accountId": found["Account"],
            "arn": found["Arn"],
            "userId": found["UserId"],
        }
