"""Every contract test has an embedded AWS and a Terraform folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.contract import terraform


@pytest.fixture(scope="session")
def attached() -> Iterator[str]:
    """The real AWS provider, running."""
    reason = terraform.missing()
    if reason:
        pytest.skip(reason)
    with terraform.attached_provider() as address:
        yield address


@pytest.fixture
def real() -> Iterator[EmbeddedAws]:
    """An embedded AWS with room for a channel of every preset."""
    roomy = Quotas(channels=20, push_inputs=20, input_security_groups=20)
    with EmbeddedAws(quotas=roomy) as aws:
        yield aws


@pytest.fixture
def tf(attached: str, real: EmbeddedAws, tmp_path: Path) -> terraform.Terraform:
    """Terraform with the real AWS provider."""
    return terraform.Terraform(tmp_path, real.endpoint, attached)
