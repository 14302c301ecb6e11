"""A broadcast for each test, where the programs for it are installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localaws.media import tools
from localaws.media.settings import MediaSettings
from localaws.server import EmbeddedAws
from tests.support.broadcast import Broadcast


@pytest.fixture
def broadcast() -> Iterator[Broadcast]:
    """A flow without a source and without destinations."""
    if lacking := tools.missing():
        pytest.skip(
            f"real media needs {', '.join(lacking)}: run `python -m localaws.media` as root"
        )
    known: set[str] = set()
    with EmbeddedAws(media=MediaSettings(knows=lambda _, key: key in known)) as aws:
        made = Broadcast(aws, known)
        try:
            yield made
        finally:
            made.end()
