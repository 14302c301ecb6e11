"""Name of the caller of AWS by these credentials."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from catalog.suspension import UNKNOWN
from provider.aws import AwsClients


def caller_name(aws: AwsClients) -> str:
    """Return the name of the user, or of the role's session; `somebody` where AWS does not say."""
    try:
        arn = str(aws.client("sts").get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError):
        return UNKNOWN
    return name_in(arn)


def name_in(arn: str) -> str:
    """Return the name in the ARN of a caller: its last part (IAM user guide, identifiers)."""
    return arn.rpartition("/")[2] or UNKNOWN
