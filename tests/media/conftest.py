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
    passwords: dict[str, str] = {}
    media = MediaSettings(knows=lambda _, key: key in known, password_of=passwords.get)
    with EmbeddedAws(media=media) as aws:
        made = Broadcast(aws, known, passwords)
        try:
            yield made
        finally:
            made.end()
