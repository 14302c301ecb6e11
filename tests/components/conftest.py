"""Pulumi keeps its settings for the whole process; each test here gives them back as they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime.settings import reset_options


@pytest.fixture(autouse=True)
def _pulumi_as_it_was() -> Iterator[None]:
    yield
    set_all_config({}, [])
    reset_options(
        project="project",
        stack="stack",
        root_directory="root_directory",
        organization="organization",
    )
