"""A fixture for tests of others: an emulator for the session, emptied for each test.

The wheel of the emulator registers this plugin; in this repository tests make their own emulators.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from localaws.server import EmbeddedAws

CREDENTIALS = {"aws_access_key_id": "embedded", "aws_secret_access_key": "embedded"}


@dataclass(frozen=True)
class LocalAws:
    """An AWS for one test.

    Attributes:
        endpoint: its address.
        credentials: as boto3's clients take them.
        region: the region that is set.
        emulator: with its clock, its faults and its calls.
    """

    endpoint: str
    credentials: dict[str, str]
    region: str
    emulator: EmbeddedAws

    def client(self, service: str) -> Any:
        """Return boto3's client of *service*."""
        import boto3  # noqa: PLC0415 - only where one is asked for

        return boto3.client(
            service,  # type: ignore[call-overload]  # the name is a variable
            endpoint_url=self.endpoint,
            region_name=self.region,
            **self.credentials,
        )


@pytest.fixture(scope="session")
def local_aws_server() -> Iterator[EmbeddedAws]:
    """The emulator of the session."""
    # moto takes a second to import, and pytest loads this plugin in every run.
    from localaws.server import EmbeddedAws  # noqa: PLC0415

    with EmbeddedAws() as emulator:
        yield emulator


@pytest.fixture
def local_aws(local_aws_server: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """An empty AWS, which the environment of the test points to."""
    local_aws_server.reset()
    aws = LocalAws(local_aws_server.endpoint, CREDENTIALS, "us-west-2", local_aws_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws.region)
    monkeypatch.setenv("AWS_REGION", aws.region)
    for name, value in aws.credentials.items():
        monkeypatch.setenv(name.upper(), value)
    return aws
