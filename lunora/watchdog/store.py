"""The watchdog's memory in DynamoDB: one item per stack and region, written conditionally.

Two invocations at once both read version n. One writes version n + 1. DynamoDB refuses the other's
write, so that it decides again from what the first has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from catalog.names import MEMORY_KEY
from lunora.watchdog.memory import Memory
from provider.aws_errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONDITION = f"attribute_not_exists({MEMORY_KEY}) OR Version = :version"


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A memory as it was read.

    Attributes:
        memory: what was stored; empty where nothing was.
        version: of the item; 0 where there was none.
    """

    memory: Memory
    version: int


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """The item of one scope.

    Attributes:
        dynamodb: the client.
        table: the table's name.
        scope: the item's key, for example `us-west-2`.
    """

    dynamodb: DynamoDBClient
    table: str
    scope: str

    def read(self) -> StoredMemory:
        """Return what is stored.

        An item that this version of the watchdog cannot read counts as empty: it holds nothing
        that the next readings do not restore.

        Raises:
            ClientError, BotoCoreError: when DynamoDB does not answer.
        """
        answer = self.dynamodb.get_item(
            TableName=self.table, Key={MEMORY_KEY: {"S": self.scope}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return StoredMemory(Memory(), 0)
        version = int(item["Version"]["N"])
        try:
            return StoredMemory(Memory.model_validate_json(item["Memory"]["S"]), version)
        except ValueError:
            return StoredMemory(Memory(), version)

    def write(self, memory: Memory, version: int) -> StoredMemory | None:
        """Store *memory* over the item of *version*.

        Returns:
            What is stored then; None where another invocation has written in between.

        Raises:
            ClientError, BotoCoreError: when DynamoDB does not answer.
        """
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={
                    MEMORY_KEY: {"S": self.scope},
                    "Version": {"N": str(version + 1)},
                    "Memory": {"S": memory.model_dump_json()},
                },
                ConditionExpression=_CONDITION,
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return None
            raise
        return StoredMemory(memory, version + 1)
